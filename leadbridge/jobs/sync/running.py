"""Sync jobs: lease -> resume -> capture -> identify -> merge -> plan -> brakes -> apply -> remember."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import ClassVar

from leadbridge.config.jobs import SyncJob
from leadbridge.errors import StoppedError, UsageError
from leadbridge.jobs import collecting
from leadbridge.jobs.sync import braking, budgeting, prints, resuming
from leadbridge.jobs.sync.applying import Applying
from leadbridge.jobs.sync.chunk import Around
from leadbridge.jobs.sync.erasing import erasing_of
from leadbridge.jobs.sync.gathering import Gathered, Gathering
from leadbridge.jobs.sync.going import Went, went
from leadbridge.jobs.sync.identifying import Identifying
from leadbridge.jobs.sync.identities import Identities
from leadbridge.jobs.sync.keeping import Summary, summary_of
from leadbridge.jobs.sync.lease import Hold, leased
from leadbridge.jobs.sync.model import Approval, PlanOutcome, RunOutcome, Watch
from leadbridge.jobs.sync.planning import Counted, Planning
from leadbridge.jobs.sync.references import References
from leadbridge.jobs.sync.scene import Scene, opened, sync_job
from leadbridge.jobs.sync.viewing import Views
from leadbridge.jobs.workspace import Workspace
from leadbridge.plan.brakes import BrakeName, Facts, Stop, stops
from leadbridge.plan.row_text import Digest
from leadbridge.state import cursors, information, plans, runs, staging, turns
from leadbridge.state.model import ObjectKey, Plan, Run, RunKind
from leadbridge.state.store import Store


def make_plan(workspace: Workspace, store: Store, job: str, watch: Watch, *, rebaseline: bool = False) -> PlanOutcome:
    """Capture and plan. With ``rebaseline`` objects whose mapping or filter changed are captured completely; where none
    did all are, which finds what went and left no trace.
    """
    with _begun(workspace, store, job, watch) as begun:
        outcome = begun.plan(watch, rebaseline=rebaseline)
        begun.stop(outcome.run)
        return outcome


def sync(  # noqa: PLR0913, PLR0917  (what the command line asks for, each by its own name)
    workspace: Workspace, store: Store, job: str, approval: Approval, overrides: Collection[BrakeName], watch: Watch
) -> RunOutcome:
    """Plan, look at the brakes, apply. ``stops`` in the answer say why nothing was written."""
    sync_job(workspace, job)
    return run_job(workspace, store, job, approval, overrides, watch)


def run_job(  # noqa: PLR0913, PLR0917  (same)
    workspace: Workspace, store: Store, job: str, approval: Approval, overrides: Collection[BrakeName], watch: Watch
) -> RunOutcome:
    """The same for a job of any kind."""
    if approval == "unattended" and not workspace.project.config.job(job).unattended:
        raise UsageError(f"job {job!r} is not `unattended: true`; look at its plan, or say --yes")
    with _begun(workspace, store, job, watch) as begun:
        captured_at = datetime.now(UTC)
        planned = begun.plan(watch, rebaseline=False)
        stopped = begun.stops(begun.facts(planned.plan, overrides, approved=callable(approval)))
        if stopped or (planned.rows and callable(approval) and not approval(replace(planned, stops=()))):
            begun.stop(planned.run)
            outcome = RunOutcome(planned.run, planned.plan, planned.job, "stopped", stops=stopped)
        else:
            outcome = replace(begun.apply(planned.run, captured_at), notes=planned.notes)
        return replace(outcome, resumed=planned.resumed, calls=planned.calls, budget=planned.budget)


def approve_and_apply(
    workspace: Workspace, store: Store, plan: int | None, overrides: Collection[BrakeName], watch: Watch
) -> RunOutcome:
    """Apply a draft, by default the latest. Rows that moved on since are rejected as ``stale``, the others go on.

    Refused whole (StoppedError) only where the configuration, a scope or the state's generation changed since, or
    where the plan was applied already.
    """
    chosen = _chosen(store, plan)
    if chosen.kind not in {"sync", "convert"}:
        raise UsageError(f"plan {chosen.id} is a plan to {chosen.kind}; only plans of jobs are applied later")
    with _begun(workspace, store, chosen.job, watch) as begun:
        run = begun.check(chosen)
        facts = begun.facts(chosen.id, overrides, approved=True)
        stopped = begun.stops(facts)
        if stopped:
            outcome = RunOutcome(run.id, chosen.id, chosen.job, "stopped", stops=stopped)
        else:
            with store.begin() as tx:
                runs.resume(tx, run.id)
            outcome = begun.apply(run.id, None)
        return replace(outcome, resumed=begun.resumed, calls=facts.calls, budget=facts.budget)


@contextmanager
def _begun(workspace: Workspace, store: Store, job: str, watch: Watch) -> Iterator[Begun]:
    """The job's connections leased and open, and runs that were killed on them ended."""
    configured = workspace.project.config.job(job)
    with collecting.rarely(), leased(store, configured.connections, job) as hold:
        resumed = tuple(outcome.run for outcome in resuming.resume_all(workspace, store, hold, watch))
        if isinstance(configured, SyncJob):
            with opened(workspace, store, job) as scene:
                yield Begun(scene, store, hold, resumed)
        else:
            from leadbridge.jobs.convert.running import converting

            with converting(workspace, job, store, hold, resumed) as begun:
                yield begun


