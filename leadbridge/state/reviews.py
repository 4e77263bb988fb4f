"""Questions for a person."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, func, insert, select, update

from leadbridge.state import information
from leadbridge.state.model import ReviewRow
from leadbridge.state.schema import reviews as table
from leadbridge.state.sql import PAGE, chunks, select_in
from leadbridge.state.transactions import Snapshot, Transaction


def ask(tx: Transaction, rows: Sequence[ReviewRow]) -> list[ReviewRow]:
    """Keep them, under new ids (theirs are not looked at); as they are kept."""
    numbers = information.reserve(tx, "review", len(rows))
    kept = [replace(row, id=number) for row, number in zip(rows, numbers, strict=True)]
    if kept:
        tx.connection.execute(insert(table), [_columns(row) for row in kept])
    return kept


def open_of(snapshot: Snapshot, goldens: Collection[int]) -> dict[int, tuple[ReviewRow, ...]]:
    """Golden id -> its open questions; their fields are guarded."""
    found: dict[int, list[ReviewRow]] = {}
    query = select(table).where(table.c.state == "open")
    for row in select_in(snapshot, query, table.c.golden, goldens):
        found.setdefault(row.golden, []).append(_review(row))
    return {golden: tuple(sorted(rows, key=lambda r: r.id)) for golden, rows in found.items()}


def answered(snapshot: Snapshot, kind: str) -> list[ReviewRow]:
    """Questions of a kind that a person has answered and no run has carried out, the oldest first."""
    query = select(table).where(table.c.state == "answered", table.c.kind == kind).order_by(table.c.id)
    return [_review(row) for row in snapshot.connection.execute(query)]


def said_of(snapshot: Snapshot, goldens: Collection[int], kind: str) -> list[ReviewRow]:
    """Questions of a kind about these golden records, open ones and answered ones that no run has closed."""
    query = select(table).where(table.c.state.in_(("open", "answered")), table.c.kind == kind)
    return [_review(row) for row in select_in(snapshot, query, table.c.golden, goldens)]


def get(snapshot: Snapshot, review: int) -> ReviewRow | None:
    row = snapshot.connection.execute(select(table).where(table.c.id == review)).first()
    return None if row is None else _review(row)


def page(
    snapshot: Snapshot, after: int = 0, limit: int = PAGE, *, only_open: bool = True, kind: str | None = None
) -> list[ReviewRow]:
    """The next ones by id; of one kind, or of all."""
    query = select(table).where(table.c.id > after)
    if kind is not None:
        query = query.where(table.c.kind == kind)
    if only_open:
        query = query.where(table.c.state == "open")
    return [_review(row) for row in snapshot.connection.execute(query.order_by(table.c.id).limit(limit))]


def counts(snapshot: Snapshot, *, run: int | None = None) -> dict[str, int]:
    """Kind -> open questions; of one run, or all."""
    query = select(table.c.kind, func.count()).where(table.c.state == "open")
    if run is not None:
        query = query.where(table.c.run == run)
    rows = snapshot.connection.execute(query.group_by(table.c.kind).order_by(table.c.kind))
    return {row[0]: row[1] for row in rows}


def answer(tx: Transaction, review: int, answer: str) -> bool:
    """Whether the question was open and is answered now."""
    return _close(tx, [review], state="answered", answer=answer) == 1


def clear(tx: Transaction, ids: Collection[int]) -> int:
    """Close open questions that have settled themselves; how many were open."""
    return sum(_close(tx, part, state="cleared") for part in chunks(ids))


def carried(tx: Transaction, ids: Collection[int]) -> None:
    """Close answered questions whose answer was carried out."""
    for part in chunks(ids):
        tx.connection.execute(update(table).where(table.c.id.in_(part)).values(state="cleared"))


def move(tx: Transaction, goldens: Mapping[int, int]) -> None:
    """Golden id -> the golden id that its questions are about from now on."""
    for source, target in goldens.items():
        tx.connection.execute(update(table).where(table.c.golden == source).values(golden=target))


def _close(tx: Transaction, ids: Sequence[int], **values: str) -> int:
    asked = (table.c.id.in_(ids), table.c.state == "open")
    return tx.connection.execute(update(table).where(*asked).values(**values)).rowcount


def _columns(row: ReviewRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "run": row.run,
        "golden": row.golden,
        "link": row.link,
        "field": row.field,
        "body": row.body,
        "asked_at": row.asked_at,
        "state": row.state,
        "answer": row.answer,
    }


def _review(row: Row[Any]) -> ReviewRow:
    return ReviewRow(
        id=row.id,
        kind=row.kind,
        run=row.run,
        golden=row.golden,
        link=row.link,
        field=row.field,
        body=row.body,
        asked_at=row.asked_at,
        state=row.state,
        answer=row.answer,
    )
