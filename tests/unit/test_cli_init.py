from __future__ import annotations

import shutil

import pytest

from leadbridge.cli import main
from leadbridge.demo import FILES


@pytest.fixture
def project(tmp_path, monkeypatch, capsys):
    assert main(["init", "--dir", str(tmp_path / "mine")]) == 0
    capsys.readouterr()
    monkeypatch.chdir(tmp_path / "mine")
    return tmp_path / "mine"


def test_what_was_made_is_listed_with_the_next_steps(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["init"]) == 0
    out = capsys.readouterr().out
    made = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file())
    assert sorted(line.strip() for line in out.partition("\n\n")[0].splitlines()) == made
    assert "Next:\n  copy your lead file to inbox/leads.csv, then:\n" in out
    assert (tmp_path / "inbox").is_dir()


def test_the_new_project_is_valid_and_waits_for_its_lead_file(project, capsys):
    assert main(["leads"]) == 4
    assert capsys.readouterr().err.startswith("connection 'leads': inbox/leads.csv is not there")


def test_the_next_steps_lead_from_a_file_of_ones_own_to_a_preview(project, capsys):
    shutil.copy(FILES / "inbox" / "webform.csv", project / "inbox" / "leads.csv")
    assert main(["mappings", "suggest", "leads", "--out", "mappings/csv.leads.yaml", "--force"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main(["mappings", "lint"]) == 0
    assert main(["leads", "-q"]) == 1  # the file has bad rows
    assert main(["plan", "convert", "--preview"]) == 1
    out = capsys.readouterr().out
    assert " to convert" in out
    assert "+ @1 account" in out


def test_nothing_is_written_over(project, capsys):
    before = (project / "leadbridge.yaml").read_bytes()
    assert main(["init"]) == 2
    expected = "leadbridge.yaml is there already; init writes over nothing: choose another --dir\n"
    assert capsys.readouterr() == ("", expected)
    assert (project / "leadbridge.yaml").read_bytes() == before


def test_tables_that_are_there_stay(tmp_path, monkeypatch):
    (tmp_path / "crm").mkdir()
    (tmp_path / "crm" / "accounts.csv").write_text("Id,Name\n1,Mine\n")
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--quiet"]) == 0
    assert (tmp_path / "crm" / "accounts.csv").read_text() == "Id,Name\n1,Mine\n"


def test_further_starters_are_of_a_connection(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["init", "--with", "activities"]) == 2
    assert capsys.readouterr().err.startswith("--with asks for starters of a connection: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["crm", "inbox"])
def test_a_file_in_the_way_leaves_nothing_half_made(tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / name).touch()
    assert main(["init"]) == 2
    sentence = f"{name} is in the way: init needs a folder there; choose another --dir\n"
    assert capsys.readouterr() == ("", sentence)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["init", "--dir", str(tmp_path / "file" / "below")]) == 2
    err = capsys.readouterr().err
    assert err.startswith(f"cannot write to {tmp_path / 'file' / 'below'}: ")
    assert err.count("\n") == 1


def test_json_names_the_files(tmp_path, capsys):
    from projects import read_json

    assert main(["init", "--dir", str(tmp_path / "mine"), "--json"]) == 0
    assert "leadbridge.yaml" in read_json(capsys)["files"]
