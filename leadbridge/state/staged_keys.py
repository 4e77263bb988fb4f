"""The identifying keys of staged records, so that those that share none with anybody need not be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Select, func, select

from leadbridge.records import Ref
from leadbridge.state.model import GoldenKey
from leadbridge.state.schema import golden_keys
from leadbridge.state.schema import staged_keys as table
from leadbridge.state.sql import insert_missing
from leadbridge.state.transactions import Snapshot, Transaction


def add(tx: Transaction, run: int, keys: Mapping[Ref, Iterable[GoldenKey]]) -> None:
    """Keys that a record had when it was staged before stay: a record that is compared in vain does no harm."""
    rows = [
        (run, key.subject, key.kind, key.key, ref.connection, ref.object, ref.id)
        for ref, found in keys.items()
        for key in found
    ]
    insert_missing(tx, table, ("run", "subject", "kind", "key", "connection", "object", "record_id"), rows)


def sharing(snapshot: Snapshot, run: int, subject: str) -> Iterator[Ref]:
    """Staged records that have a key of another one, or of a golden record; some of them twice."""
    mine = (table.c.run == run, table.c.subject == subject)
    twice = select(table.c.kind, table.c.key).where(*mine).group_by(table.c.kind, table.c.key)
    shared = twice.having(func.count() > 1).subquery()
    refs = select(table.c.connection, table.c.object, table.c.record_id).where(*mine)
    among = refs.join(shared, (shared.c.kind == table.c.kind) & (shared.c.key == table.c.key))
    same = (golden_keys.c.kind == table.c.kind) & (golden_keys.c.key == table.c.key)
    yield from _refs(snapshot, among)
    yield from _refs(snapshot, refs.join(golden_keys, (golden_keys.c.subject == subject) & same))


def _refs(snapshot: Snapshot, query: Select[Any]) -> Iterator[Ref]:
    for row in snapshot.connection.execute(query.distinct()):
        yield Ref(row.connection, row.object, row.record_id)
