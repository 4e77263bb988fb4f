"""Rows that take back what a refused conversion did: they stand in the plan from the start, and wait there."""

from __future__ import annotations

from collections.abc import Sequence

from leadbridge.plan.rows import WriteRow
from leadbridge.values import MISSING


def compensate(first: int, writes: Sequence[WriteRow]) -> list[WriteRow]:
    """One row for each write that something may follow, the last write first; numbered from ``first``.

    What is made is deleted, where it still is as it was made; what is updated is set back, where it still holds what
    was written. The last write of a conversion needs none: with it, the conversion is done.
    """
    last = {number: row.number for row in writes for number in row.conversions}
    followed = [row for row in writes if any(last[number] != row.number for number in row.conversions)]
    return [_undo(number, row) for number, row in enumerate(reversed(followed), first)]


def _undo(number: int, row: WriteRow) -> WriteRow:
    made = row.verb == "create"
    values = {} if made else {name: raw for name, raw in row.expected.items() if raw is not MISSING}
    return WriteRow(
        number=number,
        verb="delete" if made else "update",
        connection=row.connection,
        object=row.object,
        role=row.role,
        label=row.label,
        settle=row.settle,
        golden=row.golden,
        link=row.link,
        id=row.id,
        values={name: raw for name, raw in values.items() if name in row.values or name in row.refers},
        expected=row.values,
        why=words_of(row.number),
        conversions=row.conversions,
        undoes=row.number,
    )


def words_of(number: int) -> str:
    """For people: why a row is there that takes back this one."""
    return f"takes back row {number}, where the conversion is refused"
