"""Conversion jobs: lease -> resume -> capture -> know -> select, score, match -> plan -> brakes -> apply, settle."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import ClassVar, Final

from leadbridge.config import ConvertJob
from leadbridge.config.jobs import SyncJob
from leadbridge.errors import UsageError
from leadbridge.jobs.capture import Capture, capture_all
from leadbridge.jobs.convert.applying import ApplyingConversions
from leadbridge.jobs.convert.deciding import Deciding, convert_job, where_of
from leadbridge.jobs.convert.drawing import draw
from leadbridge.jobs.convert.foretelling import Foretelling, able
from leadbridge.jobs.convert.knowing import know
from leadbridge.jobs.convert.questions import clear_leftovers, keep_questions
from leadbridge.jobs.identify import MATCHED_ROLES
from leadbridge.jobs.sources import Source
from leadbridge.jobs.sync import braking, budgeting, keeping, prints, standing_rejects
from leadbridge.jobs.sync.barring import let_in
from leadbridge.jobs.sync.gathering import Gathered
from leadbridge.jobs.sync.keeping import Summary
from leadbridge.jobs.sync.lease import Hold
from leadbridge.jobs.sync.model import Approval, PlanOutcome, RunOutcome, Watch
from leadbridge.jobs.sync.planning import Counted
from leadbridge.jobs.sync.references import References
from leadbridge.jobs.sync.running import Begun, by_connection, run_job
from leadbridge.jobs.sync.scene import Scene
from leadbridge.jobs.workspace import Workspace
from leadbridge.mapping.policy import CARRIED_ROLES, ConvertPolicy
from leadbridge.plan.book import LEAD_ROLES
from leadbridge.plan.brakes import BrakeName
from leadbridge.plan.row_text import Digest
from leadbridge.plan.sync_rows import PlanRow
from leadbridge.records import Ref, Reject
from leadbridge.state import plans
from leadbridge.state.model import ObjectKey, Plan, Run, RunKind
from leadbridge.state.store import Store

_NOWHERE = Ref("", "", "")
_ROWS: Final = 1_000
"""Rows that are written down together."""


def convert(  # noqa: PLR0913, PLR0917  (what the command line asks for, each by its own name)
    workspace: Workspace, store: Store, job: str, approval: Approval, overrides: Collection[BrakeName], watch: Watch
) -> RunOutcome:
    """Plan, look at the brakes, apply. ``stops`` in the answer say why nothing was written."""
    convert_job(workspace, job)
    return run_job(workspace, store, job, approval, overrides, watch)


@contextmanager
def converting(
    workspace: Workspace, name: str, store: Store, hold: Hold, resumed: tuple[int, ...]
) -> Iterator[Converting]:
    """The job with its connections open, closed again whatever happens.

    Raises:
        UsageError: a connection has nothing for the job, or cannot take what its policy makes.
        FileFaults: a file is wrong.
        ConnectionFailedError: a connection cannot be read.
    """
    job = convert_job(workspace, name)
    policy = workspace.mappings.policy(job.policy)
    where_of(workspace, name, job.where)
    with workspace.open(job.connections, store) as sources:
        Deciding(workspace, name, job, policy, sources).check_targets()
        able(job, policy, sources)
        yield Converting(scene_of(workspace, name, sources), store, hold, resumed, job, policy)


def scene_of(workspace: Workspace, name: str, sources: tuple[Source, ...]) -> Scene:
    """What a conversion job shares with the others, with its connections open."""
    job = convert_job(workspace, name)
    roles = _roles(workspace.mappings.policy(job.policy))
    return Scene(workspace, name, _as_sync(job), sources, roles, None, None, job.model_dump_json())


def _as_sync(job: ConvertJob) -> SyncJob:
    """What a conversion job shares with the others: its connections and brakes."""
    return SyncJob.model_construct(sync=job.connections, where=job.where, brakes=job.brakes)


def _roles(policy: ConvertPolicy) -> frozenset[str]:
    """Leads, what they may match, what earlier conversions made, and what is carried along."""
    carried = {CARRIED_ROLES[word] for word in policy.carry if word in CARRIED_ROLES}
    return frozenset({*LEAD_ROLES, *MATCHED_ROLES, *policy.parts, *carried})


@dataclass(frozen=True)
class Converting(Begun):
    """A conversion job under way."""

    kind: ClassVar[RunKind] = "convert"

    job: ConvertJob
    policy: ConvertPolicy

    def plan(self, watch: Watch, *, rebaseline: bool) -> PlanOutcome:
        if rebaseline:
            raise UsageError(
                f"--rebaseline is for sync jobs; {self.scene.name!r} reads everything each time: leave it out"
            )
        return super().plan(watch, rebaseline=False)

    def _planned(
        self, run: Run, plan: Plan, start: dict[ObjectKey, str | None], watch: Watch, *, rebaseline: bool
    ) -> PlanOutcome:
        scene, store = self.scene, self.store
        captured = let_in(store, capture_all(scene.sources, scene.workspace.plugins, scene.roles, watch))
        references = References(scene)
        with store.begin() as tx:
            knowledge = know(tx, scene, references, captured, run.id)
        known = knowledge.book, knowledge.held, knowledge.answers, knowledge.meant
        deciding = Deciding(scene.workspace, scene.name, self.job, self.policy, scene.sources, *known)
        natives = able(self.job, self.policy, scene.sources)
        foretelling = Foretelling(deciding.scene(), scene.workspace.mappings.catalogue, knowledge.book, natives)
        found = deciding.decide(captured, where_of(scene.workspace, scene.name, self.job.where), foretelling.choose)
        drawn = draw(store, scene, knowledge, references, found, deciding.scene())
        digest, counted = self._keep(plan.id, drawn.rows)
        with store.begin() as tx:
            rejects = [*_placed(captured, (*found.rejects, *drawn.rejects))]
            counted.rejects = standing_rejects.keep(tx, run.id, rejects, mended=drawn.leads)
            counted.questions = keep_questions(tx, run.id, found.reviews, self.job.connections)
            clear_leftovers(tx, self.job.connections, knowledge.book.records)
        notes = (*(f"{note.connection}: {note.text}" for note in drawn.notes), *_waiting(knowledge.held))
        return self._sealed(run, plan, digest, counted, captured, notes)

    def _keep(self, plan: int, rows: Iterable[PlanRow]) -> tuple[str, Counted]:
        running, counted = Digest(), Counted()
        steps = iter(rows)
        while page := list(islice(steps, _ROWS)):
            kept = [keeping.stored(row) for row in page]
            for row, one in zip(page, kept, strict=True):
                running.add(one.body)
                counted.add(row)
            with self.store.begin() as tx:
                plans.add_rows(tx, plan, kept)
        return running.text, counted

    def _sealed(  # noqa: PLR0913, PLR0917  (what a plan's head keeps)
        self, run: Run, plan: Plan, digest: str, counted: Counted, captured: Capture, notes: tuple[str, ...]
    ) -> PlanOutcome:
        seen = {(tally.connection, tally.object): tally.read for tally in captured.tallies}
        gathered = Gathered(seen, set(seen))
        with self.store.read() as snapshot:
            facts = braking.facts_of(snapshot, self.scene, gathered, counted, 1)
        summary = Summary(
            budgeting.with_calls(self.store, plan.id, self.scene.sources, facts),
            counted.settles,
            counted.conflicts,
            counted.questions,
            counted.rejects,
            prints.scope(self.scene),
            read=by_connection(seen),
            notes=notes,
        )
        with self.store.begin() as tx:
            plans.seal(tx, plan.id, digest, {}, summary.text())
        return self._outcome(run, plan, digest, summary, gathered)

    def _carry_out(self, found: Run, plan: Plan, captured_at: datetime | None) -> RunOutcome:
        scene = self.scene
        applying = ApplyingConversions(scene.workspace, scene.sources, self.store, self.hold, found, plan)
        return applying.apply(lambda tx: None, captured_at, scene.job.recheck_after)


def _placed(captured: Capture, rejects: Collection[Reject]) -> Iterator[tuple[Ref, Reject]]:
    """Each with the record that it is about, where that is known."""
    by_source: Mapping[str, Ref] = {record.record.source or str(record.ref): record.ref for record in captured.records}
    by_ref = {str(record.ref): record.ref for record in captured.records}
    for reject in rejects:
        yield by_source.get(reject.source) or by_ref.get(reject.source, _NOWHERE), reject


def _waiting(held: Mapping[Ref, str]) -> Iterator[str]:
    """Leads that an undo holds."""
    if held:
        number = "1 lead waits" if len(held) == 1 else f"{len(held):,} leads wait"
        yield (
            f"{number}, because a conversion was undone: until a lead changes, or is released, "
            f"such as with: leadbridge release {min(held)}"
        )
