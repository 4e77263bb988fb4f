"""Kept rejects."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, insert, select, update

from leadbridge.records import Ref
from leadbridge.state import information
from leadbridge.state.model import RejectRow, RejectState
from leadbridge.state.names import Names
from leadbridge.state.schema import rejects as table
from leadbridge.state.sql import PAGE, chunks, select_refs
from leadbridge.state.transactions import Snapshot, Transaction


def add(tx: Transaction, rows: Sequence[RejectRow]) -> list[RejectRow]:
    """Keep them, under new ids (theirs are not looked at); as they are kept."""
    kept = [replace(row, id=number) for row, number in zip(rows, _numbers(tx, rows), strict=True)]
    if kept:
        tx.connection.execute(insert(table), [_columns(row, tx.names) for row in kept])
    return kept


def open_of(snapshot: Snapshot, refs: Collection[Ref]) -> dict[Ref, tuple[RejectRow, ...]]:
    """Ref -> its open rejects; what they print as is not sent again."""
    found: dict[Ref, list[RejectRow]] = {}
    query = select(table).where(table.c.state == "open")
    if snapshot.connection.execute(select(table.c.id).where(table.c.state == "open").limit(1)).first() is None:
        return {}
    for row in select_refs(snapshot, query, table, refs):
        kept = _reject(row, snapshot.names)
        found.setdefault(kept.ref, []).append(kept)
    return {ref: tuple(sorted(rows, key=lambda r: r.id)) for ref, rows in found.items()}


def page(
    snapshot: Snapshot, after: int = 0, limit: int = PAGE, state: RejectState | None = "open", run: int | None = None
) -> list[RejectRow]:
    """The next ones by id, in one state or all, of one run or all."""
    query = select(table).where(table.c.id > after)
    if state is not None:
        query = query.where(table.c.state == state)
    if run is not None:
        query = query.where(table.c.run == run)
    rows = snapshot.connection.execute(query.order_by(table.c.id).limit(limit))
    return [_reject(row, snapshot.names) for row in rows]


def set_state(tx: Transaction, ids: Collection[int], state: RejectState) -> None:
    for part in chunks(ids):
        tx.connection.execute(update(table).where(table.c.id.in_(part)).values(state=state))


def set_sources(tx: Transaction, sources: Mapping[int, str]) -> None:
    """Reject's id -> where its row stands now."""
    for number, source in sources.items():
        tx.connection.execute(update(table).where(table.c.id == number).values(source=source))


def _numbers(tx: Transaction, rows: Sequence[RejectRow]) -> range:
    return information.reserve(tx, "reject", len(rows))


def _columns(row: RejectRow, names: Names) -> dict[str, Any]:
    return {
        "id": row.id,
        "run": row.run,
        "number": row.number,
        "connection": row.ref.connection,
        "object": row.ref.object,
        "record_id": row.ref.id,
        "source": row.source,
        "code": row.code,
        "reason": row.reason,
        "remedy": row.remedy,
        "provider_field": row.provider_field,
        "raw": names.pack(row.raw),
        "print": row.print,
        "state": row.state,
    }


def _reject(row: Row[Any], names: Names) -> RejectRow:
    return RejectRow(
        id=row.id,
        run=row.run,
        number=row.number,
        ref=Ref(row.connection, row.object, row.record_id),
        source=row.source,
        code=row.code,
        reason=row.reason,
        remedy=row.remedy,
        provider_field=row.provider_field,
        raw=names.unpack(row.raw),
        print=row.print,
        state=row.state,
    )
