"""What a CRM's own conversion left undone, sent once more: no conversion takes up a lead that is converted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from leadbridge.errors import UsageError
from leadbridge.golden import Golden
from leadbridge.jobs.sources import Source
from leadbridge.jobs.sync import resuming, small_plans
from leadbridge.jobs.sync.lease import Hold, leased
from leadbridge.jobs.sync.model import Approval, RunOutcome, Watch
from leadbridge.jobs.workspace import Workspace
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.plan.native import Native
from leadbridge.plan.row_text import row_of
from leadbridge.plan.sync_rows import FieldChange, PlanRow, Write, by_reason
from leadbridge.state import goldens, links, operations, plans, rejects, runs
from leadbridge.state.model import Plan, PlanState, RejectRow, Run
from leadbridge.state.store import Store
from leadbridge.state.transactions import Snapshot
from leadbridge.subjects.model import Field
from leadbridge.values import MISSING, Raw, Value, is_absent

_DRAFT: Final[tuple[PlanState, ...]] = ("draft",)
_WHY = "the policy's difference, which did not arrive before"


def catch_up(  # noqa: PLR0913, PLR0917  (what a retry is told, each by its own name)
    workspace: Workspace, store: Store, job: str, owed: Sequence[RejectRow], approval: Approval, watch: Watch
) -> RunOutcome:
    """One run with the updates that rejects ``converted_deviating`` of a job name, as far as golden still says so.

    They stood in a plan that was approved, so no brake looks at them again; a record that was edited since is left
    alone, and stays a reject.

    Raises:
        UsageError: the approval is `unattended`, and the job is not.
    """
    configured = workspace.project.config.job(job)
    if approval == "unattended" and not configured.unattended:
        raise UsageError(f"job {job!r} is not `unattended: true`; look at its plan, or say --yes")
    with leased(store, configured.connections, job) as hold:
        resumed = tuple(one.run for one in resuming.resume_all(workspace, store, hold, watch))
        with workspace.open(configured.connections, store) as sources:
            outcome = _CatchingUp(workspace, sources, store, hold).run_it(job, configured.connections, owed, approval)
    return replace(outcome, resumed=resumed)


@dataclass(frozen=True)
class _CatchingUp:
    workspace: Workspace
    sources: Sequence[Source]
    store: Store
    hold: Hold

    def run_it(self, job: str, connections: Sequence[str], owed: Sequence[RejectRow], approval: Approval) -> RunOutcome:
        with self.store.begin() as tx:
            run = runs.start(tx, job, "convert", connections)
            found = (body for reject in owed if (body := self._again(tx, reject)) is not None)
            rows = [PlanRow(number, body) for number, body in enumerate(found, 1)]
            plan = small_plans.keep(tx, run, rows)
        if rows and callable(approval) and not approval(small_plans.outcome_of(run, plan, rows)):
            with self.store.begin() as tx:
                runs.end(tx, run.id, "stopped", {})
            return RunOutcome(run.id, plan.id, job, "stopped")
        return self._apply(run, plan, owed)

    def _apply(self, run: Run, plan: Plan, owed: Sequence[RejectRow]) -> RunOutcome:
        """From the moment on that the rejects are taken up, a killed run is resumed."""
        with self.store.begin() as tx:
            plans.set_state(tx, plan.id, "approved", expected=_DRAFT)
            rejects.set_state(tx, [row.id for row in owed], "retried")
        carrying_out = resuming.carrying_out(self.store, run)
        applying = carrying_out(self.workspace, self.sources, self.store, self.hold, replace(run, plan=plan.id), plan)
        return applying.apply(lambda tx: None, None)

    # --- one row

    def _again(self, snapshot: Snapshot, reject: RejectRow) -> Write | None:
        """The refused row as an update of the record that is there by now; None where nothing of it is owed."""
        run = runs.get(snapshot, reject.run)
        stored = plans.row(snapshot, run.plan, reject.number) if run and run.plan and reject.number else None
        row = row_of(stored.body) if stored else None
        if run is None or row is None or not isinstance(row.body, Write) or row.body.native is None:
            return None
        body, native = row.body, row.body.native
        link = links.by_refs(snapshot, [reject.ref]).get(reject.ref)
        if link is None or link.link.state != "live":
            return None
        made = operations.of(snapshot, run.id, row.refers.values())
        pointing = {c: one.result_id for c, n in row.refers.items() if (one := made.get(n)) and one.result_id}
        wanted = {**body.values, **pointing}
        if native.part == "effect":
            wanted = {column: raw for column, raw in wanted.items() if column in native.brings}
        golden = goldens.load(snapshot, [link.link.golden])[link.link.golden].golden
        mapping = self._mapping(body)
        values = dict(_still_said(mapping, golden, wanted)) if mapping else {}
        if mapping is None or not values:
            return None
        return replace(
            body,
            verb="update",
            golden=golden.id,
            id=reject.ref.id,
            link=link.link.id,
            values=values,
            expected={column: raw for column, raw in body.expected.items() if column in values},
            key=None,
            refers={},
            awaits=(),
            conversions=(),
            native=Native("follows", unsure=native.unsure),
            said=by_reason(_changes(mapping, body.expected, values)),
            why=_WHY,
        )

    def _mapping(self, body: Write) -> ObjectMapping | None:
        source = next((one for one in self.sources if one.connection == body.connection), None)
        mappings = source.mappings(body.object) if source else ()
        return next((mapping for mapping in mappings if mapping.role == body.role), None)


def _still_said(mapping: ObjectMapping, golden: Golden, wanted: Mapping[str, Raw]) -> Iterator[tuple[str, Raw]]:
    """Without what golden has come to say otherwise since: a sync brings that. Whom a reference names stays."""
    for column, raw in wanted.items():
        said = mapping.read({column: raw})
        targets = [t for f in mapping.fields if f.column == column for t in f.targets if t.name in said]
        if all(t.type == "reference" or _alike(t, said[t.name], golden.values.get(t.name, MISSING)) for t in targets):
            yield column, raw


def _alike(field: Field, one: Value, other: Value) -> bool:
    return (is_absent(one) and is_absent(other)) or field.kind.equivalent(one, other)


def _changes(mapping: ObjectMapping, expected: Mapping[str, Raw], values: Mapping[str, Raw]) -> Iterator[FieldChange]:
    was, new = mapping.read({c: raw for c, raw in expected.items() if c in values}), mapping.read(values)
    for name in sorted(new):
        yield FieldChange(name, was.get(name, MISSING), new[name], "policy")
