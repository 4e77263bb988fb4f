"""What may import what, and the few shapes that keep the seam as it is. Read from the source, nothing is imported."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "leadbridge"
PLUGINS = sorted(path.parent for path in (ROOT / "plugins").glob("*/pyproject.toml"))
PACKAGES = {plugin: plugin / f"leadbridge_{plugin.name}" for plugin in PLUGINS}

FORBIDDEN = {
    "leadbridge.values": ["leadbridge"],
    "leadbridge.errors": ["leadbridge"],
    "leadbridge.records": ["leadbridge", "!leadbridge.values"],
    "leadbridge.provider": [
        "leadbridge",
        "!leadbridge.values",
        "!leadbridge.records",
        "!leadbridge.site",
        "!leadbridge.conversions",
        "!leadbridge.descriptions",
        "!leadbridge.pages",
    ],
    "leadbridge.pages": ["leadbridge", "!leadbridge.records"],
    "leadbridge.descriptions": ["leadbridge"],
    "leadbridge.conversions": ["leadbridge", "!leadbridge.values", "!leadbridge.records"],
    "leadbridge.extend": ["leadbridge", "!leadbridge.values", "!leadbridge.records", "!leadbridge.transforms.spec"],
    "leadbridge.subjects": ["leadbridge.jobs", "leadbridge.plan", "leadbridge.mapping", "leadbridge.plugins"],
    "leadbridge.transforms": ["leadbridge.jobs", "leadbridge.plan", "leadbridge.mapping", "leadbridge.plugins"],
    "leadbridge.mapping": ["leadbridge.jobs", "leadbridge.plan", "leadbridge.memory", "leadbridge.plugins"],
    "leadbridge.plan": [
        "leadbridge.jobs",
        "leadbridge.plugins",
        "leadbridge.memory",
        "leadbridge.state",
        "!leadbridge.state.codec",  # how values are written down; it opens nothing
    ],
    "leadbridge.apply": ["leadbridge.jobs", "leadbridge.plugins", "leadbridge.memory", "leadbridge.state"],
    "leadbridge.merge": ["leadbridge.jobs", "leadbridge.plugins", "leadbridge.memory", "leadbridge.state"],
    "leadbridge.scoring": ["leadbridge.jobs", "leadbridge.plan", "leadbridge.memory", "leadbridge.state"],
    "leadbridge.matching": ["leadbridge.jobs", "leadbridge.plan", "leadbridge.memory", "leadbridge.state"],
    "leadbridge.plugins": ["leadbridge.jobs", "leadbridge.plan", "leadbridge.memory", "leadbridge.mapping"],
    "leadbridge.pacing": ["leadbridge"],
    "leadbridge.site": ["leadbridge", "!leadbridge.errors", "!leadbridge.files.paths", "!leadbridge.pacing"],
    "leadbridge.state": [
        "leadbridge",
        "!leadbridge.pacing",
        "!leadbridge.values",
        "!leadbridge.records",
        "!leadbridge.golden",
        "!leadbridge.errors",
        "!leadbridge.files.paths",
    ],
    "leadbridge.sandbox": ["leadbridge", "!leadbridge.errors", "!leadbridge.plugins"],
    "leadbridge.memory": ["leadbridge.jobs", "leadbridge.plan", "leadbridge.mapping", "leadbridge.plugins"],
}
"""Part of the core -> what it must not import; ``!`` allows a part of what was forbidden."""


def modules(folder: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(folder.rglob("*.py")):
        parts = path.relative_to(folder.parent).with_suffix("").parts
        yield ".".join(parts).removesuffix(".__init__"), path


def imports(path: Path) -> set[str]:
    """Every module that a file imports, anywhere in it; of ``from a import b`` both ``a`` and ``a.b``."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def trespasses(name: str, forbidden: list[str]) -> bool:
    allowed = [package[1:] for package in forbidden if package.startswith("!")]
    closed = [package for package in forbidden if not package.startswith("!")]
    return any(within(name, p) for p in closed) and not any(within(name, p) for p in allowed)


