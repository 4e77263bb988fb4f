"""What can go wrong while a file is written: it stays as it was, and nothing is left lying about."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from leadbridge_csv import storing
from leadbridge_csv.provider import CsvProvider

from leadbridge.errors import ConnectionFailedError
from leadbridge.provider import Action

if TYPE_CHECKING:
    from conftest import Workspace

TABLE = "Id,Name\n1,Ada\n2,Bob\n"
DELETE = Action(1, "delete", "a.csv", "1")
APPEND = Action(1, "create", "a.csv", values={"Id": "3"})


def fail(number: int) -> Callable[..., object]:
    def failing(*_: object, **__: object) -> object:
        raise OSError(number, os.strerror(number))

    return failing


def staged(workspace: Workspace, action: Action, **settings: str) -> CsvProvider:
    provider = workspace.connect(**settings)
    provider.begin()
    assert [result.state for result in provider.write([action])] == ["done"]
    return provider


def message_of_commit(provider: CsvProvider) -> str:
    with pytest.raises(ConnectionFailedError) as error:
        provider.commit()
    assert (error.value.connection, error.value.exit_status) == ("crm", 4)
    return str(error.value)


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.is_file())


@pytest.mark.parametrize(
    ("broken", "number", "message"),
    [
        ("os.fsync", errno.ENOSPC, "the disk is full; a.csv was left as it was; free some space, then run again"),
        (
            "tempfile.mkstemp",
            errno.EACCES,
            "a.csv or its folder cannot be written: permission denied; a.csv was left as it was;"
            " allow this user to write there",
        ),
        (
            "tempfile.mkstemp",
            errno.EROFS,
            "a.csv or its folder cannot be written: permission denied; a.csv was left as it was;"
            " allow this user to write there",
        ),
        (
            "os.fsync",
            errno.EIO,
            "a.csv cannot be written: input/output error; a.csv was left as it was; run again once that is mended",
        ),
        (
            "Path.replace",
            errno.EACCES,
            "a.csv or its folder cannot be written: permission denied; a.csv was left as it was;"
            " allow this user to write there",
        ),
    ],
)
def test_a_table_stays_as_it_was(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, broken: str, number: int, message: str
) -> None:
    path = workspace.put("a.csv", TABLE)
    provider = staged(workspace, DELETE, key="Id")
    with monkeypatch.context() as patch:
        patch.setattr(f"leadbridge_csv.storing.{broken}", fail(number))
        assert message_of_commit(provider) == f"connection 'crm': {message}"
    assert path.read_text() == TABLE
    assert files(workspace.folder) == ["a.csv"]
    assert [result.state for result in workspace.write(DELETE, key="Id")] == ["done"]


def test_an_inbox_stays_as_it_was(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written before the disk was full is cut off again."""
    path = workspace.put("a.csv", TABLE)
    provider = staged(workspace, APPEND)
    with monkeypatch.context() as patch:
        patch.setattr(storing.os, "fsync", fail(errno.ENOSPC))
        assert message_of_commit(provider) == (
            "connection 'crm': the disk is full; a.csv was left as it was; free some space, then run again"
        )
    assert path.read_text() == TABLE


def test_an_edit_between_write_and_commit_is_not_lost(workspace: Workspace) -> None:
    path = workspace.put("a.csv", TABLE)
    provider = staged(workspace, DELETE, key="Id")
    path.write_text(TABLE + "3,Cy\n")
    assert message_of_commit(provider) == (
        "connection 'crm': a.csv was changed by somebody else while it was to be written;"
        " it was left as it is; run again"
    )
    assert path.read_text() == TABLE + "3,Cy\n"
    assert files(workspace.folder) == ["a.csv"]


def test_an_edit_of_the_same_length_and_time_is_not_lost(workspace: Workspace) -> None:
    path = workspace.put("a.csv", TABLE)
    times = (path.stat().st_atime_ns, path.stat().st_mtime_ns)
    provider = staged(workspace, DELETE, key="Id")
    path.write_text(TABLE.replace("Bob", "Rob"))
    os.utime(path, ns=times)
    assert "was changed by somebody else" in message_of_commit(provider)


def test_a_file_that_vanished_before_commit_is_not_made_again(workspace: Workspace) -> None:
    path = workspace.put("a.csv", TABLE)
    provider = staged(workspace, DELETE, key="Id")
    path.unlink()
    assert message_of_commit(provider).startswith("connection 'crm': a.csv cannot be written: no such file")
    assert files(workspace.folder) == []


