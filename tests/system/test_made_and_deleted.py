"""A record that a run made and somebody deleted before the next capture: no cursor ever knew it."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadbridge.cli import main

FILES = {
    "leadbridge.yaml": """
connections:
  one: {provider: csv, path: one/, key: id}
  two: {provider: csv, path: two/, key: id}
jobs:
  people: {sync: [one, two], roles: [contact]}
""",
    "mappings/people.yaml": """
kind: mapping
provider: csv
object: people.csv
role: contact
fields: {last_name: last, email: mail}
""",
    "one/people.csv": "id,last,mail\n" + "".join(f"{n},P{n},p{n}@x.example\n" for n in range(3)),
    "two/people.csv": "id,last,mail\n",
}


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert main(["plan", "people"]) == 0
    assert main(["apply", "--yes"]) == 0
    return tmp_path / "two" / "people.csv"


def delete_last_row(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:-1]), encoding="utf-8")


def test_its_deletion_is_noticed_and_asked_about(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    delete_last_row(two)
    assert main(["sync", "people", "--yes"]) == 1
    capsys.readouterr()
    main(["reviews"])
    assert "two:people.csv" in capsys.readouterr().out


def test_what_is_still_there_is_not_asked_about(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sync", "people", "--yes"]) == 0
    assert main(["sync", "people", "--yes"]) == 0
    capsys.readouterr()
    main(["reviews"])
    assert "two:people.csv" not in capsys.readouterr().out


def test_what_was_undone_is_not_asked_about(two: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["undo", "1", "--yes"]) == 0
    capsys.readouterr()
    assert main(["sync", "people", "--yes"]) == 0
    main(["reviews"])
    assert "two:people.csv" not in capsys.readouterr().out
