"""Putting a backup back: made ready in a copy, then written over the state in one transaction."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import delete, insert, select

from leadbridge.errors import BusyError, UsageError
from leadbridge.state import backups
from leadbridge.state.engine import make_engine
from leadbridge.state.errors import NoStateError, StateError
from leadbridge.state.information import new_generation
from leadbridge.state.marking import copy_key
from leadbridge.state.place import free_name, locate, prepare
from leadbridge.state.schema import counters, leases
from leadbridge.state.store import Store, open_store, ready
from leadbridge.state.transactions import Snapshot, Transaction


def restore(url: str, folder: Path, source: Path) -> Path | None:
    """Put a backup in the place of the project's state, with a new generation: older plans are refused from now on.

    A state that cannot be read any more, or only by a newer LeadBridge, is moved aside; where it went is returned.

    Raises:
        UsageError: the backup is not there, or was made by a newer LeadBridge.
        StateError: it is no state, or damaged. The state stays as it was.
        BusyError: a run is working on the state.
    """
    file = locate(url, folder)
    if not source.is_file():
        raise UsageError(f"there is no backup {source}")
    prepare(file)
    numbers = _numbers_given_out(url, folder)
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=f"{file.name}.restore-") as spot:
        copy = Path(spot) / file.name
        _copy_ready(source, copy, numbers or {})
        aside = None if numbers is not None else _move_aside(file)
        backups.transfer(copy, file)
        copy_key(source, file)
    return aside


def _numbers_given_out(url: str, folder: Path) -> Mapping[str, int] | None:
    """The state's counters, or None where it cannot be read."""
    try:
        with open_store(url, folder) as store, store.read() as snapshot:
            _refuse_while_leased(snapshot)
            return _counters(snapshot)
    except (StateError, UsageError):
        return None


def _counters(snapshot: Snapshot) -> dict[str, int]:
    return {row.name: row.next for row in snapshot.connection.execute(select(counters))}


def _refuse_while_leased(snapshot: Snapshot) -> None:
    taken = snapshot.connection.execute(
        select(leases.c.connection, leases.c.job).where(leases.c.holder != "", leases.c.expires_at > datetime.now(UTC))
    ).first()
    if taken is not None:
        raise BusyError(f"job {taken.job!r} is working on connection {taken.connection!r}; restore once it has ended")


def _copy_ready(source: Path, copy: Path, numbers: Mapping[str, int]) -> None:
    """Copy, check, bring up to date. No number that was ever given out may come again, fences above all."""
    try:
        backups.transfer(source, copy)
        with closing(Store(make_engine(copy), source)) as store:
            ready(store)
            with store.begin() as tx:
                _refuse_damaged(tx)
                _raise_counters(tx, numbers)
                tx.connection.execute(delete(leases))
                new_generation(tx)
    except NoStateError as error:
        raise StateError(f"{source} is damaged or no backup; the state stays as it was, name another backup") from error


def _refuse_damaged(snapshot: Snapshot) -> None:
    if snapshot.connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() != "ok":
        raise NoStateError("some of its pages are damaged")


def _raise_counters(tx: Transaction, numbers: Mapping[str, int]) -> None:
    own = _counters(tx)
    highest = {name: max(numbers.get(name, 1), own.get(name, 1)) for name in {*own, *numbers}}
    tx.connection.execute(delete(counters))
    if highest:
        rows = [{"name": name, "next": following} for name, following in highest.items()]
        tx.connection.execute(insert(counters), rows)


def _move_aside(file: Path) -> Path:
    """The file with its journals, which belong to it and would be taken for the new one's."""
    aside = free_name(file, "replaced")
    for suffix in ("-wal", "-shm", ""):
        part = file.with_name(file.name + suffix)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))
    prepare(file)
    return aside
