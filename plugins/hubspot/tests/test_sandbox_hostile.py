"""Whatever is sent, the sandbox answers as HubSpot would, and never with an error of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from hubspot_served import Client, served_portal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from leadbridge_hubspot.sandbox.rest.routing import Rest
from leadbridge_hubspot.sandbox.stand_in import HubSpotSandbox

from leadbridge.sandbox import Call, Options

WORDS = st.sampled_from(
    ["", "1001", "7", "9" * 30, "-1", "email", "EQ", "IN", "lead", "HUBSPOT_DEFINED", "MANUAL", "0-1", "a@b.example"]
)
LEAVES = st.none() | st.booleans() | st.integers(-5, 2**70) | st.floats(allow_nan=False) | WORDS | st.just("\ud800")
ANYTHING = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3))


def shaped(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Mostly as it should be; any part may be missing, or be something else."""
    return st.fixed_dictionaries({}, optional={name: part | ANYTHING for name, part in parts.items()})


END = shaped(id=WORDS)
TYPES = st.lists(shaped(associationCategory=WORDS, associationTypeId=st.integers(0, 300)) | ANYTHING, max_size=2)
NAMES = st.sampled_from(
    ["email", "firstname", "lifecyclestage", "hs_object_id", "product_interest", "closedate", "nope"]
)
PROPERTIES = st.dictionaries(NAMES, LEAVES, max_size=3)
TIES = st.lists(shaped(to=END, types=TYPES) | ANYTHING, max_size=2)
INPUT = shaped(id=WORDS, idProperty=NAMES, properties=PROPERTIES, objectWriteTraceId=WORDS, associations=TIES)
LINK = st.fixed_dictionaries({"from": END | ANYTHING, "to": END | st.lists(END, max_size=2) | ANYTHING, "types": TYPES})
FILTER = shaped(propertyName=NAMES, operator=WORDS, value=WORDS, highValue=WORDS, values=st.lists(WORDS, max_size=2))
GROUPS = st.lists(shaped(filters=st.lists(FILTER | ANYTHING, max_size=2)) | ANYTHING, max_size=2)
SORTS = st.lists(shaped(propertyName=NAMES, direction=WORDS) | ANYTHING, max_size=1)
OPTION = shaped(label=WORDS, value=WORDS)
BATCH = shaped(inputs=st.lists(INPUT | ANYTHING, min_size=1, max_size=3), properties=st.lists(NAMES), idProperty=NAMES)
LINKING = shaped(inputs=st.lists(LINK | INPUT | ANYTHING, min_size=1, max_size=3))
SEARCH = shaped(filterGroups=GROUPS, sorts=SORTS, limit=WORDS, after=WORDS, query=WORDS, properties=st.lists(NAMES))
MERGE = shaped(primaryObjectId=WORDS, objectIdToMerge=WORDS, objectId=WORDS, idProperty=NAMES)
OPTIONS = st.lists(OPTION | ANYTHING, max_size=2)
PROPERTY = shaped(label=WORDS, name=NAMES, type=st.just("string"), fieldType=WORDS, groupName=WORDS, options=OPTIONS)
LIST = shaped(
    name=WORDS, processingType=WORDS, objectTypeId=WORDS, query=WORDS, count=WORDS, offset=WORDS, listIds=TIES
)
FIELDS = st.lists(shaped(name=NAMES, value=LEAVES, objectTypeId=WORDS) | ANYTHING, max_size=2)
MEMBERS = shaped(recordIdsToAdd=st.lists(WORDS | ANYTHING), recordIdsToRemove=st.lists(WORDS))
OBJECTS, LINKS = "/crm/v3/objects/contacts", "/crm/v4/associations/contacts/companies"
CALLS = (
    ("POST", OBJECTS, INPUT),
    ("POST", f"{OBJECTS}/search", SEARCH),
    ("POST", f"{OBJECTS}/merge", MERGE),
    ("POST", f"{OBJECTS}/gdpr-delete", MERGE),
    ("PATCH", f"{OBJECTS}/1001", INPUT),
    *(("POST", f"{OBJECTS}/batch/{deed}", BATCH) for deed in ("read", "create", "update", "upsert", "archive")),
    *(
        ("POST", f"{LINKS}/batch/{deed}", LINKING)
        for deed in ("read", "create", "associate/default", "archive", "labels/archive")
    ),
    ("POST", f"{LINKS}/labels", shaped(label=WORDS, inverseLabel=WORDS, name=WORDS)),
    ("PUT", "/crm/v4/objects/contacts/1001/associations/companies/1001", TYPES),
    ("POST", "/crm/v3/properties/contacts", PROPERTY),
    ("PATCH", "/crm/v3/properties/contacts/leadbridge_key", PROPERTY),
    ("POST", "/crm/v3/lists", LIST),
    ("POST", "/crm/v3/lists/search", LIST),
    ("PUT", "/crm/v3/lists/1/memberships/add", st.lists(WORDS | ANYTHING)),
    ("PUT", "/crm/v3/lists/1/memberships/add-and-remove", MEMBERS),
    (
        "POST",
        "/submissions/v3/integration/secure/submit/4711001/0f0e0d0c-0b0a-4908-8706-050403020100",
        shaped(fields=FIELDS, submittedAt=WORDS),
    ),
)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[HubSpotSandbox]:
    made = HubSpotSandbox(Options("empty", switches={"burst": 10**9, "daily": 10**9, "search_per_second": 10**9}))
    made.switch("association_burst", 10**9)
    for name, given_ in (("contacts", {"email": "a@b.example"}), ("companies", {"name": "A"})):
        body = json.dumps({"properties": given_}).encode()
        made._rest.answer(Call("POST", f"/crm/v3/objects/{name}", "", {"authorization": f"Bearer {made.token}"}, body))
    yield made
    made.close()


