"""Finding a project, and staying inside it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from configuring import OnlyCrm, project

from leadbridge.errors import UsageError
from leadbridge.files.paths import inside
from leadbridge.project import find_project, load_project
from leadbridge.provider import Site


def test_the_places_in_their_order(tmp_path: Path) -> None:
    given, variable, near = (project(tmp_path / name, "") for name in ("given", "variable", "near"))
    below = near.parent / "a" / "b"
    below.mkdir(parents=True)
    environ = {"LEADBRIDGE_CONFIG": str(variable)}
    assert find_project(given, environ, below) == given
    assert find_project(given.parent, environ, below) == given
    assert find_project(Path("../../leadbridge.yaml"), environ, below).resolve() == near
    assert find_project(None, environ, below) == variable
    assert find_project(None, {"LEADBRIDGE_CONFIG": ""}, below) == near


@pytest.mark.parametrize(
    ("config", "environ", "expected"),
    [
        (Path("x.yaml"), {}, "--config names {here}/x.yaml, which is not there; correct it, or start a project there"),
        (
            None,
            {"LEADBRIDGE_CONFIG": "y.yaml"},
            "LEADBRIDGE_CONFIG names {here}/y.yaml, which is not there; correct it, or start a project there",
        ),
        (
            None,
            {},
            "there is no leadbridge.yaml: --config is not given, LEADBRIDGE_CONFIG is not set, and it is neither in"
            " {here} nor in a folder above; start a project with: leadbridge init",
        ),
    ],
)
def test_nothing_found(tmp_path: Path, config: Path | None, environ: dict[str, str], expected: str) -> None:
    with pytest.raises(UsageError) as caught:
        find_project(config, environ, tmp_path)
    assert str(caught.value) == expected.format(here=tmp_path)


def test_a_project_opens_its_connections(tmp_path: Path) -> None:
    file = project(tmp_path / "p", "connections: {c: {provider: crm, port: 5}}\n")
    found = load_project(file, OnlyCrm())
    provider = found.open("c")
    assert (found.folder, provider.site) == (file.parent.resolve(), Site("c", file.parent.resolve()))
    with pytest.raises(UsageError, match="there is no connection 'd' in"):
        found.open("d")


def test_paths_stay_inside(tmp_path: Path) -> None:
    assert inside(tmp_path, "a/../b/*.csv") == tmp_path.resolve() / "b" / "*.csv"
    assert inside(tmp_path, tmp_path / "c") == tmp_path.resolve() / "c"


@pytest.mark.parametrize("path", ["../x", "a/../../x", "/etc/passwd"])
def test_paths_that_leave(tmp_path: Path, path: str) -> None:
    with pytest.raises(UsageError) as caught:
        Site("fair", tmp_path).resolve(path)
    assert str(caught.value) == (
        f"connection 'fair': {path!r} leaves the project folder {tmp_path.resolve()};"
        " move what it names into the folder and write its path from there"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="making a symbolic link needs a privilege on Windows")
def test_links_that_leave(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    folder.mkdir()
    (folder / "out").symlink_to(tmp_path)
    with pytest.raises(UsageError, match=r"^'out/x' leaves the project folder"):
        inside(folder, "out/x")


def test_no_path_at_all(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        inside(tmp_path, "a\0b")
    assert str(caught.value) == r"'a\x00b' is no usable path"
