"""Records one by one: list, make, read, change, archive, merge, forget; and search."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leadbridge_hubspot.sandbox.crm.keys import found
from leadbridge_hubspot.sandbox.crm.linking import End, link_type, linked, unknown_end
from leadbridge_hubspot.sandbox.crm.merging import merge
from leadbridge_hubspot.sandbox.crm.saving import Tie, archive, create, erase, update
from leadbridge_hubspot.sandbox.crm.searching import search
from leadbridge_hubspot.sandbox.objects import BY_ID, CONTACTS, MERGEABLE, Kind
from leadbridge_hubspot.sandbox.portal import Portal
from leadbridge_hubspot.sandbox.refusals import Refused, invalid, no_such_object
from leadbridge_hubspot.sandbox.rest.answers import Answer, View
from leadbridge_hubspot.sandbox.rest.asking import Asked, given, kind_named
from leadbridge_hubspot.sandbox.shapes import each, inner, words
from leadbridge_hubspot.sandbox.store import Record, State, as_id

Json = Any


def page(asked: Asked) -> Answer:
    """Live or archived records, by id; ``after`` is the id of the first one of the next page."""
    view, portal = asked.view(), asked.portal
    limit = asked.number("limit", 10, 50 if view.history else 100)
    states = [State.ARCHIVED] if asked.flag("archived") else [State.LIVE]
    if asked.flag("archived") and portal.switches.merged_in_archive:
        states.append(State.MERGED)
    records = portal.store.page(view.kind.id, states, asked.after(), limit + 1)
    body: dict[str, Json] = {"results": [_shown(asked, view, record) for record in records[:limit]]}
    if len(records) > limit:
        body["paging"] = {"next": {"after": str(records[limit].id)}}
    return Answer(200, body)


def make(asked: Asked) -> Answer:
    told, kind = asked.json(), asked.kind()
    record = made(asked, kind, told)
    return Answer(201, View(asked.portal, kind).written(record, given(told)))


def made(asked: Asked, kind: Kind, told: Mapping[str, Json]) -> Record:
    """A new record out of an input. Raises Refused."""
    ties = [_tie(asked.portal, kind, one) for one in each(told, "associations")]
    strict = asked.version >= "2026-09" and asked.dated
    return create(asked.portal, kind, given(told), ties, strict=strict)


def read(asked: Asked) -> Answer:
    view, portal = asked.view(), asked.portal
    archived = asked.flag("archived")
    record = _archived(portal, view.kind, asked.parts["id"]) if archived else _record(asked, view.kind)
    return Answer(200, _shown(asked, view, record))


def change(asked: Asked) -> Answer:
    told, kind = asked.json(), asked.kind()
    record = update(asked.portal, kind, _record(asked, kind).id, given(told))
    return Answer(200, View(asked.portal, kind).written(record, given(told)))


def remove(asked: Asked) -> Answer:
    kind = asked.kind()
    key = found(asked.portal, kind, asked.parts["id"], asked.query("idProperty"))
    if key is not None:
        archive(asked.portal, kind, key)
    return Answer(204)


def join(asked: Asked) -> Answer:
    told, kind = asked.json(), asked.kind()
    if kind not in MERGEABLE:
        raise invalid(f"Objects of type {kind.id} cannot be merged", "MERGE_NOT_SUPPORTED")
    ids = [found(asked.portal, kind, str(told.get(name, ""))) for name in ("primaryObjectId", "objectIdToMerge")]
    primary, other = ids
    if primary is None or other is None:
        raise no_such_object()
    if primary == other:
        raise invalid("A record cannot be merged with itself", "INVALID_MERGE")
    return Answer(200, View(asked.portal, kind).shown(merge(asked.portal, kind, primary, other)))


def forget(asked: Asked) -> Answer:
    told = asked.json()
    key = found(asked.portal, CONTACTS, str(told.get("objectId", "")), str(told.get("idProperty") or ""))
    if key is None:
        raise no_such_object()
    erase(asked.portal, CONTACTS, key)
    return Answer(204)


def look(asked: Asked) -> Answer:
    told, kind = asked.json(), asked.kind()
    hits = search(asked.portal, kind, told, len(asked.call.body.decode("utf-8", "replace")))
    view = View(asked.portal, kind, words(told, "properties"))
    body: dict[str, Json] = {"total": hits.total, "results": [view.shown(record) for record in hits.records]}
    if hits.after is not None:
        body["paging"] = {"next": {"after": str(hits.after)}}
    return Answer(200, body)


def _record(asked: Asked, kind: Kind) -> Record:
    key = found(asked.portal, kind, asked.parts["id"], asked.query("idProperty"))
    if key is None:
        raise no_such_object()
    return asked.portal.store.read(kind.id, [key])[key]


def _archived(portal: Portal, kind: Kind, told: str) -> Record:
    key = as_id(told)
    record = None if key is None else portal.store.get(kind.id, key)
    if record is None or record.state is not State.ARCHIVED:
        raise no_such_object()
    return record


def _tie(portal: Portal, kind: Kind, told: Mapping[str, Json]) -> Tie:
    """An association within a new record; it leads to a record that is there, by types that fit one object."""
    for other in BY_ID:
        types = [t for one in each(told, "types") if (t := _type(portal, kind.id, other, one)) is not None]
        if types and len(types) == len(told["types"]):
            key = found(portal, BY_ID[other], str(inner(told, "to").get("id", "")))
            if key is None:
                raise unknown_end()
            return Tie(End(other, key), tuple(types))
    raise invalid("The association types are not valid for this object", "INVALID_ASSOCIATION")


def _type(portal: Portal, source: str, target: str, told: Mapping[str, Json]) -> Any:
    try:
        number = int(told.get("associationTypeId", 0))
        return link_type(portal, source, target, str(told.get("associationCategory", "")), number)
    except (Refused, ValueError, TypeError):
        return None


def _shown(asked: Asked, view: View, record: Record) -> dict[str, Json]:
    """A record with the ids of others, where ``associations`` asks for them."""
    told = view.shown(record)
    names = asked.names("associations")
    found: dict[str, Json] = {}
    for name in names:
        other = kind_named(asked.portal, name)
        ties = linked(asked.portal, End(view.kind.id, record.id), other.id)
        one = {
            "results": [
                {"id": str(key), "type": _worded(view.kind, other, primary=tie_type.primary)}
                for key, types in ties.items()
                for tie_type in types
            ]
        }
        if ties:
            found[other.name] = one
    return {**told, "associations": found} if found else told


def _worded(kind: Kind, other: Kind, *, primary: bool) -> str:
    return f"{kind.singular}_to_{other.singular}" + ("" if primary else "_unlabeled")
