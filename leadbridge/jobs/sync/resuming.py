"""Runs that were killed, or that ended with a call of unknown outcome: they are ended before anything new begins."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager

from leadbridge.jobs.sync import budgeting
from leadbridge.jobs.sync.applying import Applying
from leadbridge.jobs.sync.lease import Hold, leased
from leadbridge.jobs.sync.model import RunOutcome, Watch
from leadbridge.jobs.workspace import Workspace
from leadbridge.plan.brakes import BrakeName
from leadbridge.state import plans, runs, staging, turns
from leadbridge.state.model import Run
from leadbridge.state.store import Store
from leadbridge.state.transactions import Transaction


def resume(
    workspace: Workspace, store: Store, watch: Watch, overrides: Collection[BrakeName] = ()
) -> RunOutcome | None:
    """End the oldest run that was killed; None where there is none.

    Raises StoppedError where its connections may not make the API calls that this takes, unless that is overridden.
    """
    with store.read() as snapshot:
        found = runs.unfinished(snapshot, list(workspace.project.config.connections))
    if not found:
        return None
    with leased(store, found[0].connections, found[0].job) as hold:
        return _end(workspace, store, hold, found[0], watch, lifted="budget" in overrides)


def resume_all(workspace: Workspace, store: Store, hold: Hold, watch: Watch) -> list[RunOutcome]:
    """All of them on the connections of a lease; those that other connections take part in lease these too."""
    with store.read() as snapshot:
        found = runs.unfinished(snapshot, hold.lease.connections)
    outcomes: list[RunOutcome] = []
    for run in found:
        with _lease_of(store, hold, run) as mine:
            outcomes.append(_end(workspace, store, mine, run, watch))
    # What became of some calls is not known yet: a record that one of them made would pass for a newcomer.
    for failure in (failure for outcome in outcomes for failure in outcome.failed.values()):
        raise failure
    return outcomes


@contextmanager
def _lease_of(store: Store, hold: Hold, run: Run) -> Iterator[Hold]:
    """The lease, when it covers the run; else one that does beside it."""
    others = sorted(set(run.connections) - set(hold.lease.connections))
    with ExitStack() as stack:
        more = stack.enter_context(leased(store, others, run.job)) if others else None
        yield hold if more is None else hold.beside(more)


def _end(  # noqa: PLR0913  (what ending a run needs)
    workspace: Workspace, store: Store, hold: Hold, run: Run, watch: Watch, *, lifted: bool = False
) -> RunOutcome:
    """``lifted``: the brake on API calls."""
    with store.begin() as tx:
        plan = plans.get(tx, run.plan) if run.plan is not None else None
        if plan is None or not plan.digest or (plan.state == "draft" and run.state == "running"):
            forget(tx, run.id, run.plan if plan is not None and not plan.digest else None)
            return RunOutcome(run.id, None, run.job, "failed")
    watch("resume", run.id)
    with workspace.open(run.connections, store) as sources:
        if not lifted:
            budgeting.check_what_is_left(store, run, sources)
        return carrying_out(store, run)(workspace, sources, store, hold, run, plan).resume(_nothing)


def carrying_out(store: Store, run: Run) -> type[Applying]:
    """How a run is applied: one that converts, or that undoes conversions, settles after its writes as well."""
    with store.read() as snapshot:
        undone = runs.get(snapshot, run.undoes) if run.undoes is not None else None
    if run.kind == "convert":
        from leadbridge.jobs.convert.applying import ApplyingConversions

        return ApplyingConversions
    if undone is not None and undone.kind == "convert":
        from leadbridge.jobs.convert.undoing import UndoingConversions

        return UndoingConversions
    return Applying


def forget(tx: Transaction, run: int, plan: int | None) -> None:
    """A planning that was cut short: nothing was written, and nothing of it is kept."""
    staging.clear(tx, run)
    turns.clear(tx, run)
    if plan is not None:
        plans.remove(tx, plan)
    runs.end(tx, run, "failed", {})


def _nothing(tx: Transaction) -> None:
    """What connections looked like is remembered by the next run."""
