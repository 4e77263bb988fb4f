"""``--json`` gives exactly one document on stdout, on every exit status and from every command."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from syncing import CONFIG, call, edit, make_sync_project

from leadbridge.cli import app, main
from leadbridge.errors import BusyError
from leadbridge.jobs.sync import api
from leadbridge.jobs.sync.model import RunOutcome
from leadbridge.jobs.workspace import load_workspace
from leadbridge.state import leases

POLICY = """\
kind: convert
version: 1
lead: {when: "true"}
contact: {match: [email], existing: fill_blank, fields: {first_name: first_name, last_name: last_name, email: email}}
dropped: [phone, company]
"""
CALLS = {
    "demo": [],
    "init": ["--dir", "new"],
    "check": [],
    "leads": [],
    "plan": ["people"],
    "apply": ["--yes"],
    "sync": ["people", "--yes"],
    "convert": ["convert", "--yes"],
    "resume": [],
    "undo": ["1", "--yes"],
    "release": ["crm:contacts.csv:C1"],
    "runs": [],
    "show": ["1"],
    "rejects list": [],
    "rejects export": ["--csv", "rejects.csv"],
    "rejects retry": ["--yes"],
    "reviews list": [],
    "reviews answer": ["1", "keep"],
    "conflicts list": [],
    "conflicts restore": ["1"],
    "verify": ["people"],
    "backup": ["state.bak"],
    "restore": ["state.bak", "--yes"],
    "mappings lint": [],
    "mappings test": [],
    "mappings schema": [],
    "mappings suggest": ["crm"],
    "plugins list": [],
    "plugins new": ["my-crm"],
    "sandbox up": ["salesforce"],
}
WITHOUT_PROJECT = {"demo", "init", "plugins list", "plugins new", "sandbox up"}
IN_PROJECT = sorted(CALLS.keys() - WITHOUT_PROJECT)
READS = ["leads", "plan", "sync", "convert", "verify", "mappings suggest", "mappings lint -C crm"]
LEASES = ["plan", "apply", "sync", "convert", "undo", "rejects retry"]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    make_sync_project(tmp_path)
    (tmp_path / "leadbridge.yaml").write_text(CONFIG + "  convert: {convert: [crm], policy: convert.yaml}\n")
    (tmp_path / "mappings/convert.yaml").write_text(POLICY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def failed(capsys, command: str, *more: str, status: int) -> dict[str, Any]:
    """The one document of a command that ends with this status: its error."""
    capsys.readouterr()
    found = main([*command.split(), *CALLS.get(command, []), *more, "--json"])
    out, err = capsys.readouterr()
    assert (found, "Traceback" in err) == (status, False), (found, out, err)
    error = json.loads(out)["error"]
    assert error["status"] == status
    assert error["sentence"]
    assert {"status", "sentence", "remedy"} <= error.keys()
    return error


def leaves(group: Any, path: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        here = f"{path} {name}".strip()
        yield from leaves(command, here) if hasattr(command, "commands") else [here]


def all_commands() -> list[str]:
    made = {name: app._made(name, app._imported(command.location)) for name, command in app.COMMANDS.items()}
    groups = {name: command for name, command in made.items() if hasattr(command, "commands")}
    return sorted([*(made.keys() - groups.keys()), *(leaf for name in groups for leaf in leaves(groups[name], name))])


def test_the_calls_tried_here_are_commands() -> None:
    assert CALLS.keys() <= set(all_commands())


@pytest.mark.parametrize("command", all_commands())
def test_a_call_that_is_wrong(project: Path, capsys, command: str) -> None:
    assert "No such option" in failed(capsys, command, "--nonsense", status=2)["sentence"]


def test_a_command_that_is_not_there(capsys) -> None:
    assert "did you mean 'plan'" in failed(capsys, "plna", status=2)["sentence"]


@pytest.mark.parametrize("command", IN_PROJECT)
def test_no_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys, command: str) -> None:
    monkeypatch.chdir(tmp_path)
    error = failed(capsys, command, status=2)
    assert error["sentence"].startswith("there is no leadbridge.yaml")
    assert error["remedy"] == "start a project with: leadbridge init"


@pytest.mark.parametrize("command", IN_PROJECT)
def test_a_fault_of_a_file(project: Path, capsys, command: str) -> None:
    (project / "leadbridge.yaml").write_text("connections: 7\njobz: {}\n")
    error = failed(capsys, command, status=2)
    if command != "mappings lint":  # its findings stand beside the error
        assert {fault["path"] for fault in error["faults"]} == {"connections", "jobz"}
        assert {fault["line"] for fault in error["faults"]} == {1, 2}


@pytest.mark.parametrize("command", READS)
def test_a_connection_that_fails(project: Path, capsys, command: str) -> None:
    (project / "crm").rename(project / "gone")
    error = failed(capsys, command, status=4)
    assert "crm is not there" in error["sentence"]
    assert "put it there" in error["remedy"]


@pytest.mark.parametrize("command", LEASES)
def test_a_lease_that_somebody_else_holds(project: Path, capsys, command: str) -> None:
    call(capsys, "plan", "people")
    call(capsys, "apply", "--yes")
    edit(project / "shop/people.csv", "Head", "Boss")
    call(capsys, "plan", "people")
    edit(project / "crm/contacts.csv", "Head", "Lead")
    assert call(capsys, "apply", "--yes", status=1)["codes"] == {"stale": 1}
    call(capsys, "plan", "people")
    with api.open_state(load_workspace(project)) as store, store.begin() as tx:
        leases.acquire(tx, ["crm", "shop"], "elsewhere, process 1, abc", "people", timedelta(minutes=5))
    assert "has been held by job 'people'" in failed(capsys, command, status=5)["sentence"]


def test_a_brake_stops_a_plan_and_a_run(project: Path, capsys) -> None:
    rows = "".join(f"C{n},Dee{n},Ray,dee{n}@acme.example,,no,\n" for n in range(30))
    (project / "crm/contacts.csv").write_text("id,first,last,email,title,out,note\n" + rows)
    assert call(capsys, "plan", "people")["stops"][0]["brake"] == "first_plan"
    call(capsys, "apply", "--yes")
    (project / "crm/contacts.csv").write_text("id,first,last,email,title,out,note\n")
    for command in ("plan", "sync"):
        error = failed(capsys, command, status=3)
        assert "contacts.csv is empty" in error["sentence"]
        assert error["remedy"] == "--override empty"
    assert "contacts.csv is empty" in failed(capsys, "apply", status=3)["sentence"]
    assert "was applied already" in failed(capsys, "apply 1", "--yes", status=3)["sentence"]


def test_a_first_run_that_nobody_approved(project: Path, capsys) -> None:
    assert failed(capsys, "sync", status=3)["remedy"] == "leadbridge apply"


def test_a_list_that_breaks_off_is_one_document(project: Path, capsys, monkeypatch) -> None:
    from leadbridge.jobs.sync import keeping

    def rows(*_: object) -> Iterator[object]:
        yield next(real)
        raise BusyError("the state is locked; wait")

    with api.open_state(load_workspace(project)) as store:
        call(capsys, "plan", "people")
        real = iter(list(keeping.rows(store, 1)))
    monkeypatch.setattr(api, "rows", rows)
    assert failed(capsys, "plan", status=5) == {"status": 5, "sentence": "the state is locked; wait", "remedy": "wait"}


def test_a_fault_in_leadbridge_itself(project: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(api, "runs", lambda *_: 1 / 0)
    assert "ZeroDivisionError" in failed(capsys, "runs", status=70)["sentence"]


@pytest.mark.parametrize("command", ["leads", "plan", "plan convert --preview"])
def test_two_forms_at_once(project: Path, capsys, command: str) -> None:
    error = failed(capsys, command, "--csv", status=2)
    assert error["sentence"] == "--json and --csv exclude each other; give one of them"


def test_what_was_resumed_is_told_although_the_next_run_cannot_be(project: Path, capsys, monkeypatch) -> None:
    outcomes: list[object] = [RunOutcome(1, 1, "people", "done", {"done": 2}), BusyError("held elsewhere; wait")]

    def resume(*_: object) -> object:
        outcome = outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(api, "resume", resume)
    assert main(["resume", "--json"]) == 5
    document = json.loads(capsys.readouterr().out)
    assert [run["counts"] for run in document["runs"]] == [{"done": 2}]
    assert document["error"] == {"status": 5, "sentence": "held elsewhere; wait", "remedy": "wait"}
