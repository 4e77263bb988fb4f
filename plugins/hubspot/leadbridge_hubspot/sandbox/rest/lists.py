"""Lists of records: static ones, whose members are put in and taken out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from leadbridge_hubspot.sandbox.crm.keys import found_all
from leadbridge_hubspot.sandbox.objects import BY_ID
from leadbridge_hubspot.sandbox.portal import iso
from leadbridge_hubspot.sandbox.refusals import Refused, invalid
from leadbridge_hubspot.sandbox.rest.answers import Answer
from leadbridge_hubspot.sandbox.rest.asking import Asked, kind_named
from leadbridge_hubspot.sandbox.shapes import whole, words

Json = Any
_STATIC = ("MANUAL", "SNAPSHOT")


def make(asked: Asked) -> Answer:
    told, portal = asked.json(), asked.portal
    if not told.get("name") or told.get("processingType") not in _STATIC:
        raise invalid(f"name must be set, and processingType be one of {_STATIC}", "INVALID_LIST", "processingType")
    lists = portal.kept("list")
    if any(one["name"] == told["name"] for one in lists.values()):
        raise invalid(f"A list named {told['name']} already exists", "DUPLICATE_LIST_NAME", "name")
    key, now = str(max(map(int, lists), default=0) + 1), iso(portal.now())
    kept = {
        "listId": key,
        "name": str(told["name"]),
        "objectTypeId": kind_named(portal, str(told.get("objectTypeId", ""))).id,
        "processingType": told["processingType"],
        "processingStatus": "COMPLETE",
        "listVersion": 1,
        "createdAt": now,
        "updatedAt": now,
        "members": {},
    }
    portal.keep("list", key, kept)
    return Answer(200, {"list": _shown(kept)})


def read(asked: Asked) -> Answer:
    return Answer(200, {"list": _shown(_list(asked))})


def read_by_name(asked: Asked) -> Answer:
    """Names are of one object's lists each."""
    kind, name = kind_named(asked.portal, asked.parts["object"]), unquote(asked.parts["name"])
    for one in asked.portal.kept("list").values():
        if (one["objectTypeId"], one["name"]) == (kind.id, name):
            return Answer(200, {"list": _shown(one)})
    raise Refused(404, "OBJECT_NOT_FOUND", f"List {name} does not exist")


def look(asked: Asked) -> Answer:
    """By a part of the name, or by ids."""
    told = asked.json()
    query, ids = str(told.get("query") or "").lower(), set(words(told, "listIds"))
    count, start = whole(told, "count", 20), whole(told, "offset")
    hits = [
        {**_plain(one), "additionalProperties": {"hs_list_size": str(len(one["members"]))}}
        for key, one in sorted(asked.portal.kept("list").items(), key=lambda pair: int(pair[0]))
        if query in one["name"].lower() and (not ids or key in ids)
    ]
    page = hits[start : start + count]
    more = start + len(page) < len(hits)
    return Answer(200, {"lists": page, "total": len(hits), "offset": start + len(page), "hasMore": more})


def remove(asked: Asked) -> Answer:
    asked.portal.forget("list", _list(asked)["listId"])
    return Answer(204)


def members(asked: Asked) -> Answer:
    """By record id; ``after`` is the last one of the page before."""
    limit, after = asked.number("limit", 100, 250), asked.after()
    ids = sorted((int(key), at) for key, at in _list(asked)["members"].items() if int(key) > after)
    body: dict[str, Json] = {"results": [{"recordId": str(k), "membershipTimestamp": at} for k, at in ids[:limit]]}
    if len(ids) > limit:
        body["paging"] = {"next": {"after": str(ids[limit - 1][0])}}
    return Answer(200, body)


def add(asked: Asked) -> Answer:
    return _changed(asked, _ids(_bare(asked)), [])


def take_out(asked: Asked) -> Answer:
    return _changed(asked, [], _ids(_bare(asked)))


def change(asked: Asked) -> Answer:
    told = asked.json()
    return _changed(asked, words(told, "recordIdsToAdd"), words(told, "recordIdsToRemove"))


def _changed(asked: Asked, added: list[str], removed: list[str]) -> Answer:
    """Unknown ids are passed over without a word."""
    kept, portal = _list(asked), asked.portal
    kind, now = BY_ID[kept["objectTypeId"]], iso(portal.now())
    there = [one for one, key in found_all(portal, kind, added).items() if key is not None]
    members = dict(kept["members"])
    fresh = [one for one in there if one not in members]
    gone = [one for one in removed if one in members]
    members |= dict.fromkeys(fresh, now)
    kept = {**kept, "members": {key: at for key, at in members.items() if key not in gone}, "updatedAt": now}
    portal.keep("list", kept["listId"], kept)
    return Answer(200, {"recordsIdsAdded": fresh, "recordIdsRemoved": gone, "recordIdsMissing": []})


def _list(asked: Asked) -> Mapping[str, Json]:
    one = asked.portal.kept("list").get(asked.parts["id"])
    if one is None:
        raise Refused(404, "OBJECT_NOT_FOUND", f"List {asked.parts['id']} does not exist")
    return dict(one)


def _shown(kept: Mapping[str, Json]) -> dict[str, Json]:
    return {**_plain(kept), "size": len(kept["members"])}


def _plain(kept: Mapping[str, Json]) -> dict[str, Json]:
    """As a search shows it, which tells the size elsewhere."""
    return {name: value for name, value in kept.items() if name != "members"}


def _bare(asked: Asked) -> Json:
    """A body that is a bare list of ids."""
    try:
        return json.loads(asked.call.body)
    except (ValueError, RecursionError):
        return None


def _ids(told: Json) -> list[str]:
    if not isinstance(told, list):
        raise Refused(400, "VALIDATION_ERROR", "Invalid input JSON: a list of record ids was expected")
    return [str(one) for one in told]
