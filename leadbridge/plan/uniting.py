"""Several records of one subject become one set of values; the result does not depend on the order they came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from leadbridge.ordering import People, as_people_count
from leadbridge.plan.model import United
from leadbridge.records import Captured, Ref
from leadbridge.subjects.model import Subject
from leadbridge.values import Value, is_absent

OPT_OUT = ("opted_out_of_", "do_not_")
"""How the names of consent fields begin: true bars, and one true among several records bars them all."""


def is_opt_out(name: str, value: Value) -> bool:
    """Whether a field says that somebody opted out."""
    return value is True and name.startswith(OPT_OUT)


Place = tuple[int, str, People, str]


def order_of(record: Captured, connections: Sequence[str]) -> Place:
    """Sorts records by connection, in the job's order, then by object, then by place in the source or id.

    Numbers in them count as people count: line 9 before line 10. The order in which records arrive plays no part.
    """
    ref = record.ref
    place = connections.index(ref.connection) if ref.connection in connections else len(connections)
    return place, ref.object, as_people_count(record.record.source or ref.id), ref.id


def in_order(records: Iterable[Captured], connections: Sequence[str]) -> tuple[Captured, ...]:
    return tuple(sorted(records, key=lambda record: order_of(record, connections)))


def unite(members: Iterable[Captured], connections: Sequence[str], subject: Subject, why: Sequence[str] = ()) -> United:
    """Each field's first value that is there, in the order of connections, then of the source; opt-outs win.

    A field that is absent everywhere keeps the strongest word for nothing: blank, then null; a field that every
    record is missing is missing.
    """
    ordered = in_order(members, connections)
    if len(ordered) == 1:  # most are alone
        said = ordered[0].values
        alone = {name: said[name] for name in subject.fields if name in said}
        return United(ordered, alone, dict.fromkeys(alone, ordered[0].ref), tuple(sorted(why)))
    values: dict[str, Value] = {}
    origins: dict[str, Ref] = {}
    for name in subject.fields:
        found = _prefer(name, ordered)
        if found is not None:
            values[name], origins[name] = found.values[name], found.ref
    return United(ordered, values, origins, tuple(sorted(why)))


def _prefer(name: str, ordered: Sequence[Captured]) -> Captured | None:
    holders = [record for record in ordered if name in record.values]
    if name.startswith(OPT_OUT):
        barred = next((record for record in holders if record.values[name] is True), None)
        if barred is not None:
            return barred
    return next((record for record in holders if not is_absent(record.values[name])), None) or next(iter(holders), None)


def with_values(lead: United, more: Mapping[str, Value]) -> United:
    """The lead with further values that LeadBridge itself gives, such as its score; they have no origin."""
    if not more:
        return lead
    return United(lead.members, {**lead.values, **more}, lead.origins, lead.why)
