"""What was done, and why a value is what it is."""

from __future__ import annotations

from leadbridge.errors import UsageError
from leadbridge.golden import Held
from leadbridge.jobs.sync.barring import PERSON, Marks
from leadbridge.jobs.sync.model import Explained, LinkShown, Reason, RunDetail
from leadbridge.jobs.workspace import Workspace
from leadbridge.merge.model import Move
from leadbridge.plan.model import label
from leadbridge.plan.row_text import row_of
from leadbridge.plan.sync_rows import Settle
from leadbridge.records import Ref
from leadbridge.state import conflicts, erasures, goldens, holds, links, operations, plans, reviews
from leadbridge.state import runs as kept
from leadbridge.state.erasures import Erasure
from leadbridge.state.marking import key_of
from leadbridge.state.model import ConflictRow, Run
from leadbridge.state.store import Store
from leadbridge.state.transactions import Snapshot
from leadbridge.values import Value


def runs(store: Store, job: str | None = None, limit: int = 20) -> list[RunDetail]:
    """The newest first."""
    with store.read() as snapshot:
        return [_detail(snapshot, found) for found in kept.latest(snapshot, job, limit)]


def run(store: Store, number: int) -> RunDetail:
    """Raises UsageError where there is none of this number."""
    with store.read() as snapshot:
        found = kept.get(snapshot, number)
        if found is None:
            raise UsageError(f"there is no run {number}; list them with: leadbridge runs")
        return _detail(snapshot, found)


def why(workspace: Workspace, store: Store, ref: Ref) -> Explained:
    """For ``show REF``. Raises UsageError where no golden record has this record."""
    with store.read() as snapshot:
        link = links.by_refs(snapshot, [ref]).get(ref)
        if link is None:
            erased = _erased(snapshot, store, ref)
            if erased is not None:
                return Explained(erased.golden, PERSON, "", (), (), erased.run)
            raise UsageError(f"{ref} is linked to nothing here; write CONNECTION:OBJECT:ID of a record that was synced")
        number = link.link.golden
        golden = goldens.load(snapshot, [number])[number].golden
        linked = links.by_goldens(snapshot, [number]).get(number, ())
        guarded = {hold.field for hold in holds.of(snapshot, [number]).get(number, ())}
        guarded |= {review.field for review in reviews.open_of(snapshot, [number]).get(number, ())}
        logged = conflicts.of(snapshot, [number]).get(number, ())
        moves = _moves(snapshot, number, {held.run for held in golden.fields.values()})
        order = list(workspace.mappings.catalogue.subjects[golden.subject].fields)
        fields = sorted(golden.fields, key=lambda name: order.index(name) if name in order else len(order))
        erased = None if golden.fields else _erased(snapshot, store, ref)
        return Explained(
            golden=number,
            subject=golden.subject,
            label=label(golden.values),
            links=tuple(LinkShown(s.link.ref, s.link.role, s.link.state, s.due) for s in linked),
            fields=tuple(_reason(n, golden.fields[n], moves, logged, guarded=n in guarded) for n in fields),
            erased_by=erased.run if erased is not None else None,
        )


def _erased(snapshot: Snapshot, store: Store, ref: Ref) -> Erasure | None:
    key = key_of(snapshot, store.file)
    mark = Marks(key).of_ref(ref) if key is not None else ""
    return erasures.known(snapshot, [mark]).get(mark)


def _reason(
    name: str, held: Held, moves: dict[tuple[int, str], Move], logged: tuple[ConflictRow, ...], *, guarded: bool
) -> Reason:
    move = moves.get((held.run, name))
    return Reason(
        field=name,
        value=held.value,
        origin=held.origin,
        run=held.run,
        rule=move.rule if move else "",
        ref=move.new.ref if move else None,
        losers=_losers(name, logged),
        held=guarded,
    )


def _moves(snapshot: Snapshot, golden: int, numbers: set[int]) -> dict[tuple[int, str], Move]:
    """(run, field) -> how the run moved it."""
    found: dict[tuple[int, str], Move] = {}
    for number in sorted(numbers):
        made = kept.get(snapshot, number)
        rows = plans.of_goldens(snapshot, made.plan, [golden]) if made and made.plan else ()
        for body in (row_of(row.body).body for row in rows):
            if isinstance(body, Settle):
                found |= {(number, move.field): move for move in body.moves}
    return found


def _losers(name: str, logged: tuple[ConflictRow, ...]) -> tuple[tuple[Value, str], ...]:
    mine = [row for row in logged if row.field == name]
    return tuple((claim.value, str(claim.ref or claim.connection)) for row in mine for claim in row.losers)


def _detail(snapshot: Snapshot, found: Run) -> RunDetail:
    return RunDetail(
        run=found.id,
        job=found.job,
        kind=found.kind,
        state=found.state,
        started_at=found.started_at,
        ended_at=found.ended_at,
        plan=found.plan,
        undoes=found.undoes,
        counts=found.counts,
        states={str(state): number for state, number in operations.counts(snapshot, found.id).items()},
        undone_by=tuple(one.id for one in kept.undone_by(snapshot, found.id)),
        waits=_waits(snapshot, found),
    )


def _waits(snapshot: Snapshot, found: Run) -> bool:
    plan = plans.get(snapshot, found.plan) if found.plan is not None and found.state == "stopped" else None
    return plan is not None and plan.state == "draft" and bool(plan.digest) and plan.kind in {"sync", "convert"}
