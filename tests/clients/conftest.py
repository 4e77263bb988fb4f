"""Programs that nobody here wrote, unpatched, against the sandboxes: ``make test-clients``.

They are fetched once into ``tests/clients/.cache``. Where npm is missing the tests that need it are skipped, but in CI
(where ``CI`` is set) they fail.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from leadbridge_salesforce.sandbox.stand_in import SalesforceSandbox
from programs import run

from leadbridge.sandbox import Options, Served, serve

HERE = Path(__file__).parent
CACHE = HERE / ".cache"

if not os.environ.get("LEADBRIDGE_CLIENTS"):
    collect_ignore_glob = ["test_*.py"]


def lacking(what: str) -> None:
    """Skip, or fail where everything must be there."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing")
    pytest.skip(f"{what} is missing: these clients are not tried")


def once(name: str, wanted: str, fetch: Callable[[Path], None]) -> Path:
    """A folder of the cache, filled by ``fetch`` unless it holds what is wanted already."""
    CACHE.mkdir(exist_ok=True)
    folder, mark = CACHE / name, CACHE / f"{name}.done"
    with FileLock(CACHE / f"{name}.lock"):
        if not mark.exists() or mark.read_text(encoding="utf-8") != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            fetch(folder)
            mark.write_text(wanted, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def node_modules() -> Path:
    """A folder in which node finds the clients of JavaScript programs."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        lacking("npm")

    def fetch(folder: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, folder)
        command = [str(npm), "ci", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        subprocess.run(command, cwd=folder, check=True, timeout=600)

    return once("node", (HERE / "package-lock.json").read_text(encoding="utf-8"), fetch) / "node_modules"


@pytest.fixture(scope="session")
def tap() -> Path:
    """The program tap-salesforce, in an environment of its own: it wants other versions of what LeadBridge uses."""
    wanted = (HERE / "requirements.txt").read_text(encoding="utf-8")

    def fetch(folder: Path) -> None:
        venv.create(folder, with_pip=True)
        install = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", "-r", HERE / "requirements.txt"]
        subprocess.run(install, check=True, timeout=600)

    return once("tap", wanted, fetch) / "bin" / "tap-salesforce"


@pytest.fixture
def org(tmp_path: Path) -> Iterator[Served]:
    """An org with people in it, served over TLS with the certificate of a throw-away authority."""
    folder = tmp_path / "authority"
    folder.mkdir()
    with serve(SalesforceSandbox(Options("demo", 60)), tls=folder) as served:
        yield served


@pytest.fixture
def script(node_modules: Path, org: Served) -> Callable[..., Any]:
    """Run a script with jsforce; what it prints, read as JSON."""

    def play(name: str, **told: Any) -> Any:
        told |= {"url": org.url, "token": org.token}
        env = {
            "NODE_PATH": str(node_modules),
            "NODE_EXTRA_CA_CERTS": str(org.ca),
            "TOLD": json.dumps(told),
        }
        return json.loads(run(["node", HERE / name], env))

    return play


@pytest.fixture
def python(org: Served) -> Callable[[str], Any]:
    """Run Python code in a process of its own, out of the suite's reach; what it prints, read as JSON."""

    def play(code: str, **env: str) -> Any:
        told = {"REQUESTS_CA_BUNDLE": str(org.ca), "TOLD": json.dumps({"url": org.url, "token": org.token})}
        return json.loads(run([sys.executable, "-c", code], {**told, **env}))

    return play