def _chosen(store: Store, plan: int | None) -> Plan:
    with store.read() as snapshot:
        found = plans.get(snapshot, plan) if plan is not None else _latest_draft(plans.latest(snapshot, limit=100))
    if found is None or not found.digest:
        which = "there is no plan that waits" if plan is None else f"there is no plan {plan}"
        raise UsageError(f"{which}; make one with: leadbridge plan JOB")
    return found


def _latest_draft(found: list[Plan]) -> Plan | None:
    return next((plan for plan in found if plan.state == "draft" and plan.digest), None)


@dataclass(frozen=True)
class Begun:
    """A job under way."""

    kind: ClassVar[RunKind] = "sync"

    scene: Scene
    store: Store
    hold: Hold
    resumed: tuple[int, ...]

    # --- plan

    def plan(self, watch: Watch, *, rebaseline: bool) -> PlanOutcome:
        run, plan, start = self._start(rebaseline=rebaseline)
        try:
            return self._planned(run, plan, start, watch, rebaseline=rebaseline)
        except Exception:
            with self.store.begin() as tx:
                resuming.forget(tx, run.id, plan.id)
            raise

    def _planned(
        self, run: Run, plan: Plan, start: dict[ObjectKey, str | None], watch: Watch, *, rebaseline: bool
    ) -> PlanOutcome:
        references = References(self.scene)
        gathered = Gathering(self.scene, self.store, run.id, references).capture(start, watch)
        identities = Identifying(self.scene, self.store, run.id).all(gathered)
        gone = went(self.scene, self.store, run.id, gathered)
        around = self._around(run, references, identities, gone)
        planning = Planning(around, self.store, plan.id)
        digest = planning.keep()
        summary = self._summary(plan, gathered, planning.counted, identities, rebaseline=rebaseline)
        with self.store.begin() as tx:
            plans.seal(tx, plan.id, digest, gathered.end, summary.text())
            staging.clear(tx, run.id)
            turns.clear(tx, run.id)
        return self._outcome(run, plan, digest, summary, gathered)

    def _start(self, *, rebaseline: bool) -> tuple[Run, Plan, dict[ObjectKey, str | None]]:
        """The run, its plan without rows, and where to capture from."""
        scene = self.scene
        with self.store.begin() as tx:
            run = runs.start(tx, scene.name, self.kind, scene.job.sync)
            stored = cursors.get(tx, scene.job.sync)
            objects = [(source.connection, name) for source in scene.sources for name in source.objects(scene.roles)]
            start = {at: stored.get(at) for at in objects}
            plan = plans.draft(tx, scene.name, self.kind, prints.configuration(scene), start)
            runs.set_plan(tx, run.id, plan.id)
            if rebaseline:
                changed = braking.changed_mappings(tx, scene)
                anew = {at for at in start if self._is_changed(at, changed[at[0]])} or start.keys()
                start = {at: None if at in anew else cursor for at, cursor in start.items()}
        return replace(run, plan=plan.id), plan, start

    def _is_changed(self, at: ObjectKey, files: frozenset[str]) -> bool:
        mine = {mapping.file.name for mapping in self.scene.mappings(*at)}
        mine |= {f"jobs.{self.scene.name}", prints.limit_key(*at)}
        return bool(mine & files)

    def _around(self, run: Run, references: References, identities: Identities, gone: Went) -> Around:
        scene = self.scene
        with self.store.read() as snapshot:
            state = information.generation(snapshot)
        return Around(
            scene=scene,
            references=references,
            identities=identities,
            run=run.id,
            gone=gone.proven,
            asked_to_delete=gone.asked_to_delete,
            state=state,
            prints=prints.role_prints(scene.workspace.mappings, scene.sources),
            views=Views(scene, self.store, run.id, identities.heirs) if scene.views else None,
            erasing=erasing_of(scene, self.store, gone),
        )

    def _summary(
        self, plan: Plan, gathered: Gathered, counted: Counted, identities: Identities, *, rebaseline: bool
    ) -> Summary:
        with self.store.read() as snapshot:
            links_known = information.given_out(snapshot, "link")
            facts = braking.facts_of(snapshot, self.scene, gathered, counted, identities.group[0])
            changed = braking.changed_mappings(snapshot, self.scene).values() if not rebaseline else ()
            facts = replace(facts, mappings=tuple(sorted(frozenset().union(*changed))))
        facts = budgeting.with_calls(self.store, plan.id, self.scene.sources, facts)
        seen = by_connection({at: gathered.seen.get(at, 0) for at in gathered.complete})
        return Summary(
            facts,
            counted.settles,
            counted.conflicts,
            counted.questions,
            counted.rejects + gathered.rejects,
            prints.scope(self.scene),
            seen,
            by_connection(gathered.seen),
            links_known,
        )

    def _outcome(self, run: Run, plan: Plan, digest: str, summary: Summary, gathered: Gathered) -> PlanOutcome:
        return PlanOutcome(
            run=run.id,
            plan=plan.id,
            job=self.scene.name,
            digest=digest,
            read=dict(gathered.seen),
            writes={side.connection: side.planned for side in summary.facts.sides},
            settles=summary.settles,
            conflicts=summary.conflicts,
            questions=summary.questions,
            rejects=summary.rejects,
            stops=self.stops(summary.facts),
            resumed=self.resumed,
            notes=summary.notes,
            calls=summary.facts.calls,
            budget=summary.facts.budget,
        )

    # --- brakes

    def facts(self, plan: int, overrides: Collection[BrakeName], *, approved: bool) -> Facts:
        """What the brakes look at before a kept plan is carried out: the API calls that may be made are asked anew."""
        with self.store.read() as snapshot:
            kept = plans.get(snapshot, plan)
        if kept is None:
            raise UsageError(f"there is no plan {plan} any more; make one with: leadbridge plan {self.scene.name}")
        facts = summary_of(kept).facts
        budget = budgeting.allowances(self.scene.sources, facts.calls)
        return replace(facts, budget=budget, approved=approved, overridden=frozenset(overrides))

    def stops(self, facts: Facts) -> tuple[Stop, ...]:
        return stops(facts, braking.limits_of(self.scene))

    def check(self, chosen: Plan) -> Run:
        """The run of a saved plan; raises StoppedError where the plan is refused whole."""
        again = f"make a new one with: leadbridge plan {chosen.job}"
        with self.store.read() as snapshot:
            plan, run = plans.get(snapshot, chosen.id), runs.of_plan(snapshot, chosen.id)
            generation = information.generation(snapshot)
        if plan is None or run is None or plan.state != "draft":
            raise StoppedError(f"plan {chosen.id} was applied already, or given up; {again}")
        if plan.generation != generation:
            raise StoppedError(f"plan {plan.id} was made before the state was restored or migrated; {again}")
        if plan.configuration != prints.configuration(self.scene):
            raise StoppedError(f"the configuration or a mapping changed since plan {plan.id} was made; {again}")
        lost = list(braking.lost_scopes(self.scene, summary_of(plan).scope))
        if lost:
            shown = ", ".join(f"{one.connection}:{name}" for one in lost for name in one.lost[:3])
            raise StoppedError(f"{shown} can no longer be seen as when plan {plan.id} was made; {again}")
        self._check_digest(plan, again)
        return run

    def _check_digest(self, plan: Plan, again: str) -> None:
        found = Digest()
        with self.store.read() as snapshot:
            for text in plans.texts(snapshot, plan.id):
                found.add(text)
        if found.text != plan.digest:
            raise StoppedError(f"plan {plan.id} is not as it was made: rows are damaged or missing; {again}")

    # --- apply

    def apply(self, run: int, captured_at: datetime | None) -> RunOutcome:
        with self.store.read() as snapshot:
            found = runs.get(snapshot, run)
            plan = plans.get(snapshot, found.plan) if found and found.plan else None
        if found is None or plan is None:
            raise UsageError(f"run {run} has no plan any more")
        return self._carry_out(found, plan, captured_at)

    def _carry_out(self, found: Run, plan: Plan, captured_at: datetime | None) -> RunOutcome:
        seen = summary_of(plan).seen
        applying = Applying(self.scene.workspace, self.scene.sources, self.store, self.hold, found, plan)
        return applying.apply(
            lambda tx: braking.remember(tx, self.scene, seen), captured_at, self.scene.job.recheck_after
        )

    def stop(self, run: int) -> None:
        with self.store.begin() as tx:
            runs.end(tx, run, "stopped", {})


def by_connection(found: dict[ObjectKey, int]) -> dict[str, dict[str, int]]:
    by: dict[str, dict[str, int]] = {}
    for (connection, name), number in sorted(found.items()):
        by.setdefault(connection, {})[name] = number
    return by
