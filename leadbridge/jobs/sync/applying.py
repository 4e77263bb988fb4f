"""Apply a kept plan: settle what is remembered here, carry out the writes through the journal, end the run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from leadbridge.apply import Options, Summary, apply_writes
from leadbridge.apply import resume as resume_writes
from leadbridge.apply.options import same
from leadbridge.jobs.sources import Source
from leadbridge.jobs.sync import erasing, keeping
from leadbridge.jobs.sync.journal import WRITES, StateJournal, Told
from leadbridge.jobs.sync.lease import Hold
from leadbridge.jobs.sync.model import RunOutcome
from leadbridge.jobs.sync.prints import role_prints
from leadbridge.jobs.sync.references import agreed_columns
from leadbridge.jobs.sync.settling import Settled, settle_rows
from leadbridge.jobs.workspace import Workspace
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.plan.rows import WriteRow
from leadbridge.state import (
    conflicts,
    cursors,
    information,
    leases,
    links,
    operations,
    plans,
    rejects,
    retention,
    reviews,
    runs,
    scrubbing,
)
from leadbridge.state.model import OperationState, Plan, PlanState, Run, RunState
from leadbridge.state.store import Store
from leadbridge.state.transactions import Transaction
from leadbridge.values import Raw

_ALWAYS: Final = timedelta()
_SKIPPED: Final[tuple[OperationState, ...]] = ("skipped",)
_APPROVED: Final[tuple[PlanState, ...]] = ("approved",)


@dataclass(frozen=True)
class Applying:
    """A run with its plan, and the connections that it leased, open."""

    workspace: Workspace
    sources: Sequence[Source]
    store: Store
    hold: Hold
    run: Run
    plan: Plan

    def apply(
        self, remember: Callable[[Transaction], None], captured_at: datetime | None, recheck_after: timedelta = _ALWAYS
    ) -> RunOutcome:
        """All of it. ``remember`` moves with the last settled rows, the cursors beside it."""
        with self.store.begin() as tx:
            plans.set_state(tx, self.plan.id, "approved", expected=("draft", "approved"))
        options = Options(captured_at, recheck_after, check=self.hold.check, sleep=time.sleep)
        fresh = captured_at is not None or self._nobody_else_linked()
        outcome = self._finish(self._settle(remember), options)
        self._make_known(fresh=fresh)
        return outcome

    def resume(self, remember: Callable[[Transaction], None]) -> RunOutcome:
        """What is left of it. Of a run that had ended, only calls of unknown outcome are looked up."""
        options = Options(check=self.hold.check, sleep=time.sleep)
        if self.run.state != "running":
            return self._finish(Settled(), options, again=True, sent_only=True)
        outcome = self._finish(self._settle(remember), options, again=True)
        self._make_known(fresh=False)
        return outcome

    def _nobody_else_linked(self) -> bool:
        """Whether no other run has linked a record of these connections since the plan was made."""
        if self.run.kind != "sync":
            return False
        with self.store.read() as snapshot:
            connections = [source.connection for source in self.sources]
            return not links.made_after(snapshot, connections, keeping.summary_of(self.plan).links, limit=1)

    def _make_known(self, *, fresh: bool) -> None:
        """Links that this run made need not be looked at again; nobody else made any while it held its lease."""
        if self.run.kind != "sync":
            return
        with self.store.begin() as tx:
            link = information.given_out(tx, "link") if fresh else keeping.summary_of(self.plan).links
            if link:
                information.make_known_to(tx, self.run.job, link)

    def _settle(self, remember: Callable[[Transaction], None]) -> Settled:
        first_write = next((row for page in keeping.pages(self.store, self.plan.id, WRITES) for row in page), None)
        with self.store.read() as snapshot:
            end = first_write.number if first_write else None
            settled = operations.last(snapshot, self.run.id, ("done", "skipped"), end)

        def check(tx: Transaction) -> None:
            leases.check(tx, self.hold.lease)

        def last(tx: Transaction) -> None:
            cursors.move(tx, self.plan.start, self.plan.end, self.run.id)
            remember(tx)

        rows = (row for page in keeping.pages(self.store, self.plan.id, frozenset({"settle"}), settled) for row in page)
        return settle_rows(self.store, self.run.id, rows, check, last)

    def _finish(
        self, settled: Settled, options: Options, *, again: bool = False, sent_only: bool = False
    ) -> RunOutcome:
        journal = self._journal(sent_only=sent_only)
        options = self._with_kin(options)
        providers = {source.connection: source.provider for source in self.sources}
        if again:
            summary = resume_writes(providers, journal, options)
        else:
            rows = (operation.row for operation in journal.unfinished())
            summary = apply_writes(rows, providers, journal, options)
        if journal.stale:
            summary.rejected += journal.stale
            summary.codes["stale"] += journal.stale
        return self._end(settled, summary)

    def _journal(self, *, sent_only: bool) -> StateJournal:
        return StateJournal(self.store, self.run.id, self.plan.id, self.hold.lease, self._told(sent_only=sent_only))

    def _told(self, *, sent_only: bool) -> Told:
        return Told(
            prints=role_prints(self.workspace.mappings, self.sources),
            columns=_mapped(self.sources),
            files=frozenset(one.connection for one in self.sources if one.provider.capabilities.staged),
            stale=frozenset(self._stale()),
            sent_only=sent_only,
        )

    def _stale(self) -> set[int]:
        """Golden records that could not be settled: nothing is written for them."""
        found: set[int] = set()
        after = 0
        with self.store.read() as snapshot:
            while page := operations.page(snapshot, self.run.id, after, states=_SKIPPED):
                after = page[-1].number
                numbers = {operation.number for operation in page}
                rows = plans.page(snapshot, self.plan.id, min(numbers) - 1, after - min(numbers) + 1)
                settles = [row for row in rows if row.number in numbers and row.kind == "settle"]
                found |= {row.golden for row in settles if row.golden is not None}
        return found

    def _with_kin(self, options: Options) -> Options:
        by_place = {
            (source.connection, mapping.object, mapping.role): mapping
            for source in self.sources
            for one in source.described
            for mapping in source.mappings(one.name)
        }

        def equivalent(row: WriteRow, name: str, sent: Raw, stored: Raw) -> bool:
            mapping = by_place.get((row.connection, row.object, row.role))
            return same(sent, stored) or (mapping is not None and _alike(mapping, name, sent, stored))

        return replace(options, equivalent=equivalent)

    def _end(self, settled: Settled, summary: Summary) -> RunOutcome:
        state: RunState = "failed" if summary.stopped else "done"
        counts = counts_of(settled, summary)
        with self.store.begin() as tx:
            plans.set_state(tx, self.plan.id, "applied", expected=_APPROVED)
            runs.end(tx, self.run.id, state, counts)
            erasing.complete(tx)
            retention.end_plan(tx, self.plan.id)
            retention.prune(tx, datetime.now(UTC))
            outcome = self._outcome(tx, state, counts, summary)
        scrubbing.sweep(self.store.engine)
        return outcome

    def _outcome(self, tx: Transaction, state: RunState, counts: Mapping[str, int], summary: Summary) -> RunOutcome:
        return RunOutcome(
            run=self.run.id,
            plan=self.plan.id,
            job=self.run.job,
            state=state,
            counts=counts,
            codes=dict(summary.codes),
            rejects=len(rejects.page(tx, run=self.run.id, limit=1_000_000)),
            questions=sum(reviews.counts(tx, run=self.run.id).values()),
            conflicts=len(conflicts.page(tx, run=self.run.id, limit=1_000_000)),
            failed=dict(summary.stopped),
            undoes=self.run.undoes,
            open=any(run.id == self.run.id for run in runs.unfinished(tx, self.run.connections)),
        )


def counts_of(settled: Settled, summary: Summary) -> dict[str, int]:
    return {
        "settled": settled.rows,
        "stale": settled.stale,
        "done": summary.done,
        "rejected": summary.rejected,
        "uncertain": summary.uncertain,
        "left": summary.left,
    }


def _alike(mapping: ObjectMapping, name: str, sent: Raw, stored: Raw) -> bool:
    one, other = mapping.read({name: sent}), mapping.read({name: stored})
    kinds = {t.name: t.kind for f in mapping.fields if f.column == name for t in f.targets}
    return (
        bool(one)
        and one.keys() == other.keys()
        and all(kinds[n].equivalent(one[n], other[n]) for n in one if n in kinds)
    )


def _mapped(sources: Sequence[Source]) -> Mapping[tuple[str, str, str], frozenset[str]]:
    """(connection, object, role) -> provider fields whose values are agreed."""
    return {
        (source.connection, one.name, mapping.role): agreed_columns(mapping) & {f.name for f in one.fields}
        for source in sources
        for one in source.described
        for mapping in source.mappings(one.name)
    }
