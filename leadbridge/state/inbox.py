"""The inbox: what was pushed to LeadBridge and waits for a capture. Nothing in it is lost, nothing comes twice."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, select, update

from leadbridge.state import information
from leadbridge.state.model import InboxRow
from leadbridge.state.schema import inbox as table
from leadbridge.state.sql import PAGE, chunks, insert_new
from leadbridge.state.transactions import Snapshot, Transaction


def append(tx: Transaction, rows: Sequence[InboxRow]) -> int:
    """Keep those whose ``dedupe`` key the connection has never sent, under new ids; how many these were."""
    numbers = information.reserve(tx, "inbox", len(rows))
    return insert_new(tx, table, [_columns(row, number) for row, number in zip(rows, numbers, strict=True)])


def take(tx: Transaction, run: int, connection: str, limit: int = PAGE) -> list[InboxRow]:
    """The oldest ones that nobody has taken; they are the run's from now on."""
    waiting = (table.c.connection == connection, table.c.taken_by.is_(None))
    ids = list(tx.connection.execute(select(table.c.id).where(*waiting).order_by(table.c.id).limit(limit)).scalars())
    for part in chunks(ids):
        tx.connection.execute(update(table).where(table.c.id.in_(part)).values(taken_by=run))
    return [row for row in taken(tx, run) if row.id in set(ids)]


def taken(snapshot: Snapshot, run: int) -> list[InboxRow]:
    """What a run has taken and not done, the oldest first."""
    query = select(table).where(table.c.taken_by == run, table.c.done_at.is_(None)).order_by(table.c.id)
    return [_inbox(row) for row in snapshot.connection.execute(query)]


def give_back(tx: Transaction, run: int) -> None:
    """What a run has taken and not done waits again."""
    tx.connection.execute(update(table).where(table.c.taken_by == run, table.c.done_at.is_(None)).values(taken_by=None))


def done(tx: Transaction, ids: Collection[int]) -> None:
    """Their content is forgotten; their dedupe keys stay, so that a repeated delivery is still known."""
    for part in chunks(ids):
        tx.connection.execute(update(table).where(table.c.id.in_(part)).values(done_at=datetime.now(UTC), body=""))


def forget(tx: Transaction, before: datetime) -> int:
    """Remove what was done before that time, dedupe keys too; how many these were."""
    return tx.connection.execute(delete(table).where(table.c.done_at < before)).rowcount


def _columns(row: InboxRow, number: int) -> dict[str, Any]:
    return {
        "id": number,
        "connection": row.connection,
        "kind": row.kind,
        "received_at": row.received_at,
        "body": row.body,
        "dedupe": row.dedupe,
        "taken_by": None,
        "done_at": None,
    }


def _inbox(row: Row[Any]) -> InboxRow:
    return InboxRow(row.id, row.connection, row.kind, row.received_at, row.body, row.dedupe, row.taken_by)