@pytest.mark.parametrize(("method", "path", "bodies"), CALLS, ids=[path for _, path, _ in CALLS])
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bodies_of_all_shapes(
    sandbox: HubSpotSandbox, method: str, path: str, bodies: st.SearchStrategy[Any], data: st.DataObject
) -> None:
    body = data.draw(bodies | ANYTHING)
    headers = {"authorization": f"Bearer {sandbox.token}"}
    rest: Rest = sandbox._rest
    answer = rest.answer(Call(method, path, "", headers, json.dumps(body).encode()))
    assert answer.status < 500
    answer.response()


BODIES = (
    {"update": {"1001": {"email": "a@b.example"}}},
    {"update": ["1001"]},
    {"create": ["a@b.example"]},
    {"archive": 1001},
    {"merge": ["1001"]},
    {"object": "nope"},
)


def test_what_others_do_may_be_told_wrong() -> None:
    """One sentence, and nothing of it is done."""
    with served_portal() as portal:
        for body in BODIES:
            said = {"object": "contacts", "create": [{"firstname": "P"}], **body}
            reply = requests.post(f"{portal.control_url}/records", json=said, timeout=120)
            assert (reply.status_code, list(reply.json())) == (400, ["error"]), body
        assert portal.get("objects/contacts")["results"] == []


def test_more_records_of_one_second_than_a_search_can_reach() -> None:
    """10,200 contacts that bear one stamp: each is read once, by its id."""
    with served_portal(burst=10_000, search_per_second=1000, index_lag=0) as portal:
        portal.sandbox.clock.freeze()
        rows = [{"firstname": f"P{n}"} for n in range(10_200)]
        portal.control("POST", "/records", object="contacts", create=rows)
        assert _read_all(portal) == [str(1001 + n) for n in range(10_200)]


def _read_all(portal: Client) -> list[str]:
    seen, last = list[str](), "0"
    while True:
        filters = [
            {"propertyName": "lastmodifieddate", "operator": "GTE", "value": "0"},
            {"propertyName": "hs_object_id", "operator": "GT", "value": last},
        ]
        sorts = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
        told = {"filterGroups": [{"filters": filters}], "sorts": sorts, "limit": 200}
        page = portal.post("objects/contacts/search", told)["results"]
        if not page:
            return seen
        seen += [one["id"] for one in page]
        last = seen[-1]
