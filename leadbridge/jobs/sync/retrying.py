"""Rejects sent once more, although nothing of them changed here: the CRM's own rules may have."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from leadbridge.errors import UsageError
from leadbridge.jobs.sync import catching_up, running
from leadbridge.jobs.sync.model import Approval, RunOutcome, Watch
from leadbridge.jobs.workspace import Workspace
from leadbridge.plan.native import DEVIATING
from leadbridge.state import goldens, links, plans, rejects, runs
from leadbridge.state.model import RejectRow
from leadbridge.state.store import Store
from leadbridge.state.transactions import Snapshot, Transaction


def retry_rejects(
    workspace: Workspace, store: Store, ids: Collection[int] | None, approval: Approval, watch: Watch
) -> tuple[RunOutcome, ...]:
    """Send rejected rows once more although nothing changed, these or all; one run for each job concerned."""
    with store.begin() as tx:
        by_job = _by_job(tx, _chosen(tx, ids))
        for job in by_job:
            workspace.project.config.job(job)
        again = [row for rows in by_job.values() for row in rows if row.code != DEVIATING]
        _owe(tx, again)
        rejects.set_state(tx, [row.id for row in again], "retried")
    return tuple(_outcomes(workspace, store, by_job, approval, watch))


def _outcomes(
    workspace: Workspace, store: Store, by_job: Mapping[str, Sequence[RejectRow]], approval: Approval, watch: Watch
) -> Iterator[RunOutcome]:
    for job, rows in by_job.items():
        owed = [row for row in rows if row.code == DEVIATING]
        if owed:
            yield catching_up.catch_up(workspace, store, job, owed, approval, watch)
        if len(owed) < len(rows):
            yield running.run_job(workspace, store, job, approval, (), watch)


def _by_job(snapshot: Snapshot, chosen: Iterable[RejectRow]) -> dict[str, list[RejectRow]]:
    found: dict[str, list[RejectRow]] = {}
    for row in chosen:
        run = runs.get(snapshot, row.run)
        if run is not None:
            found.setdefault(run.job, []).append(row)
    return dict(sorted(found.items()))


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
    found = plans.row(snapshot, run.plan, row.number)
    return found.golden if found else None
