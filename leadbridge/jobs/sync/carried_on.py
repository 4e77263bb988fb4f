"""Which later runs carried to other records what an undo takes back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import count, takewhile

from leadbridge.jobs.sync.model import Left
from leadbridge.plan.row_text import row_of
from leadbridge.plan.sync_rows import FieldChange, PlanRow, Write
from leadbridge.records import Ref
from leadbridge.state import operations, plans, runs
from leadbridge.state.model import Run
from leadbridge.state.transactions import Snapshot

_Taken = Mapping[tuple[int, str], FieldChange]
"""(golden record, field) -> what the undo puts back."""


def carried_on(snapshot: Snapshot, undone: int, rows: Iterable[PlanRow]) -> list[Left]:
    """What later runs wrote elsewhere that an undo with these ``rows`` leaves as it is, a record and field once."""
    writes = [row.body for row in rows if isinstance(row.body, Write) and row.body.verb == "update"]
    taken = {(body.golden, change.field): change for body in writes for change in body.changes}
    own = {Ref(body.connection, body.object, body.id or "") for body in writes}
    found: dict[tuple[Ref, str], Left] = {}
    for run in _later(snapshot, undone) if taken else ():
        for left in _of_run(snapshot, run, taken):
            before = found.get((left.ref, left.field), left)
            if left.ref not in own:
                found[left.ref, left.field] = Left(
                    left.ref, left.field, left.now, left.would_be, tuple(sorted({*before.runs, run.id}))
                )
    return list(found.values())


def _later(snapshot: Snapshot, undone: int) -> Iterator[Run]:
    """Those that were themselves undone left nothing."""
    found = (runs.get(snapshot, number) for number in count(undone + 1))
    standing = (run for run in takewhile(lambda run: run is not None, found) if run and run.kind != "undo")
    return (run for run in standing if all(one.state != "done" for one in runs.undone_by(snapshot, run.id)))


def _of_run(snapshot: Snapshot, run: Run, taken: _Taken) -> Iterator[Left]:
    if run.plan is None:
        return
    rows = [row_of(row.body) for row in plans.of_goldens(snapshot, run.plan, {golden for golden, _ in taken})]
    known = operations.of(snapshot, run.id, [row.number for row in rows])
    for row in rows:
        body, operation = row.body, known.get(row.number)
        if not isinstance(body, Write) or operation is None or operation.state != "done":
            continue
        ref = Ref(body.connection, body.object, body.id or operation.result_id or "")
        for change in body.changes:
            back = taken.get((body.golden, change.field))
            if back is not None and change.new == back.old:
                yield Left(ref, change.field, change.new, back.new, (run.id,))
