"""Runs of the command line that are killed, held up, or watched by a person at a terminal."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from syncing import call, edit, make_sync_project, tables

from leadbridge.cli import main
from leadbridge.jobs.sync.api import open_state
from leadbridge.jobs.workspace import load_workspace
from leadbridge.state import leases

KILLED = """
import os, signal, sys
from leadbridge_csv.provider import CsvProvider
from leadbridge.cli import main

real = CsvProvider.commit

def die(self):
    if "{when}" == "after":
        real(self)
    os.kill(os.getpid(), signal.SIGKILL)

CsvProvider.commit = die
main(sys.argv[1:])
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(make_sync_project(tmp_path))
    return tmp_path


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_run_that_is_killed_is_resumed_to_the_same_end(tmp_path: Path, monkeypatch, capsys, when: str) -> None:
    ends = []
    for name in ("killed", "whole"):
        folder = make_sync_project(tmp_path / name)
        monkeypatch.chdir(folder)
        call(capsys, "plan", "people")
        if name == "killed":
            program = KILLED.format(when=when)
            done = subprocess.run([sys.executable, "-c", program, "apply", "--yes"], check=False, capture_output=True)
            assert done.returncode == -9, done.stderr
            resumed = call(capsys, "resume")
            assert [run["state"] for run in resumed["runs"]] == ["done"]
        else:
            call(capsys, "apply", "--yes")
        assert call(capsys, "resume")["runs"] == []
        again = call(capsys, "sync", "people", "--yes")
        assert again["counts"].get("done", 0) == 0
        ends.append(_people(folder))
    assert ends[0] == ends[1]
    assert not [path.name for path in (tmp_path / "killed").rglob("*") if path.suffix == ".leadbridge-tmp"]


def _people(folder: Path) -> dict[str, list[str]]:
    """Files as lines without their first cell: keys that were made differ from run to run."""
    rows = {name: data.decode().splitlines() for name, data in tables(folder).items()}
    return {name: [line.partition(",")[2] for line in lines] for name, lines in rows.items()}


def test_a_lease_that_somebody_holds_is_exit_status_5(project: Path, capsys) -> None:
    call(capsys, "plan", "people")
    before = tables(project)
    workspace = load_workspace(None)
    with open_state(workspace) as store:
        with store.begin() as tx:
            lease = leases.acquire(tx, ["crm"], "elsewhere, process 1", "people", timedelta(minutes=1))
        for arguments in (["plan", "people"], ["sync", "people", "--yes"], ["apply", "--yes"]):
            assert main(arguments) == 5
            out, err = capsys.readouterr()
            assert (out, err.count("\n")) == ("", 1)
            assert "crm" in err
        assert tables(project) == before
        with store.begin() as tx:
            leases.release(tx, lease)
    call(capsys, "apply", "--yes")


def at_a_terminal(arguments: list[str], answer: str, **environment: str) -> tuple[int, str]:
    """Exit status and what the screen showed; the answer is typed once a question stands there."""
    screen, terminal = pty.openpty()
    environment = {**os.environ, "PAGER": "cat", "TERM": "xterm", "COLUMNS": "100", **environment}
    command = [sys.executable, "-m", "leadbridge", *arguments]
    process = subprocess.Popen(
        command, stdin=terminal, stdout=terminal, stderr=terminal, env=environment, start_new_session=True
    )
    os.close(terminal)
    shown, asked = b"", False
    while select.select([screen], [], [], 60)[0]:
        try:
            part = os.read(screen, 4096)
        except OSError:  # Linux says so where the other side is closed
            break
        if not part:
            break
        shown += part
        if b"[y/N]" in shown and not asked:
            os.write(screen, answer.encode() + b"\n")
            asked = True
    os.close(screen)
    return process.wait(60), shown.decode()


def test_a_person_is_shown_the_plan_and_asked(project: Path, capsys) -> None:
    before = tables(project)
    status, screen = at_a_terminal(["sync", "people"], "n")
    assert status == 3
    assert "\x1b[32m" in screen and "Finn Moe" in screen
    assert "Write 2 records (1 in crm and 1 in shop)? [y/N]" in screen
    assert "Nothing was written." in screen
    assert tables(project) == before
    status, screen = at_a_terminal(["sync", "people"], "y", NO_COLOR="1")
    assert status == 0
    assert "\x1b[32m" not in screen
    assert "leadbridge undo" in screen
    assert tables(project) != before


def test_a_person_is_asked_before_a_kept_plan_is_applied(project: Path, capsys) -> None:
    call(capsys, "plan", "people")
    before = tables(project)
    status, screen = at_a_terminal(["apply"], "")
    assert (status, "Finn Moe" in screen, tables(project)) == (3, True, before)
    status, _ = at_a_terminal(["apply", "--yes"], "")
    assert (status, tables(project) == before) == (0, False)


def test_what_stands_in_files_cannot_steer_the_terminal(project: Path, capsys) -> None:
    edit(project / "shop/people.csv", "8,Finn,Moe,", "8\x1b[2Jx,Finn,Moe\x1b]0;own\x07,")
    status, screen = at_a_terminal(["plan", "people"], "", NO_COLOR="1")
    assert status == 0
    assert "\x1b[2J" not in screen and "\x07" not in screen
    assert "\\x1b[2J" in screen


def test_logs_hold_nothing_personal(project: Path, capsys) -> None:
    found = subprocess.run(
        [sys.executable, "-m", "leadbridge", "plan", "people", "-vv", "--json"], capture_output=True, check=True
    )
    assert b"Finn" in found.stdout
    assert not any(word in found.stderr for word in (b"Finn", b"Moe", b"moe.example", b"Dee"))
