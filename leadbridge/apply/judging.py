"""What a record that was read says of a row: pure, and one table each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from leadbridge.apply.journal import Operation, Outcome, present
from leadbridge.apply.options import same
from leadbridge.plan.rows import WriteRow
from leadbridge.records import Record, Reject
from leadbridge.values import MISSING, Raw, is_absent

Stores = Callable[[WriteRow, str, Raw, Raw], bool]
"""(row, provider field, sent, stored) -> whether the CRM took the value: as it is, its kin, or by a rule of its own."""


def rejected(row: WriteRow, code: str, reason: str, remedy: str = "", field: str = "") -> Outcome:
    reject = Reject(code, reason, remedy, _source(row), field, dict(row.values))
    return Outcome(row, "rejected", row.id, reject=reject)


def depends(row: WriteRow, field: str) -> Outcome:
    number = row.refers[field]
    reason = f"row {number}, whose record it refers to, was not done"
    return rejected(row, "depends", reason, f"mend row {number} first", field)


def refused(row: WriteRow, reject: Reject | None) -> Outcome:
    said = Outcome(row, "rejected", row.id, reject=reject)
    return said if reject else rejected(row, "refused", "the CRM refused the row without a word")


def check(operation: Operation, record: Record | None) -> Operation | Outcome:
    """Before a row is sent: the operation with its before-image, or its reject."""
    row = operation.row
    if row.erases:
        return operation if record else Outcome(row, "done", row.id)
    if record is None:
        return _gone(row)
    edited = _edited(row, record)
    if edited:
        return _stale(row, edited)
    seen = record.values if row.verb == "delete" else {n: record.values.get(n, MISSING) for n in row.values}
    return replace(operation, before=present({**row.expected, **seen}))


def find_out(operation: Operation, record: Record | None, stores: Stores) -> Operation | Outcome:
    """After a lost reply: what became of an update or a delete; the operation where it is to be sent again.

    A CRM may need several calls for an update, and the reply of one of them was lost: fields that hold what was sent
    have arrived, whatever the others say.

    ======= ========================================== ================================================
    verb    the record                                 verdict
    ======= ========================================== ================================================
    delete  is not there                               done
    update  is not there                               gone
    update  holds what was sent                        done
    either  holds what was expected, or what was sent  send again
    either  holds something else                       stale; what had arrived is agreed, to be taken back
    ======= ========================================== ================================================
    """
    row = operation.row
    if record is None:
        return Outcome(row, "done", row.id) if row.verb == "delete" else _gone(row)
    there = record.values
    sent = row.values.items() if row.verb == "update" else ()
    arrived = {n: there[n] for n, raw in sent if n in there and stores(row, n, raw, there[n])}
    if row.verb == "update" and len(arrived) == len(row.values):
        return acknowledged(operation, row.id, record, stores)
    again = replace(row, expected={**row.expected, **{n: raw for n, raw in arrived.items() if n in row.expected}})
    edited = _edited(again, record)
    if edited:
        return replace(_stale(row, edited, list(arrived)), after=present(arrived))
    return replace(operation, row=again)


def acknowledged(operation: Operation, id: str | None, record: Record | None, stores: Stores) -> Outcome:
    """A row that the CRM called done, after what was read back; ``record`` is None where nothing was.

    ============================ =======================================================================
    read back, per field         what is agreed
    ============================ =======================================================================
    what was sent, or its kin    what was read back
    the before-image             nothing: the row is a reject ``not_accepted``
    absent in a new record       that it is absent; what was sent is still owed
    anything else, or not seen   what was sent: the difference is somebody's edit, for the next capture
    ============================ =======================================================================
    """
    row, after, ignored = operation.row, dict(operation.row.values), list[str]()
    owed = False
    there = record.values if record else {}
    if row.verb == "create":
        after = {**{name: raw for name, raw in there.items() if is_absent(raw)}, **after}
    for name, sent in row.values.items():
        stored = there.get(name, MISSING)
        if stored is MISSING:
            continue
        if stores(row, name, sent, stored):
            after[name] = stored
        elif row.verb == "create" and is_absent(stored):
            after[name], owed = stored, True
        elif name in operation.before and same(stored, operation.before[name]):
            ignored.append(name)
            del after[name]
    if ignored:
        outcome = rejected(
            row,
            "not_accepted",
            f"the CRM said done, but did not take {_list(ignored)}",
            "see what protects the field in the CRM: a workflow, a field rule, a permission",
            ignored[0],
        )
        return replace(outcome, after=present(after))
    return Outcome(row, "done", id, present(after), owed)


def found(operation: Operation, id: str, record: Record | None, stores: Stores) -> Outcome:
    """A create of unknown end whose record was found: agreed is what it holds of what was sent, and no more."""
    there = record.values if record else {}
    after = {
        n: there[n]
        for n, sent in operation.row.values.items()
        if n in there and stores(operation.row, n, sent, there[n])
    }
    return Outcome(operation.row, "done", id, present(after))


def _edited(row: WriteRow, record: Record) -> list[str]:
    return [name for name, raw in row.expected.items() if not same(record.values.get(name, MISSING), raw)]


def _stale(row: WriteRow, edited: list[str], arrived: list[str] | None = None) -> Outcome:
    written = f"only {_list(arrived)} was written" if arrived else "nothing was written"
    reason = f"{_list(edited)} {'was' if len(edited) == 1 else 'were'} edited since the plan was made; {written}"
    return rejected(row, "stale", reason, "plan again: the edit is weighed then", edited[0])


def _gone(row: WriteRow) -> Outcome:
    return rejected(row, "gone", "the record is not there any more", "plan again: what became of it is captured then")


def _source(row: WriteRow) -> str:
    return f"{row.connection}:{row.object}:{row.id or f'row {row.number}'}"


def _list(names: list[str]) -> str:
    return ", ".join(sorted(names))
