"""Taking what a person said out of all that the state keeps. Looks through whole tables: people are rarely erased.

SQLite leaves old content in unused parts of its file; :func:`sweep` writes the file anew without it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import closing
from typing import Final

from sqlalchemy import Engine, delete, insert, select, update

from leadbridge.records import Ref
from leadbridge.state import codec
from leadbridge.state.schema import conflicts, holds, info, links, operations, plan_rows, plans, rejects, reviews, runs
from leadbridge.state.sql import by_object, chunks, select_in
from leadbridge.state.transactions import Snapshot, Transaction

_OWED: Final = "to be swept"
OF_ERASURES: Final = ("erased", "erasure_owed")
"""Codes of rejects that tell of an erasure, and nothing of the person."""


def mentioned(snapshot: Snapshot, goldens: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Plan -> numbers of its rows about these golden records, and of those in conversions of these alone."""
    found: dict[int, set[int]] = {}
    conversions: dict[int, set[int]] = {}
    query = select(plan_rows.c.plan, plan_rows.c.number, plan_rows.c.body)
    for row in select_in(snapshot, query, plan_rows.c.golden, goldens):
        found.setdefault(row.plan, set()).add(row.number)
        conversions.setdefault(row.plan, set()).update(codec.loads(row.body)["body"].get("conversions", ()))
    for plan, numbers in conversions.items():
        found[plan] |= set(_carried(snapshot, plan, numbers)) if numbers else set()
    return {plan: tuple(sorted(some)) for plan, some in found.items()}


def _carried(snapshot: Snapshot, plan: int, conversions: Collection[int]) -> Iterator[int]:
    """Rows about records of which LeadBridge keeps no copy: what is carried along with these conversions alone."""
    query = select(plan_rows.c.number, plan_rows.c.body).where(plan_rows.c.plan == plan, plan_rows.c.golden == 0)
    for row in snapshot.connection.execute(query):
        mine = codec.loads(row.body)["body"].get("conversions", ())
        if mine and set(mine) <= set(conversions):
            yield row.number


def forget_rows(tx: Transaction, rows: Mapping[int, Collection[int]]) -> None:
    """Plan -> rows that go, with what the journal keeps of them; drafts among the plans can be applied no more."""
    for plan, numbers in rows.items():
        mine = list(tx.connection.execute(select(runs.c.id).where(runs.c.plan == plan)).scalars())
        for part in chunks(numbers):
            tx.connection.execute(delete(plan_rows).where(plan_rows.c.plan == plan, plan_rows.c.number.in_(part)))
            at = (operations.c.run.in_(mine), operations.c.number.in_(part))
            tx.connection.execute(update(operations).where(*at).values(before=None, after=None, result_id=None))
            tx.connection.execute(delete(rejects).where(rejects.c.run.in_(mine), rejects.c.number.in_(part)))
        tx.connection.execute(update(plans).where(plans.c.id == plan, plans.c.state == "draft").values(state="refused"))


def forget_words(tx: Transaction, goldens: Collection[int], refs: Collection[Ref]) -> None:
    """Bases, conflicts, questions, holds and rejects."""
    for part in chunks(goldens):
        for table in (conflicts, reviews, holds):
            tx.connection.execute(delete(table).where(table.c.golden.in_(part)))
        tx.connection.execute(update(links).where(links.c.golden.in_(part)).values(base=tx.names.pack({})))
    for (connection, name), some in by_object(refs).items():
        for ids in chunks([ref.id for ref in some]):
            at = (rejects.c.connection == connection, rejects.c.object == name, rejects.c.record_id.in_(ids))
            tx.connection.execute(delete(rejects).where(*at, rejects.c.code.not_in(OF_ERASURES)))


def owe_sweep(tx: Transaction) -> None:
    tx.connection.execute(delete(info).where(info.c.key == _OWED))
    tx.connection.execute(insert(info), {"key": _OWED, "value": "1"})


def sweep(engine: Engine) -> bool:
    """Write the file anew where that is owed; False where somebody else uses it now, so that it stays owed."""
    with engine.connect() as connection:
        owed = connection.execute(select(info.c.value).where(info.c.key == _OWED)).first()
    if owed is None or engine.dialect.name != "sqlite":
        return True
    with closing(engine.raw_connection()) as raw, closing(raw.cursor()) as cursor:
        try:
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = cursor.fetchone()
            swept = busy is not None and bool(busy[0] == 0)
            if swept:
                cursor.execute("DELETE FROM info WHERE key = ?", (_OWED,))
        except sqlite3.OperationalError:
            return False
    return swept
