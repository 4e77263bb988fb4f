"""Plans: a head, and rows that are written once and read in order."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Row, delete, insert, select, update

from leadbridge.state import codec, information
from leadbridge.state.model import ObjectKey, Plan, PlanRow, PlanState, RowKind, Run, RunKind
from leadbridge.state.schema import operations, plan_rows, plans
from leadbridge.state.sql import PAGE, insert_all, select_in
from leadbridge.state.transactions import Snapshot, Transaction

_ROW: Final = ("plan", "number", "kind", "connection", "object", "golden", "link", "depends", "body")


def draft(
    tx: Transaction,
    job: str,
    kind: RunKind,
    configuration: str,
    start: Mapping[ObjectKey, str | None],
) -> Plan:
    """A new plan of this state generation, without rows; it cannot be applied before it is sealed."""
    plan = Plan(
        id=information.reserve(tx, "plan")[0],
        job=job,
        kind=kind,
        created_at=datetime.now(UTC),
        configuration=configuration,
        generation=information.generation(tx),
        start=dict(start),
    )
    tx.connection.execute(insert(plans), _head(plan))
    return plan


def add_rows(tx: Transaction, plan: int, rows: Sequence[PlanRow]) -> None:
    """Append; the numbers are the planner's and grow."""
    found = [(plan, r.number, r.kind, r.connection, r.object, r.golden, r.link, r.depends, r.body) for r in rows]
    insert_all(tx, plan_rows, _ROW, found)


def seal(tx: Transaction, plan: int, digest: str, end: Mapping[ObjectKey, str], summary: str) -> None:
    """Complete a draft: from now on nothing in it changes but its state.

    Args:
        digest: of all rows in order, as the planner computes it; compared again before the plan is applied.
    """
    values = {"digest": digest, "end": _cursors(end), "summary": summary}
    tx.connection.execute(update(plans).where(plans.c.id == plan).values(**values))


def set_state(tx: Transaction, plan: int, state: PlanState, *, expected: Collection[PlanState]) -> bool:
    """Whether the plan was sealed and in one of the expected states, and now is in the new one."""
    sealed = (plans.c.id == plan, plans.c.digest != "", plans.c.state.in_(expected))
    return tx.connection.execute(update(plans).where(*sealed).values(state=state)).rowcount == 1


def get(snapshot: Snapshot, plan: int) -> Plan | None:
    row = snapshot.connection.execute(select(plans).where(plans.c.id == plan)).first()
    return None if row is None else _plan(row)


def latest(snapshot: Snapshot, job: str | None = None, limit: int = 20) -> list[Plan]:
    """The newest first, of one job or all."""
    query = select(plans).order_by(plans.c.id.desc()).limit(limit)
    if job is not None:
        query = query.where(plans.c.job == job)
    return [_plan(row) for row in snapshot.connection.execute(query)]


def row(snapshot: Snapshot, plan: int, number: int) -> PlanRow | None:
    """The one of this number; None where it is not kept."""
    found = page(snapshot, plan, number - 1, 1)
    return found[0] if found and found[0].number == number else None


def page(
    snapshot: Snapshot,
    plan: int,
    after: int = 0,
    limit: int = PAGE,
    kinds: Collection[RowKind] | None = None,
) -> list[PlanRow]:
    """The next rows by number, of some kinds or all; an empty list is the end."""
    query = select(plan_rows).where(plan_rows.c.plan == plan, plan_rows.c.number > after)
    if kinds is not None:
        query = query.where(plan_rows.c.kind.in_(kinds))
    rows = snapshot.connection.execute(query.order_by(plan_rows.c.number).limit(limit))
    return [_row(row) for row in rows]


def bodies(
    snapshot: Snapshot, plan: int, after: int = 0, limit: int = PAGE, kinds: Collection[RowKind] | None = None
) -> list[tuple[int, str]]:
    """The next rows as in :func:`page`, as their numbers and texts alone."""
    query = select(plan_rows.c.number, plan_rows.c.body).where(plan_rows.c.plan == plan, plan_rows.c.number > after)
    if kinds is not None:
        query = query.where(plan_rows.c.kind.in_(kinds))
    rows = snapshot.connection.execute(query.order_by(plan_rows.c.number).limit(limit))
    return [(row.number, row.body) for row in rows]


def of_goldens(snapshot: Snapshot, plan: int, goldens: Collection[int]) -> list[PlanRow]:
    """The rows about some golden records, by number; looks through the whole plan."""
    query = select(plan_rows).where(plan_rows.c.plan == plan)
    found = [_row(row) for row in select_in(snapshot, query, plan_rows.c.golden, goldens)]
    return sorted(found, key=lambda row: row.number)


def texts(snapshot: Snapshot, plan: int) -> Iterator[str]:
    """All rows' texts by number, read page by page."""
    rows = bodies(snapshot, plan)
    while rows:
        yield from (text for _, text in rows)
        rows = bodies(snapshot, plan, rows[-1][0])


def untouched(
    snapshot: Snapshot, run: Run, kinds: Collection[RowKind], after: int = 0, limit: int = PAGE
) -> list[PlanRow]:
    """The next rows of a run's plan that are still planned: never begun, or put back because nothing came of it."""
    begun = select(operations.c.number).where(
        operations.c.run == run.id, operations.c.number == plan_rows.c.number, operations.c.state != "planned"
    )
    query = select(plan_rows).where(
        plan_rows.c.plan == run.plan, plan_rows.c.number > after, plan_rows.c.kind.in_(kinds), ~begun.exists()
    )
    return [_row(row) for row in snapshot.connection.execute(query.order_by(plan_rows.c.number).limit(limit))]


def remove(tx: Transaction, plan: int) -> None:
    """With its rows. Operations of a run that applied it stay."""
    tx.connection.execute(delete(plans).where(plans.c.id == plan))


def remove_rows(tx: Transaction, plan: int) -> None:
    """Keep the head alone: rows hold personal data, and much of it."""
    tx.connection.execute(delete(plan_rows).where(plan_rows.c.plan == plan))


def _row(row: Row[Any]) -> PlanRow:
    return PlanRow(row.number, row.kind, row.connection, row.object, row.golden, row.link, row.depends, row.body)


def _cursors(cursors: Mapping[ObjectKey, str | None]) -> str:
    return codec.dumps([[connection, name, cursor] for (connection, name), cursor in sorted(cursors.items())])


def _head(plan: Plan) -> dict[str, Any]:
    return {
        "id": plan.id,
        "job": plan.job,
        "kind": plan.kind,
        "created_at": plan.created_at,
        "state": plan.state,
        "digest": plan.digest,
        "configuration": plan.configuration,
        "generation": plan.generation,
        "start": _cursors(plan.start),
        "end": _cursors(plan.end),
        "summary": plan.summary,
    }


def _plan(row: Row[Any]) -> Plan:
    start, end = ({(c, o): cursor for c, o, cursor in codec.loads(text)} for text in (row.start, row.end))
    return Plan(
        id=row.id,
        job=row.job,
        kind=row.kind,
        created_at=row.created_at,
        configuration=row.configuration,
        generation=row.generation,
        state=row.state,
        digest=row.digest,
        start=start,
        end=end,
        summary=row.summary,
    )
