"""Associations: kept in both directions, with a plain type beside every labelled one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from leadbridge_hubspot.sandbox.link_types import LinkType
from leadbridge_hubspot.sandbox.objects import CONTACTS, LEADS
from leadbridge_hubspot.sandbox.portal import Event, Portal
from leadbridge_hubspot.sandbox.refusals import Refused, invalid
from leadbridge_hubspot.sandbox.store import LINKS


@dataclass(frozen=True, slots=True, order=True)
class End:
    """A record, as an end of an association."""

    object: str
    id: int


def link_type(portal: Portal, source: str, target: str, category: str, id: int) -> LinkType:
    """Raises Refused where there is no such type between the two objects."""
    for one in portal.links_of(source, target):
        if (one.category, one.id) == (category, id):
            return one
    raise invalid(f"{id} is not a valid {category} association type from {source} to {target}", "INVALID_ASSOCIATION")


def plain_type(portal: Portal, source: str, target: str) -> LinkType:
    """The unlabelled type. Raises Refused where the two objects cannot be associated."""
    for one in portal.links_of(source, target):
        if one.label is None:
            return one
    raise invalid(f"{source} cannot be associated with {target}", "INVALID_ASSOCIATION")


def linked(portal: Portal, source: End, target: str) -> dict[int, list[LinkType]]:
    """The other records, in the order of their ids, each with its types, labelled ones first."""
    return linked_many(portal, source.object, [source.id], target).get(source.id, {})


def linked_many(portal: Portal, source: str, ids: Iterable[int], target: str) -> dict[int, dict[int, list[LinkType]]]:
    types = {(t.category, t.id): t for t in portal.links_of(source, target)}
    found: dict[int, dict[int, list[LinkType]]] = {}
    left = list(dict.fromkeys(ids))
    for start in range(0, len(left), 500):
        part = left[start : start + 500]
        wanted = sa.select(LINKS).where(LINKS.c.source == source, LINKS.c.source_id.in_(part), LINKS.c.target == target)
        for row in portal.store.rows(wanted.order_by(LINKS.c.target_id, LINKS.c.category, LINKS.c.type)):
            tie_type = types[row["category"], row["type"]]
            found.setdefault(row["source_id"], {}).setdefault(row["target_id"], []).append(tie_type)
    return found


def link(portal: Portal, source: End, target: End, types: Sequence[LinkType] = ()) -> None:
    """Associate two records by these types, beside those that are there already; plainly in any case."""
    before = linked(portal, source, target.object).get(target.id, [])
    for one in (plain_type(portal, source.object, target.object), *types):
        if one not in before:
            _free(portal, source, target, one)
            _put(portal, source, target, one)
            _tell(portal, source, target, one, removed=False)


def relabel(portal: Portal, source: End, target: End, types: Sequence[LinkType]) -> None:
    """Associate two records by these types and no others."""
    kept = {*types, plain_type(portal, source.object, target.object)}
    for one in linked(portal, source, target.object).get(target.id, []):
        if one not in kept:
            _take(portal, source, target, one)
    link(portal, source, target, types)


def unlink(portal: Portal, source: End, target: End, types: Sequence[LinkType] = ()) -> None:
    """Take types off; all of them where none is named, or the unlabelled one is among them."""
    there = linked(portal, source, target.object).get(target.id, [])
    everything = not types or any(one.label is None for one in types)
    for one in there:
        if everything or one in types:
            _take(portal, source, target, one)


def unlink_all(portal: Portal, end: End) -> None:
    mine = sa.and_(LINKS.c.source == end.object, LINKS.c.source_id == end.id)
    others = sa.and_(LINKS.c.target == end.object, LINKS.c.target_id == end.id)
    portal.store.run(sa.delete(LINKS).where(sa.or_(mine, others)))


def has_primary_contact(portal: Portal, lead: int) -> bool:
    found = linked(portal, End(LEADS.id, lead), CONTACTS.id)
    return any(one.primary for types in found.values() for one in types)


def _free(portal: Portal, source: End, target: End, tie_type: LinkType) -> None:
    """Where a record has one such association at most, the former one ceases; the plain one stays."""
    for near, far, one in ((source, target, tie_type), (target, source, _inverse(portal, tie_type))):
        if one is None or not one.only:
            continue
        for other, types in linked(portal, near, far.object).items():
            if one in types and other != far.id:
                _take(portal, near, End(far.object, other), one)


def _put(portal: Portal, source: End, target: End, tie_type: LinkType) -> None:
    rows = [_row(source, target, tie_type)]
    inverse = _inverse(portal, tie_type)
    if inverse is not None:
        rows.append(_row(target, source, inverse))
    portal.store.run(sa.insert(LINKS).prefix_with("OR IGNORE"), rows)


def _take(portal: Portal, source: End, target: End, tie_type: LinkType) -> None:
    _remove(portal, source, target, tie_type)
    inverse = _inverse(portal, tie_type)
    if inverse is not None:
        _remove(portal, target, source, inverse)
    _tell(portal, source, target, tie_type, removed=True)


def _remove(portal: Portal, source: End, target: End, tie_type: LinkType) -> None:
    row = _row(source, target, tie_type)
    portal.store.run(sa.delete(LINKS).where(*(LINKS.c[name] == value for name, value in row.items())))


def _row(source: End, target: End, tie_type: LinkType) -> dict[str, str | int]:
    return {
        "source": source.object,
        "source_id": source.id,
        "target": target.object,
        "target_id": target.id,
        "category": tie_type.category,
        "type": tie_type.id,
    }


def _inverse(portal: Portal, tie_type: LinkType) -> LinkType | None:
    if tie_type.inverse is None:
        return None
    wanted = (tie_type.category, tie_type.inverse)
    return next((t for t in portal.links_of(tie_type.target, tie_type.source) if (t.category, t.id) == wanted), None)


def _tell(portal: Portal, source: End, target: End, tie_type: LinkType, *, removed: bool) -> None:
    """Both directions of a change fire."""
    for near, far in ((source, target), (target, source)):
        told = {
            "fromObjectTypeId": near.object,
            "toObjectTypeId": far.object,
            "fromObjectId": near.id,
            "toObjectId": far.id,
            "associationRemoved": removed,
            "isPrimaryAssociation": tie_type.primary,
            "associationCategory": tie_type.category,
        }
        portal.happened(Event(near.object, "associationChange", near.id, told))


def unknown_end() -> Refused:
    return invalid("One or more of the records to associate do not exist", "OBJECT_NOT_FOUND")
