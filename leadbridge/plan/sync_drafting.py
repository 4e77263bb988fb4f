"""From what the merge core decided to the rows of a plan."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace

from leadbridge.golden import Golden, Link
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.creating import Create
from leadbridge.merge.departing import Departure
from leadbridge.merge.model import Candidate, Merged, Move, Owed
from leadbridge.merge.standing import changed
from leadbridge.plan.model import label
from leadbridge.plan.sync_rows import Asked, FieldChange, LinkChange, Said, Settle, Write, by_place, by_reason
from leadbridge.records import Ref
from leadbridge.values import MISSING, Raw, Value, is_absent, is_present

_WHY: Mapping[str, str] = {
    "parked": "the record was deleted; delete it elsewhere too?",
    "met_by_a_change": "the record was deleted, and edited elsewhere; delete it elsewhere too, or keep it?",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One golden record's turn in a cycle.

    Attributes:
        version: of the golden record before; 0 where it is new.
        golden: as it was before the cycle, nothing united with it yet.
        before, after: its links before the cycle and after it, those of united records included.
        captured: records that were captured, or read again, in this cycle.
        unites: golden records that become part of it.
        writes: what its links are owed by this plan.
        asked: questions about who this is.
        returned: records that were gone and are there again.
    """

    version: int
    golden: Golden
    merged: Merged
    before: Sequence[Link] = ()
    after: Sequence[Link] = ()
    unites: tuple[int, ...] = ()
    writes: Sequence[Write] = ()
    departures: Sequence[Departure] = ()
    asked: tuple[Asked, ...] = ()
    returned: tuple[Ref, ...] = ()
    captured: Container[Ref] = ()


def settle(turn: Turn) -> Settle | None:
    """The row that moves the golden record, its links and its bases; None where nothing moves."""
    merged = turn.merged
    known = {link.id: link for link in turn.before}
    row = Settle(
        golden=merged.golden.id,
        subject=merged.golden.subject,
        version=turn.version,
        unites=tuple(sorted(turn.unites)),
        taken=by_place(_moves(turn)),
        bases=merged.bases,
        links=tuple(link_change(known.get(link.id), link) for link in changed(turn.before, turn.after)),
        conflicts=merged.conflicts,
        questions=merged.questions,
        asked=(*turn.asked, *(Asked("delete", (d.ref,), _WHY[d.fate]) for d in turn.departures if d.asks)),
        due=tuple(sorted({write.link for write in turn.writes if write.link is not None} | _unread(turn))),
        cleared=turn.returned,
    )
    return row if row.says else None


def _moves(turn: Turn) -> tuple[Move, ...]:
    """What the merge moved, and what golden took from the records that united with it."""
    decided = {move.field: move for move in turn.merged.moves}
    found: list[Move] = []
    for name, held in sorted(turn.merged.golden.fields.items()):
        if held != turn.golden.fields.get(name):
            move = decided.get(name) or Move(name, MISSING, Candidate.of(held), "united")
            found.append(replace(move, old=turn.golden.value(name)))
    return tuple(found)


def _unread(turn: Turn) -> set[int]:
    """Links that became live though nobody read their records: what they hold must be known before it is judged."""
    live = {link.id for link in turn.before if link.state == "live"}
    fresh = (link for link in turn.after if link.state == "live" and link.id not in live)
    return {link.id for link in fresh if link.ref not in turn.captured}


def link_change(old: Link | None, new: Link) -> LinkChange:
    if old is None:
        return LinkChange(new.id, new.ref, new.role, new.state, base=new.base, age=new.age)
    before = old.ref if old.ref != new.ref else None
    return LinkChange(new.id, new.ref, new.role, new.state, old.state, age=new.age, before=before)


def update(owed: Owed, merged: Merged, mapping: ObjectMapping) -> Write:
    link = owed.link
    return Write(
        verb="update",
        connection=link.ref.connection,
        object=link.ref.object,
        golden=merged.golden.id,
        subject=merged.golden.subject,
        role=link.role,
        id=link.ref.id,
        link=link.id,
        values=owed.values,
        expected=owed.expected,
        said=_said(owed.expected, owed.values, merged, mapping),
        label=label(merged.golden.values),
    )


def create(made: Create, merged: Merged, key: str, ids: Mapping[tuple[str, int], str]) -> Write:
    """``ids``: (connection, golden record) -> id of its live record, for references to records that exist."""
    found = {column: ids.get((made.connection, golden)) for column, golden in made.refers.items()}
    near = {column: id_ for column, id_ in found.items() if id_ is not None}
    values = {**made.values, **near}
    return Write(
        verb="create",
        connection=made.connection,
        object=made.mapping.object,
        golden=made.golden,
        subject=merged.golden.subject,
        role=made.mapping.role,
        values=values,
        key=key,
        refers={column: golden for column, golden in made.refers.items() if column not in near},
        said=_said({}, values, merged, made.mapping),
        label=label(merged.golden.values),
    )


def delete(link: Link, golden: Golden, mapping: ObjectMapping, raws: Mapping[str, Raw], departure: Departure) -> Write:
    """``raws``: what the record holds as last known; it is deleted only while it still does."""
    held = _read(mapping, raws)
    return Write(
        verb="delete",
        connection=link.ref.connection,
        object=link.ref.object,
        golden=golden.id,
        subject=golden.subject,
        role=link.role,
        id=link.ref.id,
        link=link.id,
        expected=raws,
        said=(Said(departure.fate, str(departure.ref), {n: v for n, v in sorted(held.items()) if is_present(v)}),),
        label=label(golden.values) or label(held),
    )


def _said(
    expected: Mapping[str, Raw], values: Mapping[str, Raw], merged: Merged, mapping: ObjectMapping
) -> tuple[Said, ...]:
    """The canonical fields behind the columns that are sent, with the rule that chose each value."""
    old, new = _read(mapping, expected), _ids(mapping, values)
    moved = {move.field: move for move in merged.moves}
    found: list[FieldChange] = []
    for target in (t for m in mapping.fields if m.column in values for t in m.targets):
        name, held = target.name, merged.golden.fields.get(target.name)
        was = old.get(name, MISSING)
        value = MISSING if held is None else new.get(name, held.value)
        if held is None or target.kind.equivalent(was, value):
            continue
        move = moved.get(name)
        rule, origin = (move.rule, move.new.where) if move else ("golden", held.origin)
        found.append(FieldChange(name, was, value, rule, origin))
    return by_reason(found)


def _read(mapping: ObjectMapping, raws: Mapping[str, Raw]) -> dict[str, Value]:
    """For people: the canonical values, and ids as the CRM knows them."""
    return {**mapping.read(raws), **_ids(mapping, raws)}


def _ids(mapping: ObjectMapping, raws: Mapping[str, Raw]) -> dict[str, Value]:
    """What names a record, by its id in the CRM and not by a number of ours."""
    pairs = ((m.column, t) for m in mapping.fields for t in m.targets if t.type == "reference")
    return {t.name: str(raw) for column, t in pairs if not is_absent(raw := raws.get(column or "", MISSING))}
