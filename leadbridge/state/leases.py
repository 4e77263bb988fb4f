"""Leases: who may work on a connection now.

A lease is one row per connection with a *fence*, a number that only grows. A holder that was away too long finds a
higher fence and must stop. What it does has to be checked in the transaction that commits it: ``check`` and the intent
of a batch stand in one transaction, so that of two holders only one can commit an intent, whatever their clocks say.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, select, update

from leadbridge.errors import BusyError
from leadbridge.state import information
from leadbridge.state.model import Lease
from leadbridge.state.schema import leases as table
from leadbridge.state.sql import upsert
from leadbridge.state.transactions import Snapshot, Transaction

_NOBODY: Final = ""


def acquire(tx: Transaction, connections: Collection[str], holder: str, job: str, ttl: timedelta) -> Lease:
    """Take all of the connections, or none. One whose lease has run out is taken over.

    Args:
        holder: who it is, for messages: a host and a process, say. Not empty.
        ttl: how long it holds unless it is renewed.

    Raises:
        BusyError: somebody holds one of them, its own holder included.
    """
    now = datetime.now(UTC)
    names = tuple(sorted(set(connections)))
    taken = [row for row in _rows(tx, names) if row.holder != _NOBODY and row.expires_at > now]
    if taken:
        raise BusyError(_held(taken[0]))
    lease = Lease(names, holder, job, information.reserve(tx, "fence")[0])
    values = {"holder": holder, "job": job, "fence": lease.fence, "since": now, "expires_at": now + ttl}
    upsert(tx, table, [{"connection": name, **values} for name in names])
    return lease


def free(tx: Transaction, connections: Collection[str], is_dead: Callable[[str], bool]) -> None:
    """Give up what holders hold of which it is known that they are no more."""
    for row in _rows(tx, connections):
        if row.holder != _NOBODY and is_dead(row.holder):
            gone = (table.c.connection == row.connection, table.c.holder == row.holder)
            tx.connection.execute(update(table).where(*gone).values(holder=_NOBODY))


def check(snapshot: Snapshot, lease: Lease) -> None:
    """Raise BusyError where any of the lease's connections is somebody else's, or nobody's, by now.

    One that has run out and that nobody has taken over still holds.
    """
    rows = {row.connection: row for row in _rows(snapshot, lease.connections)}
    for name in lease.connections:
        row = rows.get(name)
        if row is None or row.holder == _NOBODY:
            raise BusyError(
                f"the lease of job {lease.job!r} on connection {name!r} was given up meanwhile; start it again"
            )
        if (row.fence, row.holder) != (lease.fence, lease.holder):
            raise BusyError(f"job {lease.job!r} was away for too long and lost its lease: {_held(row)}")


def renew(tx: Transaction, lease: Lease, ttl: timedelta) -> None:
    """:func:`check`, and hold it for ``ttl`` from now."""
    check(tx, lease)
    mine = (table.c.connection.in_(lease.connections), table.c.fence == lease.fence)
    tx.connection.execute(update(table).where(*mine).values(expires_at=datetime.now(UTC) + ttl))


def release(tx: Transaction, lease: Lease) -> None:
    """Give up what is still held; nothing where it was lost. The fence stays, so that the next one is higher."""
    mine = (table.c.connection.in_(lease.connections), table.c.fence == lease.fence, table.c.holder == lease.holder)
    tx.connection.execute(update(table).where(*mine).values(holder=_NOBODY))


def _rows(snapshot: Snapshot, connections: Collection[str]) -> list[Row[Any]]:
    query = select(table).where(table.c.connection.in_(connections)).order_by(table.c.connection).with_for_update()
    return list(snapshot.connection.execute(query).all())


def _held(row: Row[Any]) -> str:
    return (
        f"connection {row.connection!r} has been held by job {row.job!r} ({row.holder}) since {_shown(row.since)};"
        f" wait until it has ended, or, if it was killed, until {_shown(row.expires_at)}"
    )


def _shown(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
