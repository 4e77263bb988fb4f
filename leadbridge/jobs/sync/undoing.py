"""Undo: what a run wrote is put back, field by field, where nobody edited it since; and held, so that it stays so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from leadbridge.apply import Kept, Operation, undo_rows
from leadbridge.errors import StoppedError, UsageError
from leadbridge.jobs.sources import Source
from leadbridge.jobs.sync import braking, budgeting, keeping, resuming, small_plans
from leadbridge.jobs.sync.carried_on import carried_on
from leadbridge.jobs.sync.journal import WRITES, write_row
from leadbridge.jobs.sync.lease import Hold as Leased
from leadbridge.jobs.sync.lease import leased
from leadbridge.jobs.sync.model import Approval, Left, RunOutcome, Watch
from leadbridge.jobs.sync.referring import referrers
from leadbridge.jobs.workspace import Workspace
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.plan.brakes import BrakeName
from leadbridge.plan.rows import WriteRow
from leadbridge.plan.sync_rows import FieldChange, PlanRow, Write, by_reason
from leadbridge.provider import ObjectDescription
from leadbridge.records import Record, Ref
from leadbridge.state import goldens, holds, links, operations, plans, retention, runs
from leadbridge.state.model import Hold, ObjectKey, Plan, Run
from leadbridge.state.store import Store
from leadbridge.state.transactions import Transaction
from leadbridge.values import MISSING, Raw, Value


def undo(  # noqa: PLR0913, PLR0917  (what the command line asks for, each by its own name)
    workspace: Workspace,
    store: Store,
    run: int,
    approval: Approval,
    watch: Watch,
    overrides: Collection[BrakeName] = (),
) -> RunOutcome:
    """Put back, field by field, what a run wrote and nobody edited since; what it made is deleted, unless edited.

    ``left`` names the fields that were edited since. What is put back is held: no run plans it again until released.
    One brake looks at it, ``budget``: ``stops`` in the answer say that nothing was written.
    """
    found = _undoable(store, run)
    with leased(store, found.connections, f"undo of run {run}") as hold:
        resumed = tuple(one.run for one in resuming.resume_all(workspace, store, hold, watch))
        with workspace.open(found.connections, store) as sources:
            outcome = _Undoing(workspace, sources, store, hold, found).run_it(approval, overrides)
    return replace(outcome, resumed=resumed)


def _undoable(store: Store, number: int) -> Run:
    with store.read() as snapshot:
        run, undone = runs.get(snapshot, number), runs.undone_by(snapshot, number)
        plan = plans.get(snapshot, run.plan) if run is not None and run.plan is not None else None
        begun = bool(operations.counts(snapshot, number))
    if run is None:
        raise UsageError(f"there is no run {number}; list them with: leadbridge runs")
    if run.state == "stopped" and not begun:
        raise UsageError(f"run {number} wrote nothing, so there is nothing to undo")
    if run.kind == "undo":
        raise UsageError(f"run {number} is itself an undo; release what it holds, and the next run writes it again")
    if any(one.state == "done" for one in undone):
        raise StoppedError(f"run {number} was undone already, by run {undone[-1].id}")
    if plan is not None and plan.state == "pruned":
        days = retention.KEPT_FOR.days
        raise StoppedError(
            f"run {number} is older than {days} days; what it wrote is not kept so long: nothing is undone"
        )
    return run


@dataclass(frozen=True)
class _Undoing:
    workspace: Workspace
    sources: Sequence[Source]
    store: Store
    hold: Leased
    undone: Run

    def run_it(self, approval: Approval, overrides: Collection[BrakeName]) -> RunOutcome:
        done = list(self._written())
        barred, turned = self._only_read(done), self._turned_over(done)
        written = [operation for operation in done if operation.ref not in barred | turned]
        current = self._current({operation.ref for operation in written})
        made = {operation.ref for operation in written if operation.row.verb == "create"}
        undo = undo_rows(written, current, referrers(self.sources, made), self._recreating())
        with self.store.begin() as tx:
            run = runs.start(tx, self.undone.job, "undo", self.undone.connections, undoes=self.undone.id)
            rows = self._rows(tx, undo.rows, {operation.row.number: operation.row for operation in written}, current)
            plan = small_plans.keep(tx, run, rows)
            left = (*self._left(tx, undo.kept, current, written), *carried_on(tx, self.undone.id, rows))
        whole = {**dict.fromkeys(sorted(turned), "converted"), **dict.fromkeys(sorted(barred), "read_only")}
        left = (*left, *self._converted(), *(Left(ref, why, MISSING, MISSING) for ref, why in whole.items()))
        planned = budgeting.counted(small_plans.outcome_of(run, plan, rows), self.store, self.sources)
        stopped = () if "budget" in overrides else planned.stops
        if stopped or (planned.rows and callable(approval) and not approval(replace(planned, stops=()))):
            with self.store.begin() as tx:
                runs.end(tx, run.id, "stopped", {})
            outcome = RunOutcome(run.id, plan.id, run.job, "stopped", stops=stopped)
        else:
            outcome = self._apply(run, plan, rows)
        return replace(outcome, left=left, calls=planned.calls, budget=planned.budget)

    # --- what the run did, and what stands there now

    def _written(self) -> Iterator[Operation]:
        if self.undone.plan is None:
            return
        for page in keeping.pages(self.store, self.undone.plan, WRITES):
            with self.store.read() as snapshot:
                known = operations.of(snapshot, self.undone.id, [row.number for row in page])
            for row in page:
                one = known.get(row.number)
                if isinstance(row.body, Write) and row.body.verb == "convert":
                    continue  # no CRM takes that back; what it did to records has rows of its own
                if one is not None and (one.state == "done" or (one.state == "rejected" and one.after)):
                    made = write_row(row)
                    after = self._set_by_people(made, one.after or {})
                    yield Operation(made, one.state, one.result_id, one.before or {}, after)

    def _set_by_people(self, row: WriteRow, after: Mapping[str, Raw]) -> Mapping[str, Raw]:
        """What a record held after the run, without what the CRM works out by itself: it may differ by now."""
        described = self._described.get((row.connection, row.object))
        fixed = {f.name for f in described.fields if f.automated or not f.writable} if described else set()
        return {name: raw for name, raw in after.items() if name not in fixed or name in row.values}

    @cached_property
    def _described(self) -> Mapping[ObjectKey, ObjectDescription]:
        return {(source.connection, one.name): one for source in self.sources for one in source.described}

    def _turned_over(self, done: Iterable[Operation]) -> frozenset[Ref]:
        """Leads that the run made and that were converted since: what became of them stands on them."""
        made = {operation.ref for operation in done if operation.row.verb == "create"}
        with self.store.read() as snapshot:
            stored = links.by_refs(snapshot, made)
        return frozenset(ref for ref, found in stored.items() if found.link.state == "converted")

    def _only_read(self, done: Iterable[Operation]) -> frozenset[Ref]:
        """Records that are not to be written any more: their mapping has come to say so since."""
        found = ((one.ref, self._mapping(one.row.connection, one.row.object, one.row.role)) for one in done)
        return frozenset(ref for ref, mapping in found if mapping is not None and not mapping.writable)

    def _converted(self) -> Iterator[Left]:
        """Leads that their CRM converted by itself: no CRM takes that back."""
        pages = keeping.pages(self.store, self.undone.plan or 0, frozenset({"convert"}))
        for page in pages:
            with self.store.read() as snapshot:
                known = operations.of(snapshot, self.undone.id, [row.number for row in page])
            for row in page:
                if row.number in known and known[row.number].state == "done":
                    lead = write_row(row)
                    ref = Ref(lead.connection, lead.object, lead.id or "")
                    yield Left(ref, "converted", MISSING, MISSING)

    def _current(self, refs: Iterable[Ref]) -> dict[Ref, Record | None]:
        found: dict[Ref, Record | None] = {}
        asked = sorted(refs)
        for source in self.sources:
            mine = [ref for ref in asked if ref.connection == source.connection]
            for start in range(0, len(mine), 200):
                part = mine[start : start + 200]
                found |= dict(zip(part, source.provider.read(part), strict=True))
        return found

    def _recreating(self) -> frozenset[str]:
        """Keyed files: a deleted row can be made again under its key."""
        return frozenset(source.connection for source in self.sources if source.provider.capabilities.staged)

    # --- the plan

    def _rows(
        self,
        tx: Transaction,
        rows: Sequence[WriteRow],
        undone: Mapping[int, WriteRow],
        current: Mapping[Ref, Record | None],
    ) -> list[PlanRow]:
        by_ref = {Ref(r.connection, r.object, r.id): r for r in rows if r.id is not None}
        stored = links.by_refs(tx, by_ref.keys())
        known = goldens.load(tx, {row.golden for row in rows if row.golden is not None})
        found = []
        for row in rows:
            link = stored.get(Ref(row.connection, row.object, row.id or ""))
            golden = link.link.golden if link else row.golden or 0
            subject = known[golden].golden.subject if golden in known else ""
            made = Write(
                verb=row.verb,
                connection=row.connection,
                object=row.object,
                golden=golden,
                subject=subject,
                role=row.role,
                id=row.id,
                link=link.link.id if link else None,
                values=row.values,
                expected=row.expected,
                said=by_reason(self._changes(row)),
                label=row.label,
            )
            found.append(PlanRow(row.number, made))
        return found

    def _changes(self, row: WriteRow) -> Iterator[FieldChange]:
        if self._mapping(row.connection, row.object, row.role) is not None:
            was, new = self._read(row, row.expected), self._read(row, row.values)
            for name in sorted({*was, *new}):
                yield FieldChange(name, was.get(name, MISSING), new.get(name, MISSING), f"undo of run {self.undone.id}")

    def _mapping(self, connection: str, object: str, role: str) -> ObjectMapping | None:
        source = next((one for one in self.sources if one.connection == connection), None)
        return None if source is None else next((m for m in source.mappings(object) if m.role == role), None)

    def _read(self, row: WriteRow, values: Mapping[str, Raw]) -> dict[str, Value]:
        """Provider values in the canonical fields of the row's role; what its mapping does not know is read by another
        one of the object, since the record may have changed its role.
        """
        source = next(one for one in self.sources if one.connection == row.connection)
        mine = self._mapping(row.connection, row.object, row.role)
        found = {} if mine is None else mine.read(values)
        fields = set() if mine is None else {t.name for m in mine.fields if m.column in values for t in m.targets}
        for other in source.mappings(row.object):
            found |= {n: value for n, value in other.read(values).items() if n in fields and n not in found}
        return found

    def _left(
        self, tx: Transaction, kept: Sequence[Kept], current: Mapping[Ref, Record | None], written: Sequence[Operation]
    ) -> Iterator[Left]:
        before = {(operation.ref, name): raw for operation in written for name, raw in operation.before.items()}
        rows = {operation.ref: operation.row for operation in written}
        stored = links.by_refs(tx, rows.keys())
        for one in kept:
            record, row, link = current.get(one.ref), rows[one.ref], stored.get(one.ref)
            mapping = self._mapping(row.connection, row.object, row.role)
            values = {} if record is None else record.values
            now = self._read(row, {one.field: values.get(one.field, MISSING)}) if mapping else {}
            would_be = self._read(row, {one.field: before.get((one.ref, one.field), MISSING)}) if mapping else {}
            names = [t.name for m in mapping.fields if m.column == one.field for t in m.targets] if mapping else []
            name = names[0] if names else one.field
            later = self._later(tx, link.link.golden, name) if link else ()
            yield Left(one.ref, name or one.why, now.get(name, MISSING), would_be.get(name, MISSING), later)

    def _later(self, tx: Transaction, golden: int, name: str) -> tuple[int, ...]:
        stored = goldens.load(tx, [golden]).get(golden)
        held = stored.golden.fields.get(name) if stored else None
        return (held.run,) if held is not None and held.run > self.undone.id else ()

    # --- apply

    def _apply(self, run: Run, plan: Plan, rows: Sequence[PlanRow]) -> RunOutcome:
        with self.store.begin() as tx:
            holds.put(tx, list(self._holds(rows, run.id)))
        carrying_out = resuming.carrying_out(self.store, run)
        applying = carrying_out(self.workspace, self.sources, self.store, self.hold, replace(run, plan=plan.id), plan)
        outcome = applying.apply(lambda tx: None, None)
        with self.store.begin() as tx:
            known = operations.of(tx, run.id, [row.number for row in rows])
            undone = {n for n, one in known.items() if one.state == "done"}
            holds.release(tx, list(self._holds([row for row in rows if row.number not in undone], run.id)))
            braking.do_not_miss(tx, _removed(row.body for row in rows if row.number in undone))
        return outcome

    def _holds(self, rows: Iterable[PlanRow], run: int) -> Iterator[Hold]:
        for row in rows:
            body = row.body
            if isinstance(body, Write) and body.link is not None and body.verb == "update":
                for change in body.changes:
                    yield Hold(body.golden, body.link, change.field, run)


def _removed(bodies: Iterable[object]) -> Counter[ObjectKey]:
    return Counter((b.connection, b.object) for b in bodies if isinstance(b, Write) and b.verb == "delete")