def test_a_header_that_changed_before_an_append(workspace: Workspace) -> None:
    path = workspace.put("a.csv", TABLE)
    provider = staged(workspace, APPEND)
    path.write_text("Name,Id\n")
    assert "was changed by somebody else" in message_of_commit(provider)
    assert path.read_text() == "Name,Id\n"


def test_all_files_are_ready_before_the_first_is_replaced(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = workspace.put("x/a.csv", TABLE), workspace.put("x/b.csv", TABLE)
    provider = workspace.connect("x", key="Id")
    provider.begin()
    provider.write([DELETE, Action(2, "delete", "b.csv", "2")])
    real, calls = os.fsync, []

    def second_time(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(storing.os, "fsync", second_time)
    assert message_of_commit(provider).startswith("connection 'crm': the disk is full; x/b.csv was left")
    assert (first.read_text(), second.read_text()) == (TABLE, TABLE)
    assert files(workspace.folder / "x") == ["a.csv", "b.csv"]


def test_abandoning_leaves_nothing(workspace: Workspace) -> None:
    path = workspace.put("a.csv", TABLE)
    provider = staged(workspace, DELETE, key="Id")
    provider.abandon()
    provider.abandon()
    assert path.read_text() == TABLE
    assert files(workspace.folder) == ["a.csv"]
    assert [result.state for result in workspace.write(DELETE, key="Id")] == ["done"]


def test_a_folder_that_cannot_hold_the_lock(workspace: Workspace) -> None:
    workspace.put(".leadbridge", "a file in the way")
    with pytest.raises(ConnectionFailedError) as error:
        workspace.connect().begin()
    assert str(error.value).startswith("connection 'crm': .leadbridge/locks/csv-crm.lock cannot be written: ")


def test_what_a_killed_run_left_goes_with_the_next_write(workspace: Workspace) -> None:
    workspace.put("a.csv", TABLE)
    left = workspace.put(".a.csv.abcd1234.leadbridge-tmp", "1,Ada")
    others = workspace.put(".a.csv.b.csv.abcd1234.leadbridge-tmp", "theirs")
    assert [result.state for result in workspace.write(DELETE, key="Id")] == ["done"]
    assert (left.exists(), others.exists()) == (False, True)


def test_what_a_killed_run_leaves_bears_the_name_that_is_looked_for(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.put("a.csv", TABLE)
    for name in ("replace", "discard"):
        monkeypatch.setattr(storing.Rewrite, name, lambda self: None)
    staged(workspace, DELETE, key="Id").commit()
    assert len(files(workspace.folder)) == 2
    monkeypatch.undo()
    assert [result.state for result in workspace.write(DELETE, key="Id")] == ["done"]
    assert files(workspace.folder) == ["a.csv"]


@pytest.mark.parametrize("action", [DELETE, APPEND, Action(1, "update", "a.csv", "2", {"Name": "Bo"}, {"Name": "Bob"})])
@pytest.mark.parametrize(
    "saved",
    [
        *(TABLE[:size] for size in range(len(TABLE))),
        "\n" * len(TABLE),
        '"' * len(TABLE),
        "Id,Name,Age\n1,Ada,36\n2,Bob,40\n",
        "\xff" * len(TABLE),
    ],
)
def test_a_file_that_is_saved_in_place_while_a_run_writes_it(workspace: Workspace, action: Action, saved: str) -> None:
    """Editors cut the file off, then write it anew: every moment of that may be met."""
    path = workspace.put("a.csv", TABLE)
    provider = staged(workspace, action, key="Id")
    path.write_bytes(saved.encode("latin-1"))
    said = message_of_commit(provider)
    assert "run again" in said or "still being written" in said
    assert path.read_bytes() == saved.encode("latin-1")
    assert [file.name for file in path.parent.iterdir() if file.name != ".leadbridge"] == ["a.csv"]


@pytest.mark.parametrize("saved", ["", "\n", "\ufeff"])
def test_a_table_that_is_blank_for_a_moment_takes_no_rows(workspace: Workspace, saved: str) -> None:
    """It is no inbox: what was refused now would not be sent again."""
    workspace.put("a.csv", saved)
    provider = workspace.connect(key="Id")
    provider.begin()
    with pytest.raises(ConnectionFailedError, match="has no header"):
        provider.write([APPEND])
