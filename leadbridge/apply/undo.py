"""Planning the undoing of a run: pure, per field, and only where the field still holds what the run wrote."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from leadbridge.apply.journal import Operation
from leadbridge.apply.options import same
from leadbridge.plan.rows import WriteRow
from leadbridge.records import Record, Ref
from leadbridge.values import MISSING, Raw

Why = Literal["edited", "gone", "referred", "deleted", "erased"]
"""``edited`` since the run (a deleted record: made again); ``gone``, there is no record any more; ``referred`` to by a
record that stays; ``deleted`` by the run, and the CRM cannot make it again under its id; ``erased`` for good."""

Named = tuple[Ref, str]
"""A record, and the provider field in which it names another."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What undoing leaves as it is; a person may want to look.

    Attributes:
        number: the row of the undone run.
        field: the provider field, or empty where it is the whole record.
    """

    number: int
    ref: Ref
    field: str
    why: Why


@dataclass(frozen=True, slots=True)
class Undo:
    rows: tuple[WriteRow, ...]
    kept: tuple[Kept, ...]


@dataclass(slots=True)
class _Written:
    """All that a run did to one record: its first before-image, its last after-image."""

    first: Operation
    last: Operation
    before: dict[str, Raw] = field(default_factory=dict)
    after: dict[str, Raw] = field(default_factory=dict)
    created: bool = False
    deleted: bool = False


def undo_rows(
    operations: Iterable[Operation],
    current: Mapping[Ref, Record | None],
    referrers: Mapping[Ref, Collection[Named]],
    recreates: Collection[str] = (),
) -> Undo:
    """The rows that undo a run, numbered from 1: what goes back first, then deletes, the youngest record first.

    Args:
        operations: of the run, those that wrote: done, or rejected with an after-image (``not_accepted``).
        current: every record that they wrote, as it is now; None for one that is gone.
        referrers: created record -> where it is named now, as far as is known.
        recreates: connections that make a deleted record again under its old id (a keyed file).
    """
    written = _by_record(operations)
    rows: list[WriteRow] = []
    kept: list[Kept] = []
    leaving: set[Ref] = set()
    put_back: set[Named] = set()
    for ref, one in sorted(written.items(), key=lambda item: -item[1].first.row.number):
        if one.created:
            staying = [named for named in referrers.get(ref, ()) if named[0] not in leaving and named not in put_back]
            why = _stays(one, current.get(ref), staying)
            if not why and not one.deleted:
                leaving.add(ref)
                rows.append(_delete(ref, one))
            kept += [Kept(one.first.row.number, ref, name, reason) for name, reason in why]
        elif one.deleted:
            lost = _lost(one, current.get(ref), ref.connection in recreates)
            rows += [] if lost else [_create(one)]
            kept += [Kept(one.last.row.number, ref, "", lost)] if lost else []
        else:
            row, left = _restore(ref, one, current.get(ref))
            rows += [row] if row else []
            kept += left
            put_back |= {(ref, name) for name in row.values} if row else set()
    deletes = [row for row in rows if row.verb == "delete"]
    others = [row for row in reversed(rows) if row.verb != "delete"]
    numbered = tuple(replace(row, number=number) for number, row in enumerate(others + deletes, start=1))
    return Undo(numbered, tuple(sorted(kept, key=lambda one: (one.number, one.field))))


def _lost(one: _Written, record: Record | None, recreates: bool) -> Why | None:
    """Why a deleted record is not made again."""
    if one.last.row.erases:
        return "erased"
    return "edited" if record else None if recreates else "deleted"


def _by_record(operations: Iterable[Operation]) -> dict[Ref, _Written]:
    written: dict[Ref, _Written] = {}
    for operation in sorted(operations, key=lambda one: one.row.number):
        one = written.setdefault(operation.ref, _Written(operation, operation))
        one.last = operation
        one.before = {**operation.before, **one.before}
        one.after |= operation.after
        one.created |= operation.row.verb == "create"
        one.deleted |= operation.row.verb == "delete"
    return written


def _stays(one: _Written, record: Record | None, referrers: Collection[Named]) -> list[tuple[str, Why]]:
    """Why a created record is not removed; nothing where it is to be."""
    if one.deleted:
        return []
    if record is None:
        return [("", "gone")]
    edited: list[tuple[str, Why]] = [(name, "edited") for name in _edited(one.after, record)]
    return edited + ([("", "referred")] if referrers else [])


def _restore(ref: Ref, one: _Written, record: Record | None) -> tuple[WriteRow | None, list[Kept]]:
    number = one.last.row.number
    if record is None:
        return None, [Kept(number, ref, "", "gone")]
    edited = _edited(one.after, record)
    back = {n: one.before[n] for n, raw in one.after.items() if n in one.before and not same(one.before[n], raw)}
    values = {name: raw for name, raw in back.items() if name not in edited}
    kept = [Kept(number, ref, name, "edited") for name in edited]
    if not values:
        return None, kept
    expected = {name: one.after[name] for name in values}
    return replace(_blank(one), verb="update", id=ref.id, values=values, expected=expected), kept


def _delete(ref: Ref, one: _Written) -> WriteRow:
    return replace(_blank(one), verb="delete", id=ref.id, expected=one.after)


def _create(one: _Written) -> WriteRow:
    return replace(_blank(one), verb="create", id=None, values=one.before, expected={})


def _blank(one: _Written) -> WriteRow:
    """The undone row, for the same record, without what it did."""
    return replace(one.last.row, values={}, expected={}, refers={}, key=None, changes=())


def _edited(after: Mapping[str, Raw], record: Record) -> Sequence[str]:
    return sorted(name for name, raw in after.items() if not same(record.values.get(name, MISSING), raw))
