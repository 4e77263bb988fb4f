"""Opening, backing up and restoring the state, and what is said when it cannot be done."""

from __future__ import annotations

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from stated import URL, opened, person

from leadbridge.errors import BusyError, LeadBridgeError, UsageError
from leadbridge.state import goldens, information, leases
from leadbridge.state.errors import StateError, explained
from leadbridge.state.restoring import restore
from leadbridge.state.schema import VERSION
from leadbridge.state.store import Store, open_store

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes of this kind")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


def added(store: Store, *numbers: int) -> None:
    with store.begin() as tx:
        goldens.add(tx, [person(number, city="Oslo") for number in numbers])


def ids(store: Store) -> list[int]:
    with store.read() as snapshot:
        return [stored.golden.id for stored in goldens.page(snapshot)]


def refusal(folder: Path, url: str = URL) -> LeadBridgeError:
    with pytest.raises(LeadBridgeError) as refused:
        open_store(url, folder)
    return refused.value


@POSIX
def test_only_its_owner_can_read_it(store: Store) -> None:
    added(store, 1)
    files = [store.file, *(store.file.with_name(store.file.name + end) for end in ("-wal", "-shm"))]

    assert store.file.parent.stat().st_mode & 0o777 == 0o700
    assert [file.stat().st_mode & 0o777 for file in files] == [0o600] * 3


def test_it_is_opened_for_safety_first(store: Store) -> None:
    with store.read() as snapshot:
        found = [
            snapshot.connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        ]

    assert found == ["wal", 2, 1, 10_000]  # 2 is FULL


def test_what_is_written_is_there_the_next_time(tmp_path: Path) -> None:
    with opened(tmp_path) as first:
        added(first, 1, 2)
        generation = first.generation

    with opened(tmp_path) as second:
        assert ids(second) == [1, 2]
        assert second.generation == generation != ""


def test_a_transaction_that_fails_leaves_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.begin() as tx:
        goldens.add(tx, [person(1, city="Oslo")])
        raise ZeroDivisionError

    assert ids(store) == []
    added(store, 2)  # the name `city`, numbered in what was rolled back, is numbered anew
    with store.read() as snapshot:
        assert goldens.load(snapshot, [2])[2].golden == person(2, city="Oslo")


def test_a_reader_sees_one_moment_and_waits_for_nobody(store: Store) -> None:
    with store.read() as snapshot:
        assert goldens.page(snapshot) == []
        added(store, 1)
        assert goldens.page(snapshot) == []

    assert ids(store) == [1]


def test_numbers_are_given_out_once(store: Store) -> None:
    with store.begin() as tx:
        assert information.reserve(tx, "golden", 3) == range(1, 4)
        assert information.reserve(tx, "golden") == range(4, 5)
        assert information.reserve(tx, "link", 2) == range(1, 3)
        assert information.reserve(tx, "golden", 0) == range(5, 5)


def test_many_open_a_new_one_at_once(tmp_path: Path) -> None:
    script = "import sys; from stated import *; print(opened(Path(sys.argv[1])).generation)"
    command = [sys.executable, "-c", script, str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "support")}

    def run(_: int) -> str:
        return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

    with ThreadPoolExecutor(3) as pool:
        assert len(set(pool.map(run, range(3)))) == 1


# -- addresses


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (
            "postgresql+psycopg://me:secret@host/db",
            "state: only SQLite is supported as yet; write sqlite:///.leadbridge/state.db, or a path like it",
        ),
        ("sqlite:///", "state: sqlite:/// must be followed by the path of a file, without options"),
        ("sqlite:///:memory:", "state: sqlite:/// must be followed by the path of a file, without options"),
        ("sqlite:///s.db?mode=ro", "state: sqlite:/// must be followed by the path of a file, without options"),
        ("sqlite:///.", "state: '.' is a folder; name a file in it, such as ./state.db"),
    ],
)
def test_an_address_that_cannot_be_used(tmp_path: Path, url: str, said: str) -> None:
    found = refusal(tmp_path, url)

    assert isinstance(found, UsageError)
    assert str(found) == said


