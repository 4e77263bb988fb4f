"""What old runs leave behind goes: rows of their plans and the journal, most of a state and full of what people said.

Golden records, links, the conflict log, and that a run was, stay.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, func, select, update

from leadbridge.state.model import PlanState
from leadbridge.state.schema import operations, plan_rows, plans, rejects, runs
from leadbridge.state.scrubbing import owe_sweep
from leadbridge.state.transactions import Snapshot, Transaction

KEPT_FOR: Final = timedelta(days=30)
KEPT_RUNS: Final = 10
"""The newest runs of a job keep their rows however old they are."""

_PAGES: Final = ("freelist_count", "page_count")
_AT_ONCE: Final = 5
"""Plans that one run clears away, so that none takes long."""

_OVER: Final[tuple[PlanState, ...]] = ("draft", "applied", "refused")


def end_plan(tx: Transaction, plan: int) -> None:
    """A plan that was carried out needs its cursors no more: of a file they are as long as the file has rows."""
    tx.connection.execute(update(plans).where(plans.c.id == plan).values(start="[]", end="[]"))


def prune(tx: Transaction, now: datetime) -> list[int]:
    """Clear a few plans of old runs away; their numbers.

    A run stays whole while one of its rejects is open, since that can be retried, and while it is not known what became
    of one of its calls.
    """
    newer = runs.alias()
    after = select(func.count()).select_from(newer).where(newer.c.job == runs.c.job, newer.c.id > runs.c.id)
    asked = select(rejects.c.id).where(
        rejects.c.run == runs.c.id, rejects.c.state == "open", rejects.c.number.is_not(None)
    )
    unclear = select(operations.c.number).where(
        operations.c.run == runs.c.id, operations.c.state.in_(("sent", "uncertain"))
    )
    query = (
        select(runs.c.id, runs.c.plan)
        .join(plans, plans.c.id == runs.c.plan)
        .where(runs.c.ended_at < now - KEPT_FOR, plans.c.state.in_(_OVER), runs.c.state != "running")
        .where(after.scalar_subquery() >= KEPT_RUNS, ~asked.exists(), ~unclear.exists())
    )
    found = tx.connection.execute(query.order_by(runs.c.id).limit(_AT_ONCE)).all()
    for row in found:
        tx.connection.execute(delete(plan_rows).where(plan_rows.c.plan == row.plan))
        tx.connection.execute(delete(operations).where(operations.c.run == row.id))
        values = {"state": "pruned", "start": "[]", "end": "[]"}
        tx.connection.execute(update(plans).where(plans.c.id == row.plan).values(**values))
    if found and _is_mostly_free(tx):
        owe_sweep(tx)
    return [row.plan for row in found]


def _is_mostly_free(snapshot: Snapshot) -> bool:
    """Whether more than half of SQLite's file is unused, so that writing it anew pays."""
    if snapshot.connection.dialect.name != "sqlite":
        return False
    free, pages = (snapshot.connection.exec_driver_sql(f"PRAGMA {name}").scalar() or 0 for name in _PAGES)
    return int(free) * 2 > int(pages)
