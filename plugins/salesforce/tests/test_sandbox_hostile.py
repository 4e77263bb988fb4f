"""Whatever is sent to the sandbox, it answers as an org would: never a fault of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from leadbridge_salesforce.sandbox.schema import standard_org
from leadbridge_salesforce.sandbox.soap.envelope import EnvelopeError, read
from org_served import Client, served_org

ORG = standard_org()
FIELDS = sorted({f.name for o in ORG.objects for f in o.fields} | {"Account", "Owner", "attributes", "Nope__c", ""})
OBJECTS = sorted(o.name for o in ORG.objects)
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats(allow_nan=True, allow_infinity=True)
    | st.text(max_size=20)
    | st.sampled_from(
        ["2026-01-01", "2026-13-01", "2026-01-01T00:00:00Z", "00Q000000000001", "@{x.id}", "a@b.c", "\x00"]
    )
)
VALUES = st.recursive(
    PLAIN, lambda v: st.lists(v, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), v, max_size=3)
)
RECORDS = st.dictionaries(st.sampled_from(FIELDS), VALUES, max_size=6)
TYPED = st.builds(lambda o, r: {**r, "attributes": {"type": o}}, st.sampled_from([*OBJECTS, "Nope", ""]), RECORDS)
SMALL = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def org() -> Iterator[Client]:
    with served_org(daily_calls=10**6) as client:
        yield client


def answered(org: Client, method: str, path: str, told: object) -> None:
    reply = org.http.request(method, f"{org.url}{org.base}/{path}", data=json.dumps(told), timeout=20)
    assert reply.status_code < 500, reply.text
    if reply.status_code >= 400:
        assert all(error["errorCode"] and error["message"] for error in reply.json())


@SMALL
@given(st.sampled_from(OBJECTS), RECORDS)
def test_records(org: Client, object: str, record: dict[str, Any]) -> None:
    answered(org, "POST", f"sobjects/{object}", record)
    answered(org, "PATCH", f"sobjects/{object}/HubSpot_Id__c/a", record)
    answered(org, "PATCH", f"sobjects/{object}/00QSb0000000001", record)


@SMALL
@given(st.sampled_from(["POST", "PATCH"]), st.lists(TYPED | VALUES, max_size=4) | VALUES, VALUES)
def test_collections(org: Client, method: str, records: object, flag: object) -> None:
    told = {"records": records, "allOrNone": flag}
    answered(org, method, "composite/sobjects", told)
    answered(org, "PATCH", "composite/sobjects/Lead/HubSpot_Id__c", told)
    answered(org, "POST", "composite/sobjects/Lead", {"ids": records, "fields": flag})
    answered(org, "POST", "composite/tree/Account", told)


SUBS = st.fixed_dictionaries(
    {},
    optional={
        "referenceId": st.sampled_from(["a", "b", "@"]) | VALUES,
        "method": st.sampled_from(["GET", "POST", "PATCH", "DELETE"]) | VALUES,
        "url": st.sampled_from(["/services/data/v67.0/sobjects/Lead", "/services/data/v67.0/sobjects/Lead/@{a.id}"])
        | VALUES,
        "body": RECORDS | VALUES,
        "richInput": VALUES,
        "httpHeaders": VALUES,
    },
)


@SMALL
@given(st.lists(SUBS, max_size=4) | VALUES, VALUES)
def test_composites(org: Client, requests: object, flag: object) -> None:
    answered(org, "POST", "composite", {"compositeRequest": requests, "allOrNone": flag})
    answered(org, "POST", "composite/batch", {"batchRequests": requests, "haltOnError": flag})


@SMALL
@given(VALUES)
def test_whole_bodies(org: Client, told: object) -> None:
    for path in ("sobjects/Lead", "composite", "composite/sobjects", "composite/batch", "tooling/sobjects/CustomField"):
        answered(org, "POST", path, told)
    answered(org, "POST", "tooling/sobjects/CustomField", {"FullName": told, "Metadata": told})
    answered(
        org,
        "POST",
        "tooling/sobjects/CustomField",
        {"FullName": "Lead.X__c", "Metadata": {"type": "Text", "length": told}},
    )


@SMALL
@given(st.text(max_size=30), st.text(max_size=30))
def test_addresses(org: Client, one: str, other: str) -> None:
    for path in (
        f"sobjects/{one}/{other}",
        f"query/{one}",
        f"sobjects/Lead/updated/?start={one}&end={other}",
        f"query?q={one}",
    ):
        reply = org.http.get(f"{org.url}{org.base}/{path}", timeout=20)
        assert reply.status_code < 500, reply.text


CONTROL = ("clock", "faults", "profile", "switches", "rules", "access", "fields", "records", "mapping")
TOLD = (
    "now",
    "advance",
    "frozen",
    "kind",
    "seed",
    "rates",
    "times",
    "validation",
    "assignment",
    "duplicate",
    "object",
    "field",
)
STEERED = st.dictionaries(
    st.sampled_from([*TOLD, "hide", "lock", "create", "update", "delete", "late", "present"]), VALUES
)


@SMALL
@given(st.sampled_from(CONTROL), STEERED | VALUES)
def test_control(org: Client, path: str, told: object) -> None:
    reply = requests.post(f"{org.control_url}/{path}", data=json.dumps(told), timeout=20)
    assert reply.status_code in {200, 400, 405}, reply.text
    if reply.status_code == 400:
        assert reply.json()["error"]
    org.sandbox.faults.clear()
    org.control("DELETE", "/rules")
    org.control("POST", "/clock", now="2026-06-01T12:00:00+00:00", frozen=False)


JOB = st.dictionaries(
    st.sampled_from(
        ["object", "operation", "externalIdFieldName", "contentType", "lineEnding", "columnDelimiter", "query"]
    ),
    st.sampled_from(
        ["Lead", "insert", "upsert", "delete", "query", "CSV", "LF", "CRLF", "COMMA", "TAB", "HubSpot_Id__c"]
    )
    | VALUES,
)


@SMALL
@given(
    JOB,
    st.binary(max_size=60) | st.text('LastName,Company\n\r"#N/A;x\t', max_size=60).map(str.encode),
    st.text(max_size=20),
)
def test_jobs(org: Client, told: dict[str, Any], data: bytes, query: str) -> None:
    answered(org, "POST", "jobs/query", {"operation": "query", "query": query, **told})
    body = json.dumps({"object": "Lead", "operation": "insert", **told})
    made = org.http.post(f"{org.url}{org.base}/jobs/ingest", data=body, timeout=20)
    assert made.status_code < 500, made.text
    key = made.json()["id"] if made.status_code == 200 else "none"
    path = f"{org.url}{org.base}/jobs/ingest/{key}"
    for reply in (
        org.http.put(f"{path}/batches", data=data, headers={"Content-Type": "text/csv"}, timeout=20),
        org.http.patch(path, json={"state": "UploadComplete"}, timeout=20),
        *(org.http.get(path, timeout=20) for _ in range(3)),
        org.http.get(f"{path}/failedResults/", timeout=20),
    ):
        assert reply.status_code < 500, reply.text


ELEMENTS = st.sampled_from(["leadId", "accountId", "contactId", "convertedStatus", "ownerId", "opportunityName", "x"])
TEXTS = st.text(st.characters(min_codepoint=32, max_codepoint=0xD7FF), max_size=20) | st.sampled_from(
    ["true", "Closed - Converted", "00Q000000000001", "001000000000001"]
)


@SMALL
@given(
    st.lists(st.lists(st.tuples(ELEMENTS, TEXTS), max_size=5), max_size=3),
    st.sampled_from(["convertLead", "merge", "delete"]),
)
def test_operations(org: Client, requests_: list[list[tuple[str, str]]], operation: str) -> None:
    inner = "".join(
        f"<leadConverts>{''.join(f'<{name}>{escape(text)}</{name}>' for name, text in one)}</leadConverts>"
        for one in requests_
    )
    body = (
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header><SessionHeader><sessionId>'
        f"{org.sandbox.token}</sessionId></SessionHeader></e:Header><e:Body><{operation}>{inner}</{operation}></e:Body></e:Envelope>"
    )
    reply = org.http.post(f"{org.url}/services/Soap/u/67.0", data=body.encode(), timeout=20)
    assert b"Fault" in reply.content if reply.status_code == 500 else reply.status_code == 200, reply.text


@SMALL
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_envelopes(body: bytes) -> None:
    with pytest.raises(EnvelopeError):
        read(body)