@pytest.mark.parametrize("path", ["../state.db", "/etc/state.db", "a/../../state.db"])
def test_it_stays_inside_the_project(tmp_path: Path, path: str) -> None:
    assert str(refusal(tmp_path, f"sqlite:///{path}")) == (
        f"{path!r} leaves the project folder {tmp_path};"
        " move what it names into the folder and write its path from there"
    )


# -- files that are not what they should be


def test_no_database(tmp_path: Path) -> None:
    (tmp_path / "s.db").write_text("first_name,last_name\n" * 100)

    found = refusal(tmp_path, "sqlite:///s.db")

    assert isinstance(found, StateError)
    assert str(found) == (f"{tmp_path}/s.db is no LeadBridge state; move it away, or restore a backup in its place")


def test_a_database_of_something_else(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "s.db")
    connection.execute("CREATE TABLE customers (id)")
    connection.close()

    assert str(refusal(tmp_path, "sqlite:///s.db")) == (
        f"{tmp_path}/s.db is a database of something else; name another file for the state"
    )


def test_a_damaged_one(tmp_path: Path) -> None:
    with opened(tmp_path) as made:
        added(made, *range(1, 2000))
        file = made.file
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))

    assert str(refusal(tmp_path)) == f"the state {file} is damaged; restore a backup in its place"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / ".leadbridge").write_text("a file")

    assert str(refusal(tmp_path)) == f"the state {tmp_path}/.leadbridge/state.db cannot be opened: Not a directory"


@POSIX
def test_one_that_may_only_be_read(tmp_path: Path) -> None:
    file = tmp_path / "s.db"
    with open_store("sqlite:///s.db", tmp_path):
        pass
    readonly = sqlite3.connect(f"file:{file}?mode=ro", uri=True)
    with pytest.raises(sqlite3.OperationalError) as refused:
        readonly.execute("DELETE FROM golden")
    readonly.close()

    found = explained(refused.value, file)

    assert isinstance(found, StateError)
    assert str(found) == f"the state {file} cannot be written; give yourself the right to write the file and its folder"


