"""Builds the wheel (through the source distribution), installs it in an environment of its own, and runs it there.

``python -m tools.try_package``. Needs a package index for the build backend and the dependencies.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path
from zipfile import ZipFile

from tools.environment import make_environment, run

ROOT = Path(__file__).parent.parent
PACKED = {
    "leadbridge": "leadbridge",
    "plugins/csv/leadbridge_csv": "leadbridge_csv",
    "plugins/hubspot/leadbridge_hubspot": "leadbridge_hubspot",
    "plugins/salesforce/leadbridge_salesforce": "leadbridge_salesforce",
}


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="leadbridge wheel ") as name:  # with a space, as on many desktops
        folder = Path(name)
        wheel = _build(folder)
        missing = sorted(_expected() - _packed(wheel))
        if missing:
            sys.exit(f"the wheel lacks {', '.join(missing)}")
        _try(make_environment(folder / "venv", str(wheel)), folder)
    sys.stdout.write("The wheel is whole and works outside the checkout.\n")


def _build(folder: Path) -> Path:
    """The wheel, built from the source distribution where uv is there, else straight from the checkout."""
    uv = shutil.which("uv")
    if uv:
        run(uv, "build", "--quiet", "--out-dir", str(folder), str(ROOT))
    else:
        pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
        run(*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    (wheel,) = folder.glob("*.whl")
    return wheel


def _expected() -> set[str]:
    """Every file that git knows in the packed folders, under its name in the wheel."""
    expected = set()
    for source, target in PACKED.items():
        files = run("git", "-C", str(ROOT / source), "ls-files", "-z").split("\0")
        expected |= {f"{target}/{file}" for file in files if file}
    return expected


def _packed(wheel: Path) -> set[str]:
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


def _try(programs: Path, folder: Path) -> None:
    leadbridge = str(programs / "leadbridge")
    run(leadbridge, "--version", cwd=folder)
    run(leadbridge, "init", "--quiet", "--dir", "project", cwd=folder)
    run(leadbridge, "mappings", "test", "--quiet", "--config", "project", cwd=folder)
    counts = json.loads(run(leadbridge, "demo", "--json", cwd=folder))
    if not counts:
        sys.exit("the demo of the installed wheel counted nothing")


if __name__ == "__main__":
    main()
