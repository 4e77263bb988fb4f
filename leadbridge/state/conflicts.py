"""The conflict log: what won, what lost, and by which rule. Losing values can be restored."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, insert, select, update

from leadbridge.records import Ref
from leadbridge.state import codec, information
from leadbridge.state.model import Claim, ConflictRow
from leadbridge.state.schema import conflicts as table
from leadbridge.state.sql import PAGE, select_in
from leadbridge.state.transactions import Snapshot, Transaction
from leadbridge.values import MISSING


def add(tx: Transaction, rows: Sequence[ConflictRow]) -> list[ConflictRow]:
    """Log them, under new ids (theirs are not looked at); as they are kept."""
    numbers = information.reserve(tx, "conflict", len(rows))
    kept = [replace(row, id=number) for row, number in zip(rows, numbers, strict=True)]
    if kept:
        tx.connection.execute(insert(table), [_columns(row) for row in kept])
    return kept


def of(snapshot: Snapshot, goldens: Collection[int]) -> dict[int, tuple[ConflictRow, ...]]:
    """Golden id -> its conflicts, the oldest first."""
    found: dict[int, list[ConflictRow]] = {}
    for row in select_in(snapshot, select(table), table.c.golden, goldens):
        found.setdefault(row.golden, []).append(_conflict(row))
    return {golden: tuple(sorted(rows, key=lambda r: r.id)) for golden, rows in found.items()}


def get(snapshot: Snapshot, conflict: int) -> ConflictRow | None:
    row = snapshot.connection.execute(select(table).where(table.c.id == conflict)).first()
    return None if row is None else _conflict(row)


def page(snapshot: Snapshot, after: int = 0, limit: int = PAGE, run: int | None = None) -> list[ConflictRow]:
    """The next ones by id, of one run or all."""
    query = select(table).where(table.c.id > after)
    if run is not None:
        query = query.where(table.c.run == run)
    return [_conflict(row) for row in snapshot.connection.execute(query.order_by(table.c.id).limit(limit))]


def set_restored(tx: Transaction, conflict: int, run: int | None) -> None:
    """By the run that took a losing value back; None where that was undone."""
    tx.connection.execute(update(table).where(table.c.id == conflict).values(restored_by=run))


def move(tx: Transaction, goldens: Mapping[int, int]) -> None:
    """Golden id -> the golden id that its conflicts are about from now on."""
    for source, target in goldens.items():
        tx.connection.execute(update(table).where(table.c.golden == source).values(golden=target))


def _said(claim: Claim) -> list[Any]:
    """``[connection, object and id or null, stamp or null, value]``, without the value where it is missing."""
    ref = None if claim.ref is None else [claim.ref.connection, claim.ref.object, claim.ref.id]
    said: list[Any] = [claim.connection, ref, claim.stamp]
    return said if claim.value is MISSING else [*said, claim.value]


def _claim(said: list[Any]) -> Claim:
    connection, ref, stamp, *value = said
    return Claim(
        value=codec.revive(value[0]) if value else MISSING,
        connection=connection,
        ref=None if ref is None else Ref(*ref),
        stamp=codec.revive(stamp),
    )


def _columns(row: ConflictRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "run": row.run,
        "golden": row.golden,
        "field": row.field,
        "winner": codec.dumps(_said(row.winner)),
        "losers": codec.dumps([_said(loser) for loser in row.losers]),
        "rule": row.rule,
        "at": row.at,
        "restored_by": row.restored_by,
    }


def _conflict(row: Row[Any]) -> ConflictRow:
    return ConflictRow(
        id=row.id,
        run=row.run,
        golden=row.golden,
        field=row.field,
        winner=_claim(codec.loads(row.winner)),
        losers=tuple(_claim(said) for said in codec.loads(row.losers)),
        rule=row.rule,
        at=row.at,
        restored_by=row.restored_by,
    )
