"""The journal: what was sent, and what became of it. ``planned -> sent -> done | rejected | uncertain``."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, bindparam, func, select, update

from leadbridge.state.model import Operation, OperationState
from leadbridge.state.names import Names
from leadbridge.state.schema import operations as table
from leadbridge.state.schema import plan_rows, runs
from leadbridge.state.sql import PAGE, select_in, upsert
from leadbridge.state.transactions import Snapshot, Transaction
from leadbridge.values import Raw

_WITHOUT_OUTCOME: Final = frozenset({"planned", "sent"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row; see :class:`leadbridge.state.model.Operation`."""

    number: int
    state: OperationState
    result_id: str | None = None
    after: Mapping[str, Raw] | None = None
    code: str = ""


def intend(tx: Transaction, run: int, before: Mapping[int, Mapping[str, Raw] | None]) -> None:
    """Row number -> before-image: they are about to be sent. Commit this before the call.

    A row that is sent again counts one attempt more, and keeps the before-image of the first: what it was before all.
    """
    query = select(table.c.number, table.c.attempt, table.c.before).where(table.c.run == run)
    sent = {row.number: row for row in select_in(tx, query, table.c.number, before.keys())}
    rows = []
    for number, image in before.items():
        row = _columns(run, Operation(number, "sent", 1, image), tx.names)
        if number in sent:
            row |= {"attempt": sent[number].attempt + 1, "before": sent[number].before}
        rows.append(row)
    upsert(tx, table, rows)


def record(tx: Transaction, run: int, outcomes: Sequence[Outcome]) -> frozenset[int]:
    """What became of rows, sent or not (one that is rejected as stale never was); the before-image stays.

    Returns the numbers whose outcome is kept: one that had an outcome already keeps that. A row put back to
    ``planned``, because its call certainly did nothing, has none.
    """
    known = states(tx, run, [outcome.number for outcome in outcomes])
    kept = [o for o in outcomes if known.get(o.number, "planned") in _WITHOUT_OUTCOME]
    upsert(tx, table, [_columns(run, Operation(o.number, o.state), tx.names) for o in kept if o.number not in known])
    rows = [
        {
            "_number": outcome.number,
            "state": outcome.state,
            "result_id": outcome.result_id,
            "after": None if outcome.after is None else tx.names.pack(outcome.after),
            "code": outcome.code,
        }
        for outcome in kept
    ]
    if rows:
        tx.connection.execute(update(table).where(table.c.run == run, table.c.number == bindparam("_number")), rows)
    return frozenset(outcome.number for outcome in kept)


def of(snapshot: Snapshot, run: int, numbers: Collection[int]) -> dict[int, Operation]:
    """Row number -> its operation; a row that is not there has not been begun."""
    query = select(table).where(table.c.run == run)
    rows = select_in(snapshot, query, table.c.number, numbers)
    return {row.number: _operation(row, snapshot.names) for row in rows}


def states(snapshot: Snapshot, run: int, numbers: Collection[int]) -> dict[int, OperationState]:
    """Row number -> how far it is; a row that is not there has not been begun."""
    query = select(table.c.number, table.c.state).where(table.c.run == run)
    return {row.number: row.state for row in select_in(snapshot, query, table.c.number, numbers)}


def page(
    snapshot: Snapshot,
    run: int,
    after: int = 0,
    limit: int = PAGE,
    states: Collection[OperationState] | None = None,
) -> list[Operation]:
    """The next ones by number, in some states or all; those in ``sent`` have no outcome yet."""
    query = select(table).where(table.c.run == run, table.c.number > after)
    if states is not None:
        query = query.where(table.c.state.in_(states))
    rows = snapshot.connection.execute(query.order_by(table.c.number).limit(limit))
    return [_operation(row, snapshot.names) for row in rows]


def made(snapshot: Snapshot, since: int, connection: str, object: str) -> set[str]:
    """Ids of the records of an object that runs made, from this run on."""
    query = (
        select(table.c.result_id)
        .join(runs, runs.c.id == table.c.run)
        .join(plan_rows, (plan_rows.c.plan == runs.c.plan) & (plan_rows.c.number == table.c.number))
        .where(table.c.run >= since, table.c.state == "done", plan_rows.c.kind == "create")
        .where(plan_rows.c.connection == connection, plan_rows.c.object == object, table.c.result_id.is_not(None))
    )
    return set(snapshot.connection.execute(query).scalars())


def last(snapshot: Snapshot, run: int, states: Collection[OperationState], below: int | None = None) -> int:
    """The highest number in some of the states, below a number; 0 where there is none."""
    query = select(func.max(table.c.number)).where(table.c.run == run, table.c.state.in_(states))
    if below is not None:
        query = query.where(table.c.number < below)
    return int(snapshot.connection.execute(query).scalar() or 0)


def counts(snapshot: Snapshot, run: int) -> dict[OperationState, int]:
    query = select(table.c.state, func.count()).where(table.c.run == run).group_by(table.c.state)
    return {row[0]: row[1] for row in snapshot.connection.execute(query)}


def _columns(run: int, operation: Operation, names: Names) -> dict[str, Any]:
    return {
        "run": run,
        "number": operation.number,
        "state": operation.state,
        "attempt": operation.attempt,
        "before": None if operation.before is None else names.pack(operation.before),
        "after": None if operation.after is None else names.pack(operation.after),
        "result_id": operation.result_id,
        "code": operation.code,
    }


def _operation(row: Row[Any], names: Names) -> Operation:
    before, after = (None if text is None else names.unpack(text) for text in (row.before, row.after))
    return Operation(row.number, row.state, row.attempt, before, after, row.result_id, row.code)