def test_one_that_another_process_keeps_locked(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    other = sqlite3.connect(store.file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with store.read() as snapshot:  # the pool gives the same connection again
        snapshot.connection.exec_driver_sql("PRAGMA busy_timeout = 10")

    with pytest.raises(BusyError) as refused:
        added(store, 1)

    other.close()
    assert str(refused.value) == (
        f"another process is writing the state {store.file}; wait until it has ended, then try again"
    )


def test_a_newer_one(tmp_path: Path) -> None:
    with opened(tmp_path) as made:
        file = made.file
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    found = refusal(tmp_path)

    assert isinstance(found, UsageError)
    assert str(found) == (
        f"{file} was written by a newer LeadBridge (schema 9999; this one knows {VERSION});"
        " install that version, or restore a backup that this one made"
    )


# -- backups


def test_a_backup_is_whole_while_the_state_is_in_use(store: Store, tmp_path: Path) -> None:
    added(store, 1, 2)
    with store.begin() as tx:
        goldens.add(tx, [person(3)])
        store.backup(tmp_path / "copy.db")

    with open_store("sqlite:///copy.db", tmp_path) as copy:
        assert ids(copy) == [1, 2]
        assert copy.generation == store.generation


@POSIX
def test_only_its_owner_can_read_a_backup(store: Store, tmp_path: Path) -> None:
    store.backup(tmp_path / "copy.db")

    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == [".leadbridge", "copy.db"]


def test_no_backup_is_made_of_a_damaged_state(tmp_path: Path) -> None:
    with opened(tmp_path) as made:
        added(made, *range(1, 2000))
        file = made.file
        with made.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        middle = file.stat().st_size // 2 // 4096 * 4096
        with file.open("r+b") as stream:
            stream.seek(middle)
            stream.write(b"\xff" * 8192)

        with pytest.raises(LeadBridgeError) as refused:
            made.backup(tmp_path / "copy.db")

    assert str(refused.value).startswith(f"the state {file} is damaged")
    assert not (tmp_path / "copy.db").exists()


def test_a_backup_is_never_written_over(store: Store, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_text("older")

    with pytest.raises(UsageError, match=r"copy\.db is there already; name a file that is not, and no backup is lost$"):
        store.backup(tmp_path / "copy.db")
    with pytest.raises(UsageError, match=re.escape("/nowhere of the backup is not there; make it first")):
        store.backup(tmp_path / "nowhere" / "copy.db")

    assert (tmp_path / "copy.db").read_text() == "older"


def test_restoring_brings_back_rows_and_changes_the_generation(tmp_path: Path) -> None:
    with opened(tmp_path) as made:
        added(made, 1)
        made.backup(tmp_path / "copy.db")
        added(made, 2)
        before = made.generation

    assert restore(URL, tmp_path, tmp_path / "copy.db") is None

    with opened(tmp_path) as again:
        assert ids(again) == [1]
        assert again.generation not in ("", before)
    assert [path.name for path in (tmp_path / ".leadbridge").iterdir()] == ["state.db"]


def test_no_number_comes_again_after_a_restore(store: Store, tmp_path: Path) -> None:
    store.backup(tmp_path / "copy.db")
    with store.begin() as tx:
        information.reserve(tx, "golden", 7)
        leases.release(tx, leases.acquire(tx, ["sf"], "a", "people", timedelta(minutes=1)))

    restore(URL, tmp_path, tmp_path / "copy.db")

    with store.begin() as tx:  # the store that was open goes on with what was restored
        assert information.reserve(tx, "golden") == range(8, 9)
        assert leases.acquire(tx, ["sf"], "b", "people", timedelta(minutes=1)).fence == 2


def test_no_restore_under_a_running_job(store: Store, tmp_path: Path) -> None:
    store.backup(tmp_path / "copy.db")
    with store.begin() as tx:
        leases.acquire(tx, ["sf"], "host:1", "people", timedelta(minutes=1))

    with pytest.raises(BusyError) as refused:
        restore(URL, tmp_path, tmp_path / "copy.db")

    assert str(refused.value) == "job 'people' is working on connection 'sf'; restore once it has ended"


def test_a_damaged_state_is_moved_aside_by_a_restore(tmp_path: Path) -> None:
    with opened(tmp_path) as made:
        added(made, 1)
        made.backup(tmp_path / "copy.db")
        file = made.file
    file.write_bytes(b"x" * 10_000)

    aside = restore(URL, tmp_path, tmp_path / "copy.db")

    assert aside == file.with_name("state.db.replaced")
    assert aside.read_bytes() == b"x" * 10_000
    with opened(tmp_path) as again:
        assert ids(again) == [1]


def test_a_backup_that_cannot_be_restored(store: Store, tmp_path: Path) -> None:
    added(store, *range(1, 2000))
    store.backup(tmp_path / "cut.db")
    whole = (tmp_path / "cut.db").read_bytes()
    (tmp_path / "cut.db").write_bytes(whole[: len(whole) // 2] + b"\0" * (len(whole) // 2))
    (tmp_path / "text.db").write_text("no database " * 1000)

    with pytest.raises(UsageError, match=r"^there is no backup .*/none\.db$"):
        restore(URL, tmp_path, tmp_path / "none.db")
    for name in ("text.db", "cut.db"):
        with pytest.raises(StateError) as refused:
            restore(URL, tmp_path, tmp_path / name)
        assert str(refused.value) == (
            f"{tmp_path}/{name} is damaged or no backup; the state stays as it was, name another backup"
        )

    assert len(ids(store)) == 1000  # a page of what is still there


def test_a_newer_state_can_be_replaced_by_a_backup_of_this_version(tmp_path: Path) -> None:
    """As the refusal of a newer one advises."""
    with opened(tmp_path) as made:
        made.backup(tmp_path / "copy.db")
        file = made.file
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()

    aside = restore(URL, tmp_path, tmp_path / "copy.db")

    assert aside is not None
    with opened(tmp_path):
        pass


def test_the_command_line_starts_without_the_database_library() -> None:
    heavy = "{'sqlalchemy', 'alembic'} & set(sys.modules)"
    script = f"import sys, leadbridge.cli, leadbridge.state; sys.exit(bool({heavy}))"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