def test_the_rules_see_imports(tmp_path: Path) -> None:
    """The tests below rest on these two."""
    (tmp_path / "x.py").write_text("import a.b\nfrom c import d\ndef f():\n    from e.f import g\n")
    assert imports(tmp_path / "x.py") == {"a.b", "c", "c.d", "e.f", "e.f.g"}
    assert trespasses("leadbridge.plan.rules", ["leadbridge", "!leadbridge.values"])
    assert not trespasses("leadbridge.values.Raw", ["leadbridge", "!leadbridge.values"])
    assert not trespasses("leadbridge.planning", ["leadbridge.plan"])


@pytest.mark.parametrize("part", FORBIDDEN)
def test_dependencies_run_one_way(part: str) -> None:
    found = [(name, path) for name, path in modules(CORE) if within(name, part)]
    assert found, f"{part} is gone; mend the table"
    bad = {
        name: sorted(i for i in imports(path) if trespasses(i, FORBIDDEN[part]) and not within(i, part))
        for name, path in found
    }
    assert {name: seen for name, seen in bad.items() if seen} == {}


def test_only_the_command_line_imports_the_command_line() -> None:
    outside = [(n, p) for n, p in modules(CORE) if not within(n, "leadbridge.cli") and n != "leadbridge.__main__"]
    assert [name for name, path in outside if any(within(i, "leadbridge.cli") for i in imports(path))] == []


def test_the_core_imports_no_plugin() -> None:
    assert [n for n, path in modules(CORE) if any(i.startswith("leadbridge_") for i in imports(path))] == []


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_plugins_import_public_names_only(plugin: Path) -> None:
    docstring = ast.get_docstring(ast.parse((CORE / "__init__.py").read_text(encoding="utf-8"))) or ""
    public = set(re.findall(r"``(leadbridge[\w.]*)``", docstring))
    assert {"leadbridge", "leadbridge.provider", "leadbridge.testing"} <= public
    for name, path in modules(PACKAGES[plugin]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            seen = [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            seen += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert [i for i in seen if within(i, "leadbridge") and i not in public] == [], name


def test_the_hooks_fit_on_one_screen() -> None:
    assert len((CORE / "hookspecs.py").read_text(encoding="utf-8").splitlines()) <= 60


def project(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))


def test_bundled_plugins_declare_the_same_entry_points_in_both_places() -> None:
    """In the root for the one distribution, in their own file for whoever copies the folder."""
    declared: dict[str, str] = {}
    for plugin in PLUGINS:
        declared |= project(plugin)["project"]["entry-points"]["leadbridge"]
    in_root = dict(project(ROOT)["project"]["entry-points"]["leadbridge"])
    assert in_root.pop("builtin") == "leadbridge.builtin"
    assert in_root == declared


def test_bundled_plugins_are_packed_with_what_they_need() -> None:
    root = project(ROOT)
    packed = set(root["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])
    assert packed == {"leadbridge", *(path.relative_to(ROOT).as_posix() for path in PACKAGES.values())}
    offered = root["project"]["optional-dependencies"]
    for plugin in PLUGINS:
        needed = {"leadbridge", *root["project"]["dependencies"], *offered.get(plugin.name, [])}
        assert set(project(plugin)["project"]["dependencies"]) <= needed
        assert set(project(plugin)["project"].get("optional-dependencies", {}).get("sandbox", [])) <= set(
            offered["sandbox"]
        )


def test_no_file_and_no_function_grows_without_end() -> None:
    """One file, one subject; a function whose body does not fit on a screen hides another one."""
    folders = [CORE, *PACKAGES.values()]
    for name, path in [found for folder in folders for found in modules(folder)]:
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= 350, name
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                assert (node.end_lineno or 0) - node.body[0].lineno < 45, f"{name}.{node.name}"
