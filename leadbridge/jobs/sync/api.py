"""Everything that can be asked of sync jobs. All of it may raise LeadBridgeError: BusyError where another run holds a
connection, StoppedError where a saved plan is refused whole, UsageError, FileFaults, ConnectionFailedError.

==========================  ==============================================================================
make_plan                   ``leadbridge plan JOB``: capture and plan; a draft is kept, no CRM is written to
rows                        a kept plan's rows, streamed
approve_and_apply           ``leadbridge apply [PLAN]``
sync                        ``leadbridge sync JOB``: plan, brakes, apply
resume                      ``leadbridge resume``: end what was killed
undo                        ``leadbridge undo RUN``
retry_rejects               ``leadbridge rejects retry``
answer_review, release      what a person says to a question; what an undo protects may be planned again
restore_conflict            the losing value becomes golden, the next run carries it
runs, run, why              ``leadbridge runs``, ``leadbridge show RUN|REF``
==========================  ==============================================================================
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from leadbridge.jobs.sync.model import Approval, Explained, PlanOutcome, RunDetail, RunOutcome, Watch
from leadbridge.jobs.workspace import Workspace
from leadbridge.plan.brakes import BrakeName
from leadbridge.plan.sync_rows import PlanRow
from leadbridge.records import Ref
from leadbridge.state.store import Store


def open_state(workspace: Workspace) -> Store:
    """The project's state, made where it is not there; the caller closes it."""
    from leadbridge.state.store import open_store

    return open_store(workspace.project.config.state, workspace.project.folder)


def make_plan(workspace: Workspace, store: Store, job: str, watch: Watch, *, rebaseline: bool = False) -> PlanOutcome:
    """Capture and plan. With ``rebaseline`` objects whose mapping or filter changed are captured completely."""
    from leadbridge.jobs.sync import running

    return running.make_plan(workspace, store, job, watch, rebaseline=rebaseline)


def rows(store: Store, plan: int) -> Iterator[PlanRow]:
    """By number: what is settled here (``body`` is a Settle), then what is written to CRMs (a Write)."""
    from leadbridge.jobs.sync import keeping

    return keeping.rows(store, plan)


def approve_and_apply(
    workspace: Workspace, store: Store, plan: int | None, overrides: Collection[BrakeName], watch: Watch
) -> RunOutcome:
    """Apply a draft, by default the latest. Rows that moved on since are rejected as ``stale``, the others go on.

    Refused whole (StoppedError) only where the configuration, a scope or the state's generation changed since, or
    where the plan was applied already.
    """
    from leadbridge.jobs.sync import running

    return running.approve_and_apply(workspace, store, plan, overrides, watch)


def sync(
    workspace: Workspace,
    store: Store,
    job: str,
    approval: Approval,
    overrides: Collection[BrakeName],
    watch: Watch,
) -> RunOutcome:
    """Plan, look at the brakes, apply. ``stops`` in the answer say why nothing was written."""
    from leadbridge.jobs.sync import running

    return running.sync(workspace, store, job, approval, overrides, watch)


def resume(workspace: Workspace, store: Store, watch: Watch) -> RunOutcome | None:
    """End the oldest run that was killed; None where there is none."""
    from leadbridge.jobs.sync import resuming

    return resuming.resume(workspace, store, watch)


def undo(workspace: Workspace, store: Store, run: int, approval: Approval, watch: Watch) -> RunOutcome:
    """Put back, field by field, what a run wrote and nobody edited since; what it made is deleted, unless edited.

    ``left`` names the fields that were edited since. What is put back is held: no run plans it again until released.
    """
    from leadbridge.jobs.sync import undoing

    return undoing.undo(workspace, store, run, approval, watch)


def retry_rejects(
    workspace: Workspace, store: Store, ids: Collection[int] | None, approval: Approval, watch: Watch
) -> tuple[RunOutcome, ...]:
    """Send rejected rows once more although nothing changed, these or all; one run for each job concerned."""
    from leadbridge.jobs.sync import retrying

    return retrying.retry_rejects(workspace, store, ids, approval, watch)


def answer_review(workspace: Workspace, store: Store, review: int, answer: str) -> str:
    """Settle a question; the next run carries it out. Gives a sentence that says what follows.

    ``identity``: same | different. ``delete``: delete | keep. ``field``: the connection whose value counts, or
    ``=value``. ``edited_key``, ``uncertain``: the id of the record that is meant, or none.
    """
    from leadbridge.jobs.sync import answering

    return answering.answer(workspace, store, review, answer)


def restore_conflict(workspace: Workspace, store: Store, conflict: int, loser: int = 1) -> str:
    """The n-th losing value becomes golden by a person's word. Gives a sentence that says what follows."""
    from leadbridge.jobs.sync import answering

    return answering.restore(workspace, store, conflict, loser)


def release(store: Store, ref: Ref, field: str | None = None) -> int:
    """Let runs plan again what an undo holds of this record's golden record; gives how many holds there were."""
    from leadbridge.jobs.sync import answering

    return answering.release(store, ref, field)


def runs(store: Store, job: str | None = None, limit: int = 20) -> list[RunDetail]:
    """The newest first."""
    from leadbridge.jobs.sync import history

    return history.runs(store, job, limit)


def run(store: Store, number: int) -> RunDetail:
    """Raises UsageError where there is none of this number."""
    from leadbridge.jobs.sync import history

    return history.run(store, number)


def why(workspace: Workspace, store: Store, ref: Ref) -> Explained:
    """For ``show REF``. Raises UsageError where no golden record has this record."""
    from leadbridge.jobs.sync import history

    return history.why(workspace, store, ref)
