"""Rejects sent once more, although nothing of them changed here: the CRM's own rules may have."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from leadbridge.errors import UsageError
from leadbridge.jobs.sync import running
from leadbridge.jobs.sync.model import Approval, RunOutcome, Watch
from leadbridge.jobs.workspace import Workspace
from leadbridge.state import goldens, links, plans, rejects, runs
from leadbridge.state.model import RejectRow
from leadbridge.state.store import Store
from leadbridge.state.transactions import Snapshot, Transaction


def retry_rejects(
    workspace: Workspace, store: Store, ids: Collection[int] | None, approval: Approval, watch: Watch
) -> tuple[RunOutcome, ...]:
    """Send rejected rows once more although nothing changed, these or all; one run for each job concerned."""
    with store.begin() as tx:
        chosen = list(_chosen(tx, ids))
        jobs = sorted({found.job for row in chosen if (found := runs.get(tx, row.run)) is not None})
        for job in jobs:
            workspace.project.config.job(job)
        _owe(tx, chosen)
        rejects.set_state(tx, [row.id for row in chosen], "retried")
    return tuple(running.run_job(workspace, store, job, approval, (), watch) for job in jobs)


def _chosen(snapshot: Snapshot, ids: Collection[int] | None) -> Iterator[RejectRow]:
    """Raises UsageError where one of the ids is no open reject."""
    wanted = None if ids is None else set(ids)
    after = 0
    while page := rejects.page(snapshot, after):
        after = page[-1].id
        for row in page:
            if wanted is None or row.id in wanted:
                (wanted or set()).discard(row.id)
                yield row
    if wanted:
        listed = ", ".join(map(str, sorted(wanted)))
        raise UsageError(f"there is no open reject {listed}; list them with: leadbridge rejects")


def _owe(tx: Transaction, chosen: Collection[RejectRow]) -> None:
    """Their records are read and planned again by the next run."""
    known = links.by_refs(tx, [row.ref for row in chosen])
    links.set_due(tx, [stored.link.id for stored in known.values() if stored.link.state == "live"], True)
    creates = [row for row in chosen if row.number is not None and row.ref not in known]
    goldens.set_due(tx, [golden for row in creates if (golden := _golden(tx, row)) is not None], True)


def _golden(snapshot: Snapshot, row: RejectRow) -> int | None:
    run = runs.get(snapshot, row.run)
    if run is None or run.plan is None or row.number is None:
        return None
    found = plans.page(snapshot, run.plan, row.number - 1, 1)
    return found[0].golden if found and found[0].number == row.number else None
