"""Conversion jobs: lease -> resume -> capture -> plan, round by round -> brakes -> apply, settle."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import ClassVar, Final

from leadbridge.config import ConvertJob
from leadbridge.config.jobs import SyncJob
from leadbridge.errors import UsageError
from leadbridge.jobs.convert.applying import ApplyingConversions
from leadbridge.jobs.convert.deciding import Deciding, convert_job, where_of
from leadbridge.jobs.convert.foretelling import able
from leadbridge.jobs.convert.planning import Planning, Told
from leadbridge.jobs.convert.questions import clear_leftovers, keep_questions
from leadbridge.jobs.identify import MATCHED_ROLES
from leadbridge.jobs.sources import Source
from leadbridge.jobs.sync import braking, budgeting, keeping, prints, standing_rejects
from leadbridge.jobs.sync.gathering import Gathered
from leadbridge.jobs.sync.keeping import Summary
from leadbridge.jobs.sync.lease import Hold
from leadbridge.jobs.sync.model import Approval, PlanOutcome, RunOutcome, Watch
from leadbridge.jobs.sync.planning import Counted
from leadbridge.jobs.sync.running import Begun, by_connection, run_job
from leadbridge.jobs.sync.scene import Scene
from leadbridge.jobs.workspace import Workspace
from leadbridge.mapping.policy import CARRIED_ROLES, LEAD_ROLES, ConvertPolicy
from leadbridge.plan.brakes import BrakeName, Leads
from leadbridge.plan.carrying import summed
from leadbridge.plan.row_text import Digest
from leadbridge.plan.sync_rows import PlanRow
from leadbridge.records import Ref
from leadbridge.state import plans
from leadbridge.state.model import ObjectKey, Plan, Run, RunKind
from leadbridge.state.store import Store

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
        planning = Planning(self.store, self.scene, self.job, self.policy, run.id)
        with closing(planning):
            planning.capture(watch)
            digest, counted = self._keep(plan.id, planning.draw().rows())
            told = planning.told
            with self.store.begin() as tx:
                counted.rejects = standing_rejects.keep(tx, run.id, told.rejects, mended=told.leads)
                counted.questions = keep_questions(tx, run.id, told.reviews, self.job.connections)
                clear_leftovers(tx, self.job.connections, planning.there)
        notes = (*(note.line for note in summed(told.notes)), *_waiting(told.held))
        return self._sealed(run, plan, digest, counted, told, notes)

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
        self, run: Run, plan: Plan, digest: str, counted: Counted, told: Told, notes: tuple[str, ...]
    ) -> PlanOutcome:
        gathered = Gathered(told.seen, set(told.seen))
        with self.store.read() as snapshot:
            facts = braking.facts_of(snapshot, self.scene, gathered, counted, told.group)
        facts = replace(facts, leads=tuple(_leads(told)))
        summary = Summary(
            budgeting.with_calls(self.store, plan.id, self.scene.sources, facts),
            counted.settles,
            counted.conflicts,
            counted.questions,
            counted.rejects,
            prints.scope(self.scene),
            read=by_connection(told.seen),
            notes=notes,
        )
        with self.store.begin() as tx:
            plans.seal(tx, plan.id, digest, {}, summary.text())
        return self._outcome(run, plan, digest, summary, gathered)

    def _carry_out(self, found: Run, plan: Plan, captured_at: datetime | None) -> RunOutcome:
        scene = self.scene
        applying = ApplyingConversions(scene.workspace, scene.sources, self.store, self.hold, found, plan)
        return applying.apply(lambda tx: None, captured_at, scene.job.recheck_after)


def _leads(told: Told) -> Iterator[Leads]:
    converted = Counter(ref.connection for ref in told.leads)
    for connection, number in told.open.items():
        yield Leads(connection, number, converted[connection])


def _waiting(held: Mapping[Ref, str]) -> Iterator[str]:
    """Leads that an undo holds."""
    if held:
        number = "1 lead waits" if len(held) == 1 else f"{len(held):,} leads wait"
        yield (
            f"{number}, because a conversion was undone: until a lead changes, or is released, "
            f"such as with: leadbridge release {min(held)}"
        )
