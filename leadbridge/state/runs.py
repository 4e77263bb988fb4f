"""Runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select, update

from leadbridge.state import codec, information
from leadbridge.state.model import Run, RunKind, RunState
from leadbridge.state.schema import operations, runs
from leadbridge.state.transactions import Snapshot, Transaction


def start(tx: Transaction, job: str, kind: RunKind, connections: Collection[str], *, undoes: int | None = None) -> Run:
    run = Run(
        id=information.reserve(tx, "run")[0],
        job=job,
        kind=kind,
        state="running",
        connections=tuple(sorted(connections)),
        started_at=datetime.now(UTC),
        undoes=undoes,
    )
    values = {
        "id": run.id,
        "job": job,
        "kind": kind,
        "state": run.state,
        "connections": codec.dumps(run.connections),
        "started_at": run.started_at,
        "undoes": undoes,
        "counts": "{}",
    }
    tx.connection.execute(insert(runs), values)
    return run


def set_plan(tx: Transaction, run: int, plan: int) -> None:
    tx.connection.execute(update(runs).where(runs.c.id == run).values(plan=plan))


def resume(tx: Transaction, run: int) -> None:
    """Running again."""
    tx.connection.execute(update(runs).where(runs.c.id == run).values(state="running", ended_at=None))


def end(tx: Transaction, run: int, state: RunState, counts: Mapping[str, int]) -> None:
    values = {"state": state, "ended_at": datetime.now(UTC), "counts": codec.dumps(dict(counts))}
    tx.connection.execute(update(runs).where(runs.c.id == run).values(**values))


def get(snapshot: Snapshot, run: int) -> Run | None:
    row = snapshot.connection.execute(select(runs).where(runs.c.id == run)).first()
    return None if row is None else _run(row)


def of_plan(snapshot: Snapshot, plan: int) -> Run | None:
    """The run that made a plan and applies it."""
    row = snapshot.connection.execute(select(runs).where(runs.c.plan == plan).order_by(runs.c.id)).first()
    return None if row is None else _run(row)


def latest(snapshot: Snapshot, job: str | None = None, limit: int = 20) -> list[Run]:
    """The newest first, of one job or all."""
    query = select(runs).order_by(runs.c.id.desc()).limit(limit)
    if job is not None:
        query = query.where(runs.c.job == job)
    return [_run(row) for row in snapshot.connection.execute(query)]


def unfinished(snapshot: Snapshot, connections: Collection[str]) -> list[Run]:
    """The oldest first: those on any of the connections that never ended, or ended with a call of unknown outcome."""
    unknown = select(operations.c.run).where(operations.c.state == "sent")
    query = select(runs).where(or_(runs.c.state == "running", runs.c.id.in_(unknown)))
    found = [_run(row) for row in snapshot.connection.execute(query)]
    shared = [run for run in found if not set(run.connections).isdisjoint(connections)]
    return sorted(shared, key=lambda run: run.id)


def undone_by(snapshot: Snapshot, run: int) -> list[Run]:
    """Runs that undo this one, the oldest first."""
    rows = snapshot.connection.execute(select(runs).where(runs.c.undoes == run).order_by(runs.c.id))
    return [_run(row) for row in rows]


def _run(row: Row[Any]) -> Run:
    return Run(
        id=row.id,
        job=row.job,
        kind=row.kind,
        state=row.state,
        connections=tuple(codec.loads(row.connections)),
        started_at=row.started_at,
        ended_at=row.ended_at,
        plan=row.plan,
        undoes=row.undoes,
        counts=codec.loads(row.counts),
    )
