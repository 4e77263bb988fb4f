"""Golden records."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from leadbridge.golden import Golden
from leadbridge.state.model import StoredGolden
from leadbridge.state.names import Names
from leadbridge.state.schema import golden as table
from leadbridge.state.sql import PAGE, chunks, insert_all, select_in
from leadbridge.state.transactions import Snapshot, Transaction


def add(tx: Transaction, records: Sequence[Golden], *, due: Collection[int] = ()) -> None:
    """New ones, at version 1, under numbers that were reserved; ``due`` names those that are owed a create."""
    pack = tx.names.pack_held
    rows = [(g.id, g.subject, 1, pack(g.fields), g.id in due) for g in records]
    insert_all(tx, table, ("id", "subject", "version", "fields", "due"), rows)


def load(snapshot: Snapshot, ids: Collection[int]) -> dict[int, StoredGolden]:
    """Those that are there, by id."""
    return {row.id: _stored(row, snapshot.names) for row in select_in(snapshot, select(table), table.c.id, ids)}


def missing(snapshot: Snapshot, ids: Collection[int]) -> frozenset[int]:
    """Those that are not there."""
    found = select_in(snapshot, select(table.c.id), table.c.id, ids)
    return frozenset(ids) - {row.id for row in found}


def page(snapshot: Snapshot, after: int = 0, limit: int = PAGE, subject: str | None = None) -> list[StoredGolden]:
    """The next ones by id, of one subject or all; an empty list is the end."""
    query = select(table).where(table.c.id > after).order_by(table.c.id).limit(limit)
    if subject is not None:
        query = query.where(table.c.subject == subject)
    return [_stored(row, snapshot.names) for row in snapshot.connection.execute(query)]


def due(snapshot: Snapshot, after: int = 0, limit: int = PAGE) -> list[int]:
    """The next ids that are owed a create."""
    query = select(table.c.id).where(table.c.due, table.c.id > after).order_by(table.c.id).limit(limit)
    return list(snapshot.connection.execute(query).scalars())


def update_expected(tx: Transaction, records: Sequence[Golden], expected: Mapping[int, int]) -> frozenset[int]:
    """Set subject and fields of those that are still at their expected version, which then is one higher.

    Returns the ids that are stale: moved on, or gone. They are left as they are.
    """
    ids = [g.id for g in records]
    query = select(table.c.id, table.c.version).with_for_update()
    versions = {row.id: row.version for row in select_in(tx, query, table.c.id, ids)}
    fresh = [g for g in records if versions.get(g.id) == expected[g.id]]
    pack = tx.names.pack_held
    if fresh:
        rows = [{"_id": g.id, "subject": g.subject, "fields": pack(g.fields)} for g in fresh]
        statement = update(table).where(table.c.id == bindparam("_id")).values(version=table.c.version + 1)
        tx.connection.execute(statement, rows)
    return frozenset(ids) - {g.id for g in fresh}


def set_due(tx: Transaction, ids: Collection[int], due: bool) -> None:
    for part in chunks(ids):
        tx.connection.execute(update(table).where(table.c.id.in_(part)).values(due=due))


def remove(tx: Transaction, ids: Collection[int]) -> None:
    """With their keys, links and holds."""
    for part in chunks(ids):
        tx.connection.execute(delete(table).where(table.c.id.in_(part)))


def _stored(row: Row[Any], names: Names) -> StoredGolden:
    return StoredGolden(Golden(row.id, row.subject, names.unpack_held(row.fields)), row.version, row.due)
