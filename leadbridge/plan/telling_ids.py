"""Leads are told the ids of what they became in another CRM, where the policy's ``ids`` name fields for that.

These rows stand behind all others and belong to no conversion: whether it comes about does not depend on them.
"""

from __future__ import annotations

from collections.abc import Iterator

from leadbridge.plan.book import Entry
from leadbridge.plan.model import Change, Conversion
from leadbridge.plan.record_rows import Edit, Pointing, Target, column_of
from leadbridge.plan.rows import WriteRow
from leadbridge.plan.writing import Writing
from leadbridge.records import Ref
from leadbridge.values import MISSING

WHY = "is told the ids of what it became"


def id_rows(first: int, writing: Writing) -> list[WriteRow]:
    """Numbered from ``first``; the records that they name have smaller numbers."""
    rows: list[WriteRow] = []
    for conversion in writing.clerk.plan.conversions if writing.scene.policy.ids else ():
        for ref in conversion.lead.refs:
            row = _row(first + len(rows), writing, conversion, ref)
            rows += [row] if row is not None else []
    return rows


def _row(number: int, writing: Writing, conversion: Conversion, ref: Ref) -> WriteRow | None:
    clerk, whose = writing.clerk, writing.whose[ref]
    was = clerk.book.records[ref]
    entry = clerk.book.as_contact(ref) if ref in clerk.plan.changing else was
    pointing, known = Pointing(), list[Change]()
    for name, column, place in _places(writing, conversion, entry, was):
        if entry.raws[column] != place:
            pointing = pointing.at(column, place)
            known += [Change(name, was.captured.values.get(name, MISSING), place, "")] if isinstance(place, str) else []
    target = Target(whose.golden, whose.settle, {}, ())
    return clerk.update(number, Edit(entry, target, conversion.label, WHY, pointing=pointing, changes=tuple(known)))


def _places(writing: Writing, conversion: Conversion, entry: Entry, was: Entry) -> Iterator[tuple[str, str, int | str]]:
    """The lead's field, its provider field, and the record that it is told of: its id, or the row that makes it."""
    rows = [writing.clerk.plan.row(number) for number in conversion.rows]
    for role, name in writing.scene.policy.ids.items():
        column = column_of(entry.mapping, name) or column_of(was.mapping, name)
        elsewhere = (row for row in rows if row.role == role and row.connection not in {None, entry.ref.connection})
        row = next(elsewhere, None)
        if row is None or column is None or entry.raws.get(column, MISSING) is MISSING:
            continue
        place = row.ref.id if row.ref is not None else writing.clerk.creates.get(row.number)
        if place is not None:
            yield name, column, place
