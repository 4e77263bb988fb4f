"""Conversions while they are carried out: whole, or taken back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from leadbridge.apply.journal import Operation, Outcome, Past
from leadbridge.apply.judging import rejected
from leadbridge.apply.options import same
from leadbridge.plan.rows import WriteRow, falls

_REASON = "another row of its conversion was refused; the lead stays as it is"
_REMEDY = "mend what was refused, and convert again"


def hold_back(operation: Operation, refused: Collection[int]) -> Outcome | None:
    """The reject of a row whose conversions were all refused; None where the row goes on."""
    row = operation.row
    if row.undoes is None and falls(row, refused):
        return rejected(row, "depends", _REASON, _REMEDY)
    return None


def take_back(
    operation: Operation, past: Past | None, refused: Collection[int], stopped: Collection[str]
) -> Operation | Outcome | None:
    """What becomes of a row that takes another one back; None where that cannot be said yet.

    ==================== ============================== =======================================================
    its conversions      the row that it takes back     verdict
    ==================== ============================== =======================================================
    one stands           any                            skipped; not yet, where a connection stopped
    all refused          has no outcome                 not yet: its connection stopped
    all refused          wrote nothing, as far as known skipped
    all refused          made a record                  the delete, expecting what is agreed of the record
    all refused          changed fields                 an update to what stood there, expecting what is agreed
    ==================== ============================== =======================================================

    Args:
        past: what became of the row that it takes back.
        stopped: connections that cannot be used any more; their rows may yet be refused.
    """
    row = operation.row
    if not falls(row, refused):
        return None if stopped else Outcome(row, "skipped")
    if past is None:
        return None
    if past.state not in {"done", "rejected"} or not (past.after or past.state == "done"):
        return Outcome(row, "skipped")
    found = _delete(row, past) if row.verb == "delete" else _set_back(row, past)
    return replace(operation, row=found) if found.verb == "delete" or found.values else Outcome(row, "skipped")


def _delete(row: WriteRow, past: Past) -> WriteRow:
    return replace(row, id=past.id, expected=past.after)


def _set_back(row: WriteRow, past: Past) -> WriteRow:
    there = {name: raw for name, raw in past.after.items() if name in past.before and not same(past.before[name], raw)}
    return replace(row, values={name: past.before[name] for name in there}, expected=there)
