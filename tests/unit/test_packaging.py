from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import leadbridge

ROOT = Path(__file__).parents[2]
PUBLIC_INDEX = re.compile(r"https://(?:pypi\.org/simple|files\.pythonhosted\.org/packages/)")


def _toml(name: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    return _toml("pyproject.toml")


@pytest.fixture(scope="module")
def locked() -> dict[str, Any]:
    (package,) = [p for p in _toml("uv.lock")["package"] if p["name"] == "leadbridge"]
    return package


def test_version_is_the_one_in_the_package(project: dict[str, Any]) -> None:
    assert project["project"]["version"] == leadbridge.__version__


def test_lock_knows_every_dependency(project: dict[str, Any], locked: dict[str, Any]) -> None:
    optional = [name for extra in project["project"]["optional-dependencies"].values() for name in extra]

    assert _locked(locked["metadata"]["requires-dist"]) == _asked([*project["project"]["dependencies"], *optional])


def test_lock_knows_every_development_tool(project: dict[str, Any], locked: dict[str, Any]) -> None:
    assert _locked(locked["metadata"]["requires-dev"]["dev"]) == _asked(project["dependency-groups"]["dev"])


def test_lock_and_the_project_ask_for_the_same_python(project: dict[str, Any]) -> None:
    assert _toml("uv.lock")["requires-python"] == project["project"]["requires-python"]


def test_lock_points_to_the_public_index_only() -> None:
    addresses = re.findall(r"https?://[^\"\s]+", (ROOT / "uv.lock").read_text(encoding="utf-8"))

    assert addresses
    assert [a for a in addresses if not PUBLIC_INDEX.match(a)] == []


def test_entry_points_lead_somewhere(project: dict[str, Any]) -> None:
    scripts = project["project"]["scripts"].values()
    plugins = project["project"]["entry-points"]["leadbridge"].values()

    assert [target for target in (*scripts, *plugins) if find_spec(target.partition(":")[0]) is None] == []


def test_packed_folders_are_there_and_typed(project: dict[str, Any]) -> None:
    packed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]

    assert [folder for folder in packed if not (ROOT / folder / "__init__.py").is_file()] == []
    assert (ROOT / "leadbridge" / "py.typed").is_file()


def test_the_workspace_takes_up_copied_plugins_and_leaves_out_bundled_ones(project: dict[str, Any]) -> None:
    """uv makes a member of every folder that is not left out; a bundled one is in this distribution already."""
    workspace = project["tool"]["uv"]["workspace"]
    packed = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    bundled = {str(Path(package).parent) for package in packed if package.startswith("plugins/")}

    assert workspace["members"] == ["plugins/*"]
    assert bundled <= set(workspace["exclude"]) <= {"plugins/csv", "plugins/salesforce", "plugins/hubspot"}
    assert project["tool"]["uv"]["sources"] == {"leadbridge": {"workspace": True}}
    assert "manifest" not in _toml("uv.lock"), "the lock knows a plugin that is not in the repository"


def test_licence_is_the_one_that_is_declared(project: dict[str, Any]) -> None:
    (file,) = project["project"]["license-files"]

    assert project["project"]["license"] == "Apache-2.0"
    assert "Version 2.0, January 2004" in (ROOT / file).read_text(encoding="utf-8")


def test_benchmark_peers_are_pinned() -> None:
    lines = (ROOT / "benchmarks" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    peers = [line for line in lines if line and not line.startswith("#")]

    assert peers
    assert [line for line in peers if "==" not in line] == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows users are led by uv run; there is no make")
def test_setup_without_a_python_says_what_is_missing(tmp_path: Path) -> None:
    shell, dirname = shutil.which("sh"), shutil.which("dirname")
    assert shell
    assert dirname
    (tmp_path / "dirname").symlink_to(dirname)

    copy = tmp_path / "checkout" / "tools" / "setup.sh"
    copy.parent.mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "setup.sh", copy)
    done = subprocess.run([shell, str(copy)], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False)

    assert done.stderr == (
        "setup: LeadBridge needs Python 3.11 or newer; install one, or install uv, which brings its own.\n"
    )
    assert done.returncode == 2
    assert not (copy.parents[1] / ".venv").exists()


def _asked(requirements: list[str]) -> dict[str, str]:
    """Name, as an index spells it, to the versions asked for."""
    pairs = [re.fullmatch(r"([\w.-]+)([^;]*)(?:;.*)?", requirement) for requirement in requirements]
    return {re.sub(r"[-_.]+", "-", pair[1]).lower(): pair[2].strip() for pair in pairs if pair}


def _locked(entries: list[dict[str, str]]) -> dict[str, str]:
    return {entry["name"]: entry.get("specifier", "") for entry in entries}
