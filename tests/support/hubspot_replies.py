"""HubSpot's replies for unit tests: a few objects in memory behind ``responses``, and what a test puts in the way.

Shapes as in HubSpot's guides. It knows no search index, limits or automations; a test that needs those says what comes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import responses
from requests import PreparedRequest

HOST = "https://api.hubapi.com"
Reply = tuple[int, Any]
Hook = Callable[[str, str, Any], "Reply | None"]
TYPES = {"0-1": "contacts", "0-2": "companies", "0-3": "deals", "0-136": "leads"}
MODIFIED = {"0-1": "lastmodifieddate"}
PLURAL = {"contacts": "0-1", "companies": "0-2", "deals": "0-3", "leads": "0-136"}


def prop(name: str, type_: str = "string", **more: object) -> dict[str, Any]:
    return {"name": name, "label": name.title(), "type": type_, "fieldType": "text", **more}


def choice(name: str, *values: str, field_type: str = "select") -> dict[str, Any]:
    options = [{"label": value.title(), "value": value, "displayOrder": at} for at, value in enumerate(values)]
    return prop(name, "enumeration", fieldType=field_type, options=options)


def fixed(name: str, type_: str = "string") -> dict[str, Any]:
    return prop(name, type_, calculated=True, modificationMetadata={"readOnlyValue": True})


KEY = prop("leadbridge_key", hasUniqueValue=True)
DEAL_STAGES = (
    "appointmentscheduled",
    "qualifiedtobuy",
    "presentationscheduled",
    "decisionmakerboughtin",
    "contractsent",
    "closedwon",
    "closedlost",
)
STAGES = ("subscriber", "lead", "marketingqualifiedlead", "salesqualifiedlead", "opportunity", "customer")
OURS = [fixed("hs_object_id", "number"), fixed("hs_merged_object_ids", "enumeration")]
PROPERTIES: dict[str, list[dict[str, Any]]] = {
    "0-1": [
        *map(prop, ("email", "firstname", "lastname", "phone", "hs_additional_emails")),
        prop("age", "number"),
        prop("born", "date"),
        prop("seen_at", "datetime"),
        prop("agreed", "bool"),
        choice("lifecyclestage", *STAGES),
        choice("interests", "tea", "milk", "sugar", field_type="checkbox"),
        fixed("lastmodifieddate", "datetime"),
        KEY,
        *OURS,
    ],
    "0-2": [prop("name"), prop("domain"), fixed("hs_lastmodifieddate", "datetime"), KEY, *OURS],
    "0-3": [
        prop("dealname"),
        choice("pipeline", "default"),
        choice("dealstage", "old"),
        fixed("hs_lastmodifieddate", "datetime"),
        *OURS,
    ],
    "0-136": [prop("hs_lead_name"), fixed("hs_lastmodifieddate", "datetime"), *OURS],
}


@dataclass
class Portal:
    """An account. ``hooks`` may answer a call instead of it: (method, path, body) -> (status, body), or None."""

    records: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {one: {} for one in TYPES})
    links: dict[tuple[str, str], dict[tuple[str, str], set[int]]] = field(default_factory=dict)
    properties: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {type_: list(found) for type_, found in PROPERTIES.items()}
    )
    validations: list[dict[str, Any]] = field(default_factory=list)
    owners: list[dict[str, Any]] = field(default_factory=list)
    hooks: list[Hook] = field(default_factory=list)
    calls: list[tuple[str, str, Any]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    now: datetime = datetime(2026, 11, 1, 12, tzinfo=UTC)
    ids: Iterator[int] = field(default_factory=lambda: count(101))

    def add(self, type_: str, **values: str) -> str:
        id_ = str(next(self.ids))
        row = {"id": id_, "properties": {"hs_object_id": id_}, "archived": False}
        self.records[type_][id_] = row
        self.edit(type_, id_, values)
        return id_

    def edit(self, type_: str, id_: str, values: Mapping[str, str]) -> None:
        self.now += timedelta(seconds=1)
        row = self.records[type_][id_]
        stage = row["properties"].get("lifecyclestage")
        new = dict(values)
        if stage and new.get("lifecyclestage") in STAGES and STAGES.index(new["lifecyclestage"]) < STAGES.index(stage):
            del new["lifecyclestage"]  # only forward, and not a word
        row["properties"] |= {name: value or None for name, value in new.items()}
        if row["properties"].get("email"):
            row["properties"]["email"] = row["properties"]["email"].lower()
        row["updatedAt"] = row["properties"][MODIFIED.get(type_, "hs_lastmodifieddate")] = _iso(self.now)

    def archive(self, type_: str, id_: str) -> None:
        self.now += timedelta(seconds=1)
        self.records[type_][id_] |= {"archived": True, "archivedAt": _iso(self.now)}

    def merge(self, type_: str, loser: str, winner: str) -> None:
        del self.records[type_][loser]
        self.edit(type_, winner, {"hs_merged_object_ids": loser})

    def link(self, pair: tuple[str, str], source: str, target: str, *types: int) -> None:
        self.links.setdefault(pair, {}).setdefault((source, target), set()).update(types)

    def there(self, type_: str) -> list[dict[str, Any]]:
        return [row for _, row in sorted(self.records[type_].items(), key=lambda i: int(i[0])) if not row["archived"]]

    def answer(self, request: PreparedRequest) -> tuple[int, dict[str, str], str]:
        parts = urlsplit(request.url or "")
        body = json.loads(request.body) if request.body else parse_qs(parts.query)
        method, path = str(request.method), re.sub(r"/2026-03", "", parts.path)
        self.calls.append((method, path, body))
        told = next((found for hook in self.hooks if (found := hook(method, path, body)) is not None), None)
        status, reply = told or self._route(method, path, body)
        text = "" if reply is None else json.dumps(reply)
        return status, {"Date": format_datetime(self.now, usegmt=True), **self.headers}, text

    def _route(self, method: str, path: str, body: Any) -> Reply:
        segments = path.strip("/").split("/")[1:]
        area, rest = segments[0], segments[1:]
        if area == "owners":
            archived = body.get("archived") == ["true"]
            return 200, {"results": [one for one in self.owners if one["archived"] == archived]}
        if area == "property-validations":
            return 200, {"results": self.validations}
        if area == "pipelines":
            return 200, {"results": [{"id": "default", "stages": [{"id": one} for one in DEAL_STAGES]}]}
        if area == "properties":
            return self._properties(method, rest[0], body)
        if area == "associations":
            return self._associations((rest[0], rest[1]), rest[-1], body)
        return self._objects(rest[0], "/".join(rest[1:]), body)

    def _properties(self, method: str, type_: str, body: Any) -> Reply:
        if method == "GET":
            found = self.properties.get(type_)
            return (404, {"category": "OBJECT_NOT_FOUND"}) if found is None else (200, {"results": found})
        self.properties[type_].append(dict(body))
        return 201, body

    def _objects(self, type_: str, verb: str, body: Any) -> Reply:
        if not verb:
            return 200, self._page(type_, body)
        if verb == "search":
            return 200, {"results": self._search(type_, body)}
        return {
            "batch/read": self._read,
            "batch/create": self._create,
            "batch/update": self._update,
            "batch/archive": self._archive,
        }[verb](type_, body)

    def _page(self, type_: str, query: Mapping[str, list[str]]) -> dict[str, Any]:
        archived = query.get("archived") == ["true"]
        rows = [row for row in self.records[type_].values() if row["archived"] == archived]
        rows = [row for row in rows if int(row["id"]) >= int(query.get("after", ["0"])[0])]
        size = int(query["limit"][0])
        names = query["properties"][0].split(",")
        page: dict[str, Any] = {"results": [_shown(row, names) for row in rows[:size]]}
        return page | ({"paging": {"next": {"after": rows[size]["id"]}}} if len(rows) > size else {})

    def _search(self, type_: str, body: Mapping[str, Any]) -> list[dict[str, Any]]:
        found = [row for row in self.there(type_) if all(_passes(row, f) for f in body["filterGroups"][0]["filters"])]
        return [_shown(row, body["properties"]) for row in found[: body["limit"]]]

    def _read(self, type_: str, body: Mapping[str, Any]) -> Reply:
        by = body.get("idProperty") or "hs_object_id"
        rows = {row["properties"].get(by): row for row in self.there(type_)}
        ids = [one["id"] for one in body["inputs"]]
        found = [_shown(rows[one], body["properties"]) for one in ids if one in rows]
        missing = [one for one in ids if one not in rows]
        return (207 if missing else 200), {"results": found, **(_not_found(missing) if missing else {})}

    def _create(self, type_: str, body: Mapping[str, Any]) -> Reply:
        results, errors = [], []
        for one in body["inputs"]:
            problem = self._taken(type_, one["properties"])
            if problem:
                errors.append({**problem, "context": {"objectWriteTraceId": [one["objectWriteTraceId"]]}})
                continue
            id_ = self.add(type_, **one["properties"])
            for link in one["associations"]:
                types = [kind["associationTypeId"] for kind in link["types"]]
                self.link((type_, _target(type_, types[0])), id_, link["to"]["id"], *types)
            results.append(_shown(self.records[type_][id_], one["properties"]))
        results.reverse()  # in no order
        return (207 if errors else 201), {"results": results, "errors": errors, "numErrors": len(errors)}

    def _taken(self, type_: str, values: Mapping[str, str]) -> dict[str, Any] | None:
        for row in self.there(type_):
            stored = row["properties"]
            if values.get("leadbridge_key") and stored.get("leadbridge_key") == values["leadbridge_key"]:
                return {"category": "VALIDATION_ERROR", "message": "leadbridge_key is used already"}
            if values.get("email") and stored.get("email") == values["email"].lower():
                return {"category": "CONFLICT", "message": f"Contact already exists. Existing ID: {row['id']}"}
        return None

    def _update(self, type_: str, body: Mapping[str, Any]) -> Reply:
        known = {row["id"] for row in self.there(type_)}
        for one in body["inputs"]:
            if one["id"] in known:
                self.edit(type_, one["id"], one["properties"])
        missing = [one["id"] for one in body["inputs"] if one["id"] not in known]
        done = [_shown(self.records[type_][o["id"]], o["properties"]) for o in body["inputs"] if o["id"] in known]
        return (207 if missing else 200), {"results": done, **(_not_found(missing) if missing else {})}

    def _archive(self, type_: str, body: Mapping[str, Any]) -> Reply:
        for one in body["inputs"]:
            self.archive(type_, one["id"])
        return 204, None

    def _associations(self, pair: tuple[str, str], verb: str, body: Mapping[str, Any]) -> Reply:
        links = self.links.setdefault(pair, {})
        if verb == "read":
            results = []
            for one in body["inputs"]:
                to = [
                    {
                        "toObjectId": int(t),
                        "associationTypes": [{"category": "HUBSPOT_DEFINED", "typeId": n} for n in ns],
                    }
                    for (s, t), ns in links.items()
                    if s == one["id"]
                ]
                results += [{"from": {"id": one["id"]}, "to": to}] if to else []
            return 200, {"results": results}
        for one in body["inputs"]:
            if verb == "create":
                types = [kind["associationTypeId"] for kind in one["types"]]
                self.link(pair, one["from"]["id"], one["to"]["id"], *types)
            else:
                for to in one["to"]:
                    links.pop((one["from"]["id"], to["id"]), None)
        return (201, {"results": []}) if verb == "create" else (204, None)


def _target(type_: str, number: int) -> str:
    return {1: "0-2", 5: "0-2", 580: "0-2", 3: "0-1", 578: "0-1", 582: "0-3", 14: "0-2"}[number]


def _shown(row: Mapping[str, Any], names: Any) -> dict[str, Any]:
    always = {n: v for n, v in row["properties"].items() if n in {"hs_object_id", "hs_lastmodifieddate", "email"}}
    asked = {name: row["properties"].get(name) for name in names}
    return {**row, "properties": {**always, **asked}}


def _not_found(ids: list[str]) -> dict[str, Any]:
    error = {"status": "error", "category": "OBJECT_NOT_FOUND", "message": "not there", "context": {"ids": ids}}
    return {"errors": [error], "numErrors": 1}


def _passes(row: Mapping[str, Any], wanted: Mapping[str, str]) -> bool:
    stored, value = row["properties"].get(wanted["propertyName"]), wanted["value"]
    if wanted["operator"] == "EQ":
        return bool(stored == value)
    if wanted["propertyName"] == "hs_object_id":
        return int(stored) > int(value)
    return bool(datetime.fromisoformat(stored).timestamp() * 1000 >= int(value))


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@contextmanager
def served(portal: Portal) -> Iterator[responses.RequestsMock]:
    """The account answers every call to HubSpot; any other host is not there."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("GET", "POST"):
            mock.add_callback(method, re.compile(re.escape(HOST) + "/crm/.*"), callback=portal.answer)
        yield mock
