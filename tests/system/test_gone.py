"""What was there in the last run and is gone: a file, a column. Never a mapping's fault, never read as deleted."""

from __future__ import annotations

from pathlib import Path

import pytest
from syncing import CONFIG, CONTACTS, call, edit, make_sync_project

from leadbridge.cli import main


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> Path:
    make_sync_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    call(capsys, "plan", "people")
    call(capsys, "apply", "--yes")
    return tmp_path


def without_column(file: Path, name: str, delimiter: str = ",") -> None:
    lines = [line.split(delimiter) for line in file.read_text().splitlines()]
    at = lines[0].index(name)
    file.write_text("".join(delimiter.join(cells[:at] + cells[at + 1 :]) + "\n" for cells in lines))


@pytest.mark.parametrize("command", [["plan"], ["sync", "--yes"], ["verify"]])
def test_a_file_that_is_gone_is_told_as_such(project: Path, capsys, command: list[str]) -> None:
    (project / "crm/contacts.csv").rename(project / "elsewhere.csv")
    assert main([command[0], "people", *command[1:]]) == 4
    said = capsys.readouterr().err
    assert said.strip() == (
        f"connection 'crm': crm/contacts.csv is not there (looked in {project}); put it there, or correct path"
    )


def test_a_file_that_never_was_there_is_told_with_its_mapping(tmp_path: Path, monkeypatch, capsys) -> None:
    make_sync_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "crm/contacts.csv").unlink()
    assert main(["plan", "people"]) == 2
    assert capsys.readouterr().err == (
        "no mapping reads connection 'crm' as role contact: it has 'leads.csv', and mappings of that role read "
        "'contacts.csv' (contacts.yaml), 'people.csv' (people.yaml); put that there, correct the mapping's `object`, "
        "or begin a mapping with: leadbridge mappings suggest crm\n"
    )


def test_a_mapped_column_that_is_gone_is_the_scope_brake(project: Path, capsys) -> None:
    file = project / "crm/contacts.csv"
    before = file.read_text()
    without_column(file, "title")
    document = call(capsys, "plan", "people", status=3)
    (stop,) = document["stops"]
    assert (stop["brake"], stop["side"]) == ("scope", "crm")
    assert "crm no longer shows contacts.csv.title" in document["error"]["sentence"]
    assert document["writes"] == {}, "a column that is gone is neither blank nor deleted"
    assert call(capsys, "sync", "people", "--yes", status=3)["stops"][0]["brake"] == "scope"

    # Lifted, it lasts one run, and the column abstains.
    edit(project / "shop/people.csv", "Buyer", "Chief")
    assert call(capsys, "sync", "people", "--yes", "--override", "scope")["counts"]["rejected"] == 0
    assert "Chief" not in file.read_text()
    assert call(capsys, "sync", "people", "--yes", status=3)["stops"][0]["brake"] == "scope"

    # It is there again: nobody's value was lost.
    file.write_text(before)
    call(capsys, "sync", "people", "--yes")
    assert "Head" in file.read_text()
    assert "Head" in (project / "shop/people.csv").read_text()
    assert "Chief" in file.read_text()


def test_a_new_record_in_a_table_without_the_column_is_made_without_it(project: Path, capsys) -> None:
    without_column(project / "crm/contacts.csv", "title")
    file = project / "shop/people.csv"
    file.write_text(file.read_text() + "9,Gus,Orr,gus@orr.example,Smith,no\n")
    call(capsys, "sync", "people", "--yes", "--override", "scope")
    made = (project / "crm/contacts.csv").read_text()
    assert "gus@orr.example" in made
    assert "Smith" not in made
    assert made.splitlines()[0] == "id,first,last,email,out,note"


def test_a_column_by_which_records_are_chosen_is_not_missed_silently(tmp_path: Path, monkeypatch, capsys) -> None:
    make_sync_project(tmp_path, contacts_yaml=CONTACTS.replace("role: contact", "role: contact\nwhen: note != 'old'"))
    monkeypatch.chdir(tmp_path)
    call(capsys, "plan", "people")
    call(capsys, "apply", "--yes")
    without_column(tmp_path / "crm/contacts.csv", "note")
    (stop,) = call(capsys, "plan", "people", status=3)["stops"]
    assert "contacts.csv.note" in stop["message"]


def test_a_column_that_never_was_there_is_a_fault_of_the_mapping(project: Path, capsys) -> None:
    edit(project / "mappings/contacts.yaml", "title: title", "title: titel")
    document = call(capsys, "plan", "people", status=2)
    (fault,) = document["error"]["faults"]
    assert (fault["path"], fault["suggestion"]) == ("fields.title", "title")


def test_an_inbox_that_was_cleared_is_no_fault(project: Path, capsys) -> None:
    call(capsys, "plan", "import")
    call(capsys, "apply", "--yes")
    file = project / "inbox/fair-1.csv"
    text = file.read_text()
    file.unlink()
    for _ in range(2):
        assert call(capsys, "sync", "import", "--yes")["counts"]["done"] == 0
    file.write_text(text + "Cem;Ay;cem@ay.example;;Ay\n")
    assert call(capsys, "sync", "import", "--yes")["counts"]["done"] == 1
    assert (project / "crm/leads.csv").read_text().count("ada@reuter.example") == 1


def test_an_inbox_without_a_file_is_a_warning_of_lint(project: Path, capsys) -> None:
    (project / "inbox/fair-1.csv").unlink()
    assert main(["mappings", "lint"]) == 0
    out = capsys.readouterr().out
    assert "warning: object: connection 'fair' holds nothing of 'fair-*.csv' now" in out
    assert CONFIG.count("fair-*.csv") == 1


def test_a_file_without_a_header_shows_no_field(project: Path, capsys) -> None:
    (project / "crm/contacts.csv").write_text("")
    (stop,) = [s for s in call(capsys, "plan", "people", status=3)["stops"] if s["brake"] == "scope"]
    assert stop["message"].startswith("crm no longer shows any field of contacts.csv; put it back")
