"""Associations v4: of one record, by the thousand, and the labels between two objects."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from leadbridge_hubspot.sandbox.crm import activities
from leadbridge_hubspot.sandbox.crm.automations import after_link
from leadbridge_hubspot.sandbox.crm.keys import found, found_all
from leadbridge_hubspot.sandbox.crm.linking import (
    End,
    link,
    link_type,
    linked_many,
    plain_type,
    relabel,
    unknown_end,
    unlink,
)
from leadbridge_hubspot.sandbox.crm.saving import drop_lost_leads
from leadbridge_hubspot.sandbox.link_types import CUSTOM, LinkType
from leadbridge_hubspot.sandbox.objects import LEADS, Kind
from leadbridge_hubspot.sandbox.portal import Portal
from leadbridge_hubspot.sandbox.refusals import Refused, invalid, missing_objects, no_such_object
from leadbridge_hubspot.sandbox.rest.answers import Answer, batch, row_error
from leadbridge_hubspot.sandbox.rest.asking import Asked
from leadbridge_hubspot.sandbox.shapes import each, objects, whole

Json = Any
READS: Final = 1000
WRITES: Final = 2000


def page(asked: Asked) -> Answer:
    """The associations of one record to an object."""
    source, other = _end(asked, asked.kind(), asked.parts["id"]), asked.kind("to")
    most = asked.portal.switches.association_page
    limit = asked.number("limit", min(500, most), most)
    ties = linked_many(asked.portal, source.object, [source.id], other.id).get(source.id, {})
    ids = [key for key in ties if key >= asked.after()]
    body: dict[str, Json] = {"results": [_tie(asked.portal, key, ties[key]) for key in ids[:limit]]}
    if len(ids) > limit:
        body["paging"] = {"next": {"after": str(ids[limit])}}
    return Answer(200, body)


def put_default(asked: Asked) -> Answer:
    source, target = _ends(asked)
    tie_type = plain_type(asked.portal, source.object, target.object)
    link(asked.portal, source, target)
    after_link(asked.portal, source, target)
    return batch(asked.portal, 200, _defaults(source, target, tie_type))


def put(asked: Asked) -> Answer:
    """The body is a bare list of types, which take the place of the labels that were there."""
    source, target = _ends(asked)
    try:
        told = json.loads(asked.call.body)
    except ValueError:
        told = None
    if not isinstance(told, list):
        raise Refused(400, "VALIDATION_ERROR", "Invalid input JSON: a list of types was expected")
    types = _types(asked.portal, source.object, target.object, objects(told, "types"))
    relabel(asked.portal, source, target, types)
    after_link(asked.portal, source, target)
    return Answer(201, _labelled(source, target, types))


def remove(asked: Asked) -> Answer:
    source, target = _ends(asked)
    _cut(asked.portal, source, target, ())
    return Answer(204)


def batch_read(asked: Asked) -> Answer:
    source, other = asked.kind("from"), asked.kind("to")
    inputs = asked.inputs(READS)
    ids = found_all(asked.portal, source, [str(one.get("id", "")) for one in inputs])
    ties = linked_many(asked.portal, source.id, [key for key in ids.values() if key is not None], other.id)
    most, results = asked.portal.switches.association_page, list[Json]()
    starts = {str(one.get("id", "")): whole(one, "after") for one in inputs}
    for told, key in ids.items():
        mine = {far: types for far, types in ties.get(key or 0, {}).items() if far >= starts[told]}
        if mine:
            results.append(_of(asked.portal, told, mine, most))
    missing = [told for told, key in ids.items() if key is None]
    errors = [row_error(missing_objects(source.singular.upper(), missing), {})] if missing else []
    return batch(asked.portal, 200, results, errors)


def _of(portal: Portal, told: str, ties: Mapping[int, Sequence[LinkType]], most: int) -> dict[str, Json]:
    far = list(ties)
    shown: dict[str, Json] = {"from": {"id": told}, "to": [_tie(portal, key, ties[key]) for key in far[:most]]}
    if len(far) > most:
        shown["paging"] = {"next": {"after": str(far[most])}}
    return shown


def batch_create(asked: Asked) -> Answer:
    """Types that are listed take the place of those that were there."""

    def make(told: Mapping[str, Json], source: End, target: End) -> list[Json]:
        types = _types(asked.portal, source.object, target.object, each(told, "types"))
        relabel(asked.portal, source, target, types)
        after_link(asked.portal, source, target)
        return [_labelled(source, target, types)]

    return _each(asked, 201, make)


def batch_default(asked: Asked) -> Answer:
    def make(told: Mapping[str, Json], source: End, target: End) -> list[Json]:
        tie_type = plain_type(asked.portal, source.object, target.object)
        link(asked.portal, source, target)
        after_link(asked.portal, source, target)
        return _defaults(source, target, tie_type)

    return _each(asked, 200, make)


def batch_archive(asked: Asked) -> Answer:
    """All types between each record and the ones that are listed."""
    one, other = asked.kind("from"), asked.kind("to")
    for told in asked.inputs(WRITES):
        targets = told.get("to") or []
        for target in targets if isinstance(targets, list) else [targets]:
            ends = _found(asked.portal, one, told.get("from")), _found(asked.portal, other, target)
            if ends[0] and ends[1]:
                _cut(asked.portal, ends[0], ends[1], ())
    return Answer(204)


def batch_archive_labels(asked: Asked) -> Answer:
    one, other = asked.kind("from"), asked.kind("to")
    for told in asked.inputs(WRITES):
        types = _types(asked.portal, one.id, other.id, each(told, "types"))
        ends = _found(asked.portal, one, told.get("from")), _found(asked.portal, other, told.get("to"))
        if ends[0] and ends[1] and types:
            _cut(asked.portal, ends[0], ends[1], types)
    return Answer(204)


def labels(asked: Asked) -> Answer:
    types = asked.portal.links_of(asked.kind("from").id, asked.kind("to").id)
    return Answer(200, {"results": [_spec(one) for one in types]})


def add_label(asked: Asked) -> Answer:
    one, other, told = asked.kind("from").id, asked.kind("to").id, asked.json()
    if not told.get("label"):
        raise invalid("label is required", "MISSING_LABEL", "label")
    there = sum(tie_type.category == CUSTOM for tie_type in asked.portal.links_of(one, other))
    if there >= asked.portal.switches.labels_per_pair:
        raise invalid(f"There are {there} labels already", "LABEL_LIMIT_REACHED")
    made = asked.portal.add_label(one, other, str(told["label"]), str(told.get("inverseLabel") or told["label"]))
    return Answer(200, {"results": [_spec(tie_type) for tie_type in made]})


def _each(asked: Asked, status: int, make: Any) -> Answer:
    """Pairs whose records are not there are errors beside the rest."""
    one, other = asked.kind("from"), asked.kind("to")
    results, errors = list[Json](), list[Json]()
    for told in asked.inputs(WRITES):
        source, target = _found(asked.portal, one, told.get("from")), _found(asked.portal, other, told.get("to"))
        try:
            if source is None or target is None:
                raise unknown_end()
            results += make(told, source, target)
        except Refused as refused:
            ids = {name: [_told_id(told.get(name))] for name in ("from", "to")}
            errors.append(row_error(refused, {"fromObjectId": ids["from"], "toObjectId": ids["to"]}))
    return batch(asked.portal, status, results, errors)


def _cut(portal: Portal, source: End, target: End, types: Sequence[LinkType]) -> None:
    """A lead goes when its primary contact does."""
    unlink(portal, source, target, types)
    activities.after_link(portal, source, target)
    drop_lost_leads(portal, [end.id for end in (source, target) if end.object == LEADS.id])


def _end(asked: Asked, kind: Kind, told: str) -> End:
    key = found(asked.portal, kind, told)
    if key is None:
        raise no_such_object()
    return End(kind.id, key)


def _ends(asked: Asked) -> tuple[End, End]:
    return _end(asked, asked.kind(), asked.parts["id"]), _end(asked, asked.kind("to"), asked.parts["to_id"])


def _found(portal: Portal, kind: Kind, told: Json) -> End | None:
    key = found(portal, kind, str(told.get("id", ""))) if isinstance(told, dict) else None
    return None if key is None else End(kind.id, key)


def _told_id(told: Json) -> str:
    return str(told.get("id", "")) if isinstance(told, dict) else ""


def _types(portal: Portal, source: str, target: str, told: Sequence[Mapping[str, Json]]) -> list[LinkType]:
    if not told:
        raise invalid("types must name one type at least", "INVALID_ASSOCIATION", "types")
    return [link_type(portal, source, target, str(o.get("associationCategory")), _whole(o)) for o in told]


def _whole(told: Mapping[str, Json]) -> int:
    number = str(told.get("associationTypeId", ""))
    return int(number) if number.isascii() and number.isdigit() else 0


def _tie(portal: Portal, key: int, types: Sequence[LinkType]) -> dict[str, Json]:
    number: int | str = key if portal.switches.numeric_association_ids else str(key)
    return {"toObjectId": number, "associationTypes": [_spec(one) for one in types]}


def _spec(tie_type: LinkType) -> dict[str, Json]:
    return {"category": tie_type.category, "typeId": tie_type.id, "label": tie_type.label}


def _labelled(source: End, target: End, types: Sequence[LinkType]) -> dict[str, Json]:
    return {
        "fromObjectTypeId": source.object,
        "fromObjectId": source.id,
        "toObjectTypeId": target.object,
        "toObjectId": target.id,
        "labels": [tie_type.label for tie_type in types if tie_type.label],
    }


def _defaults(source: End, target: End, tie_type: LinkType) -> list[Json]:
    """Both directions of an unlabelled association."""
    there = {"associationCategory": tie_type.category, "associationTypeId": tie_type.id}
    back = {"associationCategory": tie_type.category, "associationTypeId": tie_type.inverse or tie_type.id}
    one, other = {"id": str(source.id)}, {"id": str(target.id)}
    return [{"from": one, "to": other, "associationSpec": there}, {"from": other, "to": one, "associationSpec": back}]
