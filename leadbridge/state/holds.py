"""What undos protect from being planned again."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, bindparam, delete, select

from leadbridge.state.model import Hold
from leadbridge.state.schema import holds as table
from leadbridge.state.sql import select_in, upsert
from leadbridge.state.transactions import Snapshot, Transaction


def put(tx: Transaction, holds: Collection[Hold]) -> None:
    """Add them; one that is there already belongs to the later run from now on."""
    rows = {(h.golden, h.link, h.field): h.run for h in holds}
    upsert(tx, table, [{"golden": g, "link": link, "field": f, "run": run} for (g, link, f), run in rows.items()])


def of(snapshot: Snapshot, goldens: Collection[int]) -> dict[int, tuple[Hold, ...]]:
    """Golden id -> what is held of it; a record of which nothing is held is not there."""
    found: dict[int, list[Hold]] = {}
    for row in select_in(snapshot, select(table), table.c.golden, goldens):
        found.setdefault(row.golden, []).append(Hold(row.golden, row.link, row.field, row.run))
    return {golden: tuple(sorted(held)) for golden, held in found.items()}


def release(tx: Transaction, holds: Collection[Hold]) -> None:
    """Whichever run they are of."""
    matching = and_(*(table.c[name] == bindparam(f"_{name}") for name in ("golden", "link", "field")))
    if holds:
        rows = [{"_golden": h.golden, "_link": h.link, "_field": h.field} for h in holds]
        tx.connection.execute(delete(table).where(matching), rows)
