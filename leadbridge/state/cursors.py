"""How far capture has got, per connection and object."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from leadbridge.state.model import ObjectKey
from leadbridge.state.schema import cursors as table
from leadbridge.state.sql import upsert
from leadbridge.state.transactions import Snapshot, Transaction


def get(snapshot: Snapshot, connections: Collection[str]) -> dict[ObjectKey, str]:
    """(connection, object) -> cursor; an object that was never captured whole is not there."""
    rows = snapshot.connection.execute(select(table).where(table.c.connection.in_(connections)))
    return {(row.connection, row.object): row.cursor for row in rows}


def moved_by(snapshot: Snapshot, key: ObjectKey) -> int | None:
    """The run that the object's cursor comes from; None where there is none."""
    query = select(table.c.run).where(table.c.connection == key[0], table.c.object == key[1])
    return snapshot.connection.execute(query).scalar()


def move(
    tx: Transaction, start: Mapping[ObjectKey, str | None], end: Mapping[ObjectKey, str], run: int
) -> frozenset[ObjectKey]:
    """Set ``end`` where the stored cursor is still the one in ``start`` (None, or not there: there was none).

    Returns the objects whose cursor has moved since; theirs stays as it is.
    """
    stored = get(tx, {connection for connection, _ in end})
    moved = frozenset(key for key in end if stored.get(key) != start.get(key))
    rows = [
        {"connection": connection, "object": name, "cursor": cursor, "run": run}
        for (connection, name), cursor in end.items()
        if (connection, name) not in moved
    ]
    upsert(tx, table, rows)
    return moved
