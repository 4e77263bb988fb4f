"""Replies of an org, canned: for tests of one part of the provider. Whole flows are tested against the sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

import requests
import responses
from leadbridge_salesforce.provider import SalesforceProvider
from leadbridge_salesforce.settings import SalesforceSettings

from leadbridge.provider import Site

HOME = "https://acme.my.salesforce.com"
DATA = f"{HOME}/services/data/v66.0"
DATE = "Sat, 31 Jan 2026 12:00:00 GMT"


def field(name: str, type: str = "string", **more: Any) -> dict[str, Any]:
    standard = {"label": name, "length": 80, "createable": True, "updateable": True, "nillable": True}
    return {"name": name, "type": type, **standard, "filterable": True, **more}


def read_only(name: str, type: str) -> dict[str, Any]:
    return field(name, type, createable=False, updateable=False)


SYSTEM = [
    read_only("Id", "id"),
    read_only("SystemModstamp", "datetime"),
    read_only("IsDeleted", "boolean"),
    read_only("MasterRecordId", "reference"),
]
LEAD = [
    *SYSTEM,
    field("LastName", nillable=False),
    field("Company"),
    field("Email", "email"),
    field("Amount__c", "currency", scale=2),
    field("Employees", "int"),
    field("HasOptedOutOfEmail", "boolean", nillable=False, defaultedOnCreate=True),
    field("OwnerId", "reference", nillable=False, defaultedOnCreate=True, referenceTo=["Group", "User"]),
    field("Address", "address"),
    field("LastViewedDate", "datetime"),
    read_only("IsConverted", "boolean"),
    read_only("ConvertedContactId", "reference"),
    field("LeadBridge_Key__c", unique=True, externalId=True),
]


def describe(name: str = "Lead", fields: list[dict[str, Any]] | None = None) -> None:
    body = {"name": name, "label": name, "fields": LEAD if fields is None else fields, "createable": True}
    responses.get(f"{DATA}/sobjects/{name}/describe", json={**body, "updateable": True, "deletable": True})
    responses.add_callback(responses.POST, f"{DATA}/composite", _composite)
    responses.add_callback(responses.POST, f"{DATA}/composite/sobjects/{name}", _retrieved)


def _retrieved(request: Any) -> tuple[int, dict[str, str], str]:
    """Records by id: what a query for them would give."""
    asked, name = json.loads(request.body), request.url.rsplit("/", 1)[-1]
    found = _queried(f"SELECT {','.join(asked['fields'])} FROM {name} WHERE Id IN {asked['ids']}")
    by_id = {row["Id"]: row for row in (found or {"records": []})["records"]}
    return 200, {}, json.dumps([by_id.get(one) for one in asked["ids"]])


def _composite(request: Any) -> tuple[int, dict[str, str], str]:
    """Several reads in one call: each as it is answered alone."""
    known = {one.url: json.loads(one.body) for one in responses.registered() if isinstance(one, responses.Response)}
    answers = []
    for asked in json.loads(request.body)["compositeRequest"]:
        path, _, query = asked["url"].partition("?q=")
        body = _queried(unquote_plus(query)) if query else known.get(HOME + path)
        status = 404 if body is None else 200
        answers.append({"httpStatusCode": status, "body": body, "referenceId": asked["referenceId"]})
    return 200, {}, json.dumps({"compositeResponse": answers})


def _queried(text: str) -> Any:
    there = any(str(one.url).startswith(f"{DATA}/query/") for one in responses.registered())
    return requests.get(f"{DATA}/query/", {"q": text}, timeout=1).json() if there else None


def provider(folder: Path, **settings: Any) -> SalesforceProvider:
    settings = {
        "auth": "session",
        "session_token": "t",
        "domain": "acme.my",
        "api_version": "66.0",
        "objects": ["Lead"],
    } | settings
    return SalesforceProvider(Site("sf", folder), SalesforceSettings(**settings))


def lead(number: int, stamp: str = "2026-01-30T10:00:00.000+0000", **values: Any) -> dict[str, Any]:
    system = {"Id": ident(number), "SystemModstamp": stamp, "IsDeleted": False, "MasterRecordId": None}
    return {"attributes": {"type": "Lead"}, **system, "LastName": f"n{number}", "IsConverted": False, **values}


def ident(number: int) -> str:
    return f"00Q{number:012d}AAA"


def page(records: list[dict[str, Any]], more: str | None = None, total: int | None = None) -> dict[str, Any]:
    rest = {} if more is None else {"nextRecordsUrl": f"/services/data/v66.0/query/{more}"}
    return {"totalSize": len(records) if total is None else total, "done": more is None, "records": records, **rest}


@contextmanager
def queries(answer: Callable[[str], Any], path: str = "query") -> Iterator[list[str]]:
    """Answers queries by their text; gives the texts that were asked."""
    asked: list[str] = []

    def reply(request: Any) -> tuple[int, dict[str, str], str]:
        (text,) = parse_qs(urlsplit(request.url).query)["q"]
        asked.append(text)
        body = answer(text)
        status = 400 if isinstance(body, list) else 200
        return status, {"Date": DATE}, json.dumps(body)

    responses.add_callback(responses.GET, f"{DATA}/{path}/", reply)
    yield asked


def body(call: responses.Call) -> Any:
    raw = call.request.body
    return json.loads(raw or "null")
