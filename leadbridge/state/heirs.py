"""Golden records that became part of others: whoever still names one of them means its heir."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import delete, insert, select, update

from leadbridge.state.schema import heirs as table
from leadbridge.state.sql import chunks, select_in
from leadbridge.state.transactions import Snapshot, Transaction


def add(tx: Transaction, united: Mapping[int, int]) -> None:
    """Golden id -> the one that it is part of from now on, as is what was part of it."""
    forget(tx, united)
    for golden, heir in sorted(united.items()):
        tx.connection.execute(update(table).where(table.c.heir == golden).values(heir=heir))
        tx.connection.execute(insert(table), {"golden": golden, "heir": heir})


def exist(snapshot: Snapshot) -> bool:
    return snapshot.connection.execute(select(table.c.golden).limit(1)).first() is not None


def of(snapshot: Snapshot, goldens: Collection[int]) -> dict[int, int]:
    """Golden id -> its heir, for those that have one."""
    return {row.golden: row.heir for row in select_in(snapshot, select(table), table.c.golden, goldens)}


def parts(snapshot: Snapshot, goldens: Collection[int]) -> set[int]:
    """All that became part of these golden records."""
    return {row.golden for row in select_in(snapshot, select(table), table.c.heir, goldens)}


def forget(tx: Transaction, goldens: Collection[int]) -> None:
    """They stand for themselves again, or nobody shall know of them any more."""
    for part in chunks(goldens):
        tx.connection.execute(delete(table).where(table.c.golden.in_(part)))
