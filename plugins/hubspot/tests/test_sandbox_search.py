"""Search: operators, caps, the index that comes late."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hubspot_served import Client, code_of, served_portal


@pytest.fixture
def portal() -> Iterator[Client]:
    with served_portal(burst=10_000) as client:
        yield client


def where(name: str, operator: str, value: Any = None, **more: Any) -> dict[str, Any]:
    told = {"propertyName": name, "operator": operator, **more}
    return told if value is None else {**told, "value": value}


@pytest.mark.parametrize(
    ("filter", "found"),
    [
        (where("firstname", "EQ", "ADA"), "a"),
        (where("firstname", "NEQ", "Ada"), "b"),
        (where("annualrevenue", "GT", "9"), "b"),
        (where("annualrevenue", "LTE", "9"), "a"),
        (where("annualrevenue", "BETWEEN", "9", highValue="10"), "ab"),
        (where("firstname", "IN", values=["ada", "bo"]), "ab"),
        (where("firstname", "IN", values=["Ada"]), ""),
        (where("firstname", "NOT_IN", values=["ada"]), "b"),
        (where("firstname", "HAS_PROPERTY"), "ab"),
        (where("firstname", "NOT_HAS_PROPERTY"), "c"),
        (where("email", "CONTAINS_TOKEN", "*alder*"), "a"),
        (where("email", "CONTAINS_TOKEN", "example"), "abc"),
        (where("lifecyclestage", "EQ", "lead"), "a"),
        (where("lifecyclestage", "EQ", "LEAD"), ""),
        (where("product_interest", "EQ", "Valves"), "ab"),
        (where("lastmodifieddate", "GTE", "1"), "abc"),
        (where("lastmodifieddate", "GTE", "4102444800000"), ""),
        (where("createdate", "LT", "4102444800000"), "abc"),
        (where("date_of_birth", "LT", "1798675200000"), "a"),
        (where("hs_object_id", "GT", "1001"), "bc"),
    ],
)
def test_operators(portal: Client, filter: dict[str, Any], found: str) -> None:
    portal.make(
        "contacts",
        email="a@alder.example",
        firstname="Ada",
        annualrevenue="9",
        lifecyclestage="lead",
        product_interest="Pumps;Valves",
        date_of_birth="1815-12-10",
    )
    portal.make("contacts", email="b@b.example", firstname="Bo", annualrevenue="10", product_interest="Valves")
    portal.make("contacts", email="c@c.example")
    told = portal.search("contacts", filter, properties=["email"])
    assert "".join(one["properties"]["email"][0] for one in told["results"]) == found
    assert told["total"] == len(found)


@pytest.mark.parametrize(("needed", "found"), [(True, 0), (False, 1)])
def test_negations_of_what_is_blank(portal: Client, needed: bool, found: int) -> None:
    portal.sandbox.switch("negations_need_value", needed)
    portal.make("contacts", email="c@example.com")
    assert portal.search("contacts", where("firstname", "NEQ", "Ada"))["total"] == found
    assert portal.search("contacts", where("firstname", "NOT_IN", values=["ada"]))["total"] == found
    assert portal.search("contacts", where("firstname", "NOT_CONTAINS_TOKEN", "ada"))["total"] == found


def test_a_search_hides_what_was_just_written(portal: Client) -> None:
    portal.sandbox.clock.freeze()
    portal.sandbox.switch("index_lag", 30)
    key = portal.make("contacts", email="ada@example.com")
    told = {"filterGroups": [{"filters": [where("email", "EQ", "ada@example.com")]}]}
    portal.sandbox.clock.advance(29)
    assert portal.post("objects/contacts/search", told)["total"] == 0
    reply = portal.ask("POST", "objects/contacts", {"properties": {"email": "ada@example.com"}})
    assert reply.json()["message"].endswith(f"Existing ID: {key}")
    portal.sandbox.clock.advance(1)
    assert portal.post("objects/contacts/search", told)["total"] == 1
    assert portal.ask("DELETE", f"objects/contacts/{key}").status_code == 204
    assert portal.post("objects/contacts/search", told)["total"] == 1
    portal.sandbox.clock.advance(30)
    assert portal.post("objects/contacts/search", told)["total"] == 0


def test_pages_and_order(portal: Client) -> None:
    ids = [portal.make("contacts", firstname=name) for name in "cab"]
    sorts = [{"propertyName": "firstname", "direction": "DESCENDING"}]
    first = portal.search("contacts", sorts=sorts, limit=2)
    assert [one["id"] for one in first["results"]] == [ids[0], ids[2]]
    rest = portal.search("contacts", sorts=sorts, limit=2, after=first["paging"]["next"]["after"])
    assert [one["id"] for one in rest["results"]] == [ids[1]]
    assert "paging" not in rest
    assert [one["id"] for one in portal.search("contacts", query="A")["results"]] == [ids[1]]


def test_associated_records(portal: Client) -> None:
    firm = portal.make("companies", name="A")
    ada = portal.make("contacts", (firm, 1), firstname="Ada")
    portal.make("contacts", firstname="Bo")
    found = portal.search("contacts", where("associations.company", "EQ", firm))["results"]
    assert [one["id"] for one in found] == [ada]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"limit": 201}, "INVALID_LIMIT"),
        ({"after": "9999", "limit": 2}, "PAGING_LIMIT"),
        ({"sorts": [{"propertyName": "email"}, {"propertyName": "firstname"}]}, "TOO_MANY_SORTS"),
        ({"filterGroups": [{"filters": []}] * 6}, "TOO_MANY_FILTER_GROUPS"),
        ({"filterGroups": [{"filters": [where("email", "HAS_PROPERTY")] * 7}]}, "TOO_MANY_FILTERS"),
        ({"filterGroups": [{"filters": [where("email", "HAS_PROPERTY")] * 5}] * 4}, "TOO_MANY_FILTERS"),
        ({"filterGroups": [{"filters": [where("email", "IN", values=["x" * 3000])]}]}, "QUERY_TOO_LONG"),
        ({"filterGroups": [{"filters": [where("nope", "EQ", "1")]}]}, "PROPERTY_DOESNT_EXIST"),
        ({"filterGroups": [{"filters": [where("email", "LIKE", "1")]}]}, "INVALID_OPERATOR"),
        ({"filterGroups": [{"filters": [where("email", "EQ")]}]}, "MISSING_VALUE"),
        ({"filterGroups": [{"filters": [where("createdate", "EQ", "soon")]}]}, "INVALID_DATE"),
    ],
)
def test_caps(portal: Client, told: dict[str, Any], code: str) -> None:
    assert code_of(portal.ask("POST", "objects/contacts/search", told)) == (400, code)


def test_looser_caps_by_switch(portal: Client) -> None:
    portal.sandbox.switch("group_filters", 10)
    portal.sandbox.switch("all_filters", 25)
    told = {"filterGroups": [{"filters": [where("email", "HAS_PROPERTY")] * 10}] * 2}
    assert portal.ask("POST", "objects/contacts/search", told).status_code == 200


def test_many_records_of_one_stamp_are_read_by_id(portal: Client) -> None:
    """Ten thousand and more of one second: paging ends, ids go on."""
    portal.sandbox.clock.freeze()
    rows = [{"firstname": str(n)} for n in range(120)]
    portal.control("POST", "/records", object="contacts", create=rows)
    portal.sandbox.switch("search_window", 50)
    seen: list[str] = []
    last = "0"
    while True:
        filters = [where("lastmodifieddate", "GTE", "0"), where("hs_object_id", "GT", last)]
        sorts = [{"propertyName": "hs_object_id", "direction": "ASCENDING"}]
        page = portal.search("contacts", *filters, sorts=sorts, limit=50)["results"]
        if not page:
            break
        seen += [one["id"] for one in page]
        last = page[-1]["id"]
    assert len(seen) == len(set(seen)) == 120
