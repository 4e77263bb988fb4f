#!/bin/sh
# Make .venv in the project folder: the project itself (editable) and its development tools.
# With uv the versions of uv.lock are taken; without it, venv and pip take what pyproject.toml allows.
set -eu
cd "$(dirname "$0")/.."
venv=.venv

fail() {
    echo "setup: $1" >&2
    exit 2
}

# A name on PATH may be a shim for a version that is not there, so each candidate is run.
find_python() {
    for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            echo "$name"
            return
        fi
    done
    fail "LeadBridge needs Python 3.11 or newer; install one, or install uv, which brings its own."
}

with_uv() {
    UV_PROJECT_ENVIRONMENT=$venv uv sync --frozen --quiet --extra hubspot --extra salesforce --extra sandbox || fail "uv could not make $venv; what it missed is said above."
}

with_pip() {
    if ! "$venv/bin/python" -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python=$(find_python)
        "$python" -m venv --clear "$venv" ||
            fail "$python cannot make $venv; on Debian and Ubuntu install the package python3-venv."
    fi
    # --group came with pip 25.1
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1' &&
        "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[hubspot,salesforce,sandbox]' --group dev ||
        fail "pip could not install what the project needs; what it missed is said above."
}

if uv --version >/dev/null 2>&1; then with_uv; else with_pip; fi
touch "$venv/.ready"
