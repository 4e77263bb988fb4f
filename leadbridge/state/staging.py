"""Captured rows that are not settled yet. They belong to a run and go with it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Row, Select, Table, delete, func, select, tuple_

from leadbridge.records import Record, Ref
from leadbridge.state.model import StagedGone, StagedRow
from leadbridge.state.names import Names
from leadbridge.state.schema import staged, staged_gone, staged_keys, turns
from leadbridge.state.sql import PAGE, by_object, chunks, select_refs, upsert
from leadbridge.state.transactions import Snapshot, Transaction


def stage(tx: Transaction, run: int, rows: Sequence[StagedRow]) -> None:
    """Keep them; what a record was captured as later replaces what it was captured as before."""
    pack = tx.names.pack
    last = {row.record.ref: row for row in rows}
    upsert(
        tx,
        staged,
        [
            {
                **_where(run, ref),
                "role": row.role,
                "mapping": row.mapping,
                "raw": pack(row.record.values),
                "said": pack(row.said),
                "source": row.record.source,
                "modified": row.record.modified,
                "stamps": None if row.record.stamps is None else pack(row.record.stamps),
            }
            for ref, row in last.items()
        ],
    )


def stage_gone(tx: Transaction, run: int, gone: Sequence[StagedGone]) -> None:
    last = {one.ref: one for one in gone}
    rows = [{**_where(run, ref), "proof": one.proof, "merged_into": one.merged_into} for ref, one in last.items()]
    upsert(tx, staged_gone, rows)


def page(snapshot: Snapshot, run: int, after: Ref | None = None, limit: int = PAGE) -> list[StagedRow]:
    """The next ones in the order of their refs; an empty list is the end."""
    return [_staged(row, snapshot.names) for row in _page(snapshot, staged, run, after, limit)]


def page_gone(snapshot: Snapshot, run: int, after: Ref | None = None, limit: int = PAGE) -> list[StagedGone]:
    rows = _page(snapshot, staged_gone, run, after, limit)
    return [StagedGone(_ref(row), row.proof, row.merged_into) for row in rows]


def newcomers(snapshot: Snapshot, run: int, after: Ref | None = None, limit: int = PAGE) -> list[tuple[Ref, str, str]]:
    """The next covered records that are nobody's turn, in the order of their refs, each with its role and mapping."""
    at = (staged.c.connection, staged.c.object, staged.c.record_id)
    mine = (turns.c.connection == at[0]) & (turns.c.object == at[1]) & (turns.c.record_id == at[2])
    query: Select[Any] = (
        select(*at, staged.c.role, staged.c.mapping)
        .outerjoin(turns, (turns.c.run == run) & mine)
        .where(staged.c.run == run, staged.c.mapping != "", turns.c.golden.is_(None))
    )
    if after is not None:
        query = query.where(tuple_(*at) > tuple_(after.connection, after.object, after.id))
    rows = snapshot.connection.execute(query.order_by(*at).limit(limit))
    return [(_ref(row), row.role, row.mapping) for row in rows]


def load(snapshot: Snapshot, run: int, refs: Collection[Ref]) -> dict[Ref, StagedRow]:
    query = select(staged).where(staged.c.run == run)
    found = (_staged(row, snapshot.names) for row in select_refs(snapshot, query, staged, refs))
    return {row.record.ref: row for row in found}


def touched(snapshot: Snapshot, run: int, refs: Collection[Ref]) -> set[Ref]:
    """Those of which the run captured anything, their going included."""
    queries = ((select(table).where(table.c.run == run), table) for table in (staged, staged_gone))
    return {_ref(row) for query, table in queries for row in select_refs(snapshot, query, table, refs)}


def count(snapshot: Snapshot, run: int) -> int:
    query = select(func.count()).select_from(staged).where(staged.c.run == run)
    return int(snapshot.connection.execute(query).scalar_one())


def settle(tx: Transaction, run: int, refs: Collection[Ref]) -> None:
    """Forget those that are settled, gone ones too."""
    for (connection, name), some in by_object(refs).items():
        for table, part in _tables_and_parts([ref.id for ref in some]):
            matching = (table.c.run == run, table.c.connection == connection, table.c.object == name)
            tx.connection.execute(delete(table).where(*matching, table.c.record_id.in_(part)))


def clear(tx: Transaction, run: int) -> None:
    for table in (staged, staged_gone, staged_keys):
        tx.connection.execute(delete(table).where(table.c.run == run))


def _tables_and_parts(ids: Collection[str]) -> Iterator[tuple[Table, list[str]]]:
    return ((table, part) for part in chunks(ids) for table in (staged, staged_gone))


def _page(snapshot: Snapshot, table: Table, run: int, after: Ref | None, limit: int) -> Sequence[Row[Any]]:
    order = (table.c.connection, table.c.object, table.c.record_id)
    query: Select[Any] = select(table).where(table.c.run == run)
    if after is not None:
        query = query.where(tuple_(*order) > tuple_(after.connection, after.object, after.id))
    return snapshot.connection.execute(query.order_by(*order).limit(limit)).all()


def _where(run: int, ref: Ref) -> dict[str, Any]:
    return {"run": run, "connection": ref.connection, "object": ref.object, "record_id": ref.id}


def _ref(row: Row[Any]) -> Ref:
    return Ref(row.connection, row.object, row.record_id)


def _staged(row: Row[Any], names: Names) -> StagedRow:
    stamps = None if row.stamps is None else names.unpack(row.stamps)
    record = Record(_ref(row), names.unpack(row.raw), row.source, row.modified, stamps)
    return StagedRow(record, row.role, row.mapping, names.unpack(row.said))
