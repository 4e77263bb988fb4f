"""The sandbox's records over HTTP: one by one, by the hundred, at old paths and dated ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hubspot_served import Client, code_of, served_portal


@pytest.fixture
def portal() -> Iterator[Client]:
    with served_portal(burst=10_000) as client:
        yield client


def upsert(portal: Client, *rows: dict[str, Any], by: str = "email", path: str = "objects/contacts") -> Any:
    told = [{"idProperty": by, **row} for row in rows]
    return portal.ask("POST", f"{path}/batch/upsert", {"inputs": told})


@pytest.mark.parametrize(
    "path", ["/crm/v3/objects/contacts", "/crm/objects/2026-03/0-1", "/crm/objects/2026-09/contact"]
)
def test_a_record_is_made_read_changed_and_archived(portal: Client, path: str) -> None:
    made = portal.post(path, {"properties": {"email": "Ada@Example.com", "firstname": "Ada"}}, 201)
    assert made["properties"]["email"] == "ada@example.com"
    assert made["properties"]["hs_object_id"] == made["id"]
    where = f"{path}/{made['id']}"
    changed = portal.ask("PATCH", where, {"properties": {"firstname": ""}}).json()
    assert changed["properties"]["firstname"] is None
    assert portal.get(f"{path}/ADA@example.com", idProperty="email")["id"] == made["id"]
    assert portal.ask("DELETE", where).status_code == 204
    assert code_of(portal.ask("GET", where)) == (404, "OBJECT_NOT_FOUND")
    gone = portal.get(path, archived="true")["results"]
    assert [(one["id"], one["archived"]) for one in gone] == [(made["id"], True)]
    assert portal.get(where, archived="true")["archivedAt"]


def test_lists_have_pages_and_unknown_properties_are_left_out(portal: Client) -> None:
    ids = [portal.make("contacts", firstname=f"P{n}") for n in range(5)]
    first = portal.get("objects/contacts", limit="2", properties="email,typo")
    assert [one["id"] for one in first["results"]] == ids[:2]
    assert "typo" not in first["results"][0]["properties"]
    assert first["paging"]["next"]["after"] == ids[2]
    rest = portal.get("objects/contacts", limit="100", after=ids[2])
    assert [one["id"] for one in rest["results"]] == ids[2:]
    assert "paging" not in rest
    assert code_of(portal.ask("GET", "objects/contacts", limit="101")) == (400, "INVALID_LIMIT")
    assert code_of(portal.ask("GET", "objects/contacts", limit="51", propertiesWithHistory="email"))[0] == 400


def test_history_is_told_newest_first(portal: Client) -> None:
    key = portal.make("contacts", firstname="Ada")
    portal.sandbox.clock.advance(60)
    portal.set("contacts", key, firstname="Adele")
    told = portal.get(f"objects/contacts/{key}", propertiesWithHistory="firstname")["propertiesWithHistory"]
    assert [one["value"] for one in told["firstname"]] == ["Adele", "Ada"]


def test_an_address_belongs_to_one_contact(portal: Client) -> None:
    key = portal.make("contacts", email="ada@example.com")
    reply = portal.ask("POST", "objects/contacts", {"properties": {"email": "ADA@example.com"}})
    assert (reply.status_code, reply.json()["category"]) == (409, "CONFLICT")
    assert reply.json()["message"] == f"Contact already exists. Existing ID: {key}"


def test_values_are_checked_and_all_that_is_wrong_is_told(portal: Client) -> None:
    reply = portal.ask("POST", "objects/contacts", {"properties": {"email": "x", "nope": "1", "hs_lead_status": "Bad"}})
    assert reply.status_code == 400
    assert [one["code"] for one in reply.json()["errors"]] == [
        "INVALID_EMAIL",
        "PROPERTY_DOESNT_EXIST",
        "INVALID_OPTION",
    ]
    assert reply.json()["message"].startswith("Property values were not valid: [{")


@pytest.mark.parametrize(
    ("name", "given", "kept"),
    [
        ("date_of_birth", "1815-12-10", "1815-12-10"),
        ("date_of_birth", "1798675200000", "2026-12-31"),
        ("date_of_birth", "1798675200001", None),
        ("date_of_birth", "31/12/2026", None),
        ("closedate", "2026-12-31T12:00:00+02:00", "2026-12-31T10:00:00.000Z"),
        ("closedate", "1798675200001", "2026-12-31T00:00:00.001Z"),
        ("annualrevenue", "12.50", "12.50"),
        ("annualrevenue", "NaN", None),
        ("annualrevenue", "12,50", None),
        ("product_interest", "Pumps;Valves", "Pumps;Valves"),
        ("product_interest", "Pumps;Nope", None),
        ("lifecyclestage", "Customer", None),
        ("hubspot_owner_id", "81001", "81001"),
        ("hubspot_owner_id", "9001", None),
        ("hubspot_owner_id", "81004", None),
        ("hs_object_id", "7", None),
        ("hs_email_domain", "example.com", None),
        ("firstname", "x" * 65_537, None),
    ],
)
def test_values_by_type(portal: Client, name: str, given: str, kept: str | None) -> None:
    key = portal.make("contacts", firstname="Ada")
    reply = portal.ask("PATCH", f"objects/contacts/{key}", {"properties": {name: given}})
    assert reply.status_code == (200 if kept is not None else 400), reply.text
    if kept is not None:
        assert portal.value("contacts", key, name) == kept


def test_a_leading_semicolon_adds(portal: Client) -> None:
    key = portal.make("contacts", firstname="Ada", product_interest="Pumps")
    portal.set("contacts", key, product_interest=";Valves")
    assert portal.value("contacts", key, "product_interest") == "Pumps;Valves"
    portal.set("contacts", key, product_interest="Sensors")
    assert portal.value("contacts", key, "product_interest") == "Sensors"


@pytest.mark.parametrize(
    ("object", "given"), [("contacts", {"phone": "1"}), ("companies", {}), ("notes", {"hs_note_body": "x"})]
)
def test_objects_demand_something(portal: Client, object: str, given: dict[str, str]) -> None:
    reply = portal.ask("POST", f"objects/{object}", {"properties": given})
    assert code_of(reply) == (400, "REQUIRED_FIELD_MISSING")


def test_a_batch_without_trace_ids_fails_whole(portal: Client) -> None:
    portal.make("contacts", email="a@example.com")
    rows: list[dict[str, Any]] = [{"properties": {"email": f"{name}@example.com"}} for name in "bac"]
    assert portal.ask("POST", "objects/contacts/batch/create", {"inputs": rows}).status_code == 409
    assert len(portal.get("objects/contacts")["results"]) == 1
    traced = [{**row, "objectWriteTraceId": f"row-{n}"} for n, row in enumerate(rows)]
    told = portal.post("objects/contacts/batch/create", {"inputs": traced}, 207)
    assert told["numErrors"] == 1
    assert told["errors"][0]["context"]["objectWriteTraceId"] == ["row-1"]
    assert {one["objectWriteTraceId"] for one in told["results"]} == {"row-0", "row-2"}


def test_missing_ids_of_a_batch_are_one_error(portal: Client) -> None:
    key = portal.make("contacts", email="a@example.com")
    inputs = [{"id": key}, {"id": "7"}, {"id": "8"}, {"id": "9"}]
    told = portal.post("objects/contacts/batch/read", {"inputs": inputs, "properties": ["email"]}, 207)
    assert (told["numErrors"], told["errors"][0]["context"]["ids"]) == (1, ["7", "8", "9"])
    rows = [{"id": one["id"], "properties": {"firstname": "A"}} for one in inputs]
    told = portal.post("objects/contacts/batch/update", {"inputs": rows}, 207)
    assert [one["id"] for one in told["results"]] == [key]
    assert portal.ask("POST", "objects/contacts/batch/archive", {"inputs": inputs}).status_code == 204


def test_at_most_a_hundred_inputs(portal: Client) -> None:
    inputs = [{"id": str(n)} for n in range(101)]
    assert code_of(portal.ask("POST", "objects/contacts/batch/read", {"inputs": inputs})) == (400, "TOO_MANY_INPUTS")


def test_upserts_by_address_by_key_and_by_something_else(portal: Client) -> None:
    row = {"id": "ada@example.com", "properties": {"firstname": "Ada"}}
    made = upsert(portal, row).json()["results"][0]
    again = upsert(portal, row).json()["results"][0]
    assert (made["new"], again["new"], again["id"]) == (True, False, made["id"])
    assert made["properties"]["email"] == "ada@example.com"
    key = upsert(portal, {"id": "k-1", "properties": {"name": "Alder"}}, by="leadbridge_key", path="objects/companies")
    assert key.json()["results"][0]["properties"]["leadbridge_key"] == "k-1"
    refused = upsert(portal, {"id": "Ada", "properties": {}}, by="firstname")
    assert "non-unique 0-1 property" in refused.json()["message"]


def test_a_secondary_address_lands_on_the_same_person(portal: Client) -> None:
    one, other = (portal.make("contacts", email=f"{name}@example.com") for name in "ab")
    merged = portal.post("objects/contacts/merge", {"primaryObjectId": one, "objectIdToMerge": other})["id"]
    assert portal.value("contacts", merged, "hs_additional_emails") == "b@example.com"
    told = upsert(portal, {"id": "b@example.com", "properties": {"firstname": "B"}}).json()["results"][0]
    assert (told["id"], told["new"]) == (merged, False)
    both = [{"id": f"{name}@example.com", "properties": {"lastname": name}} for name in "ab"]
    assert code_of(upsert(portal, *both)) == (400, "DUPLICATE_INPUT")


@pytest.mark.parametrize("partial", [False, True])
def test_upserts_by_address_that_fail(portal: Client, partial: bool) -> None:
    portal.sandbox.switch("email_upsert_partial", partial)
    rows = [
        {"id": "a@example.com", "properties": {"firstname": "A"}, "objectWriteTraceId": "1"},
        {"id": "b@example.com", "properties": {"hs_lead_status": "Nope"}, "objectWriteTraceId": "2"},
    ]
    reply = upsert(portal, *rows)
    assert reply.status_code == (207 if partial else 400)
    assert len(portal.get("objects/contacts")["results"]) == (1 if partial else 0)


@pytest.mark.parametrize("mints", [True, False])
def test_merged_records(portal: Client, mints: bool) -> None:
    portal.sandbox.switch("merge_mints_id", mints)
    one, other = (portal.make("contacts", email=f"{name}@example.com") for name in "ab")
    merged = portal.post("objects/contacts/merge", {"primaryObjectId": one, "objectIdToMerge": other})["id"]
    assert (merged != one) is mints
    assert portal.value("contacts", merged, "hs_merged_object_ids") == f"{one};{other}"
    assert portal.get(f"objects/contacts/{other}")["id"] == merged
    assert portal.set("contacts", other, firstname="X")["id"] == merged
    assert portal.post("objects/contacts/batch/read", {"inputs": [{"id": other}]})["results"] == []
    rows = {"inputs": [{"id": other, "properties": {"firstname": "Y"}}]}
    assert portal.post("objects/contacts/batch/update", rows)["results"] == []
    assert portal.value("contacts", merged, "firstname") == "X"
    portal.sandbox.switch("merged_read", True)
    assert len(portal.post("objects/contacts/batch/read", {"inputs": [{"id": other}]})["results"]) == 1


@pytest.mark.parametrize("listed", [False, True])
def test_merged_records_among_archived_ones(portal: Client, listed: bool) -> None:
    portal.sandbox.switch("merged_in_archive", listed)
    one, other = (portal.make("companies", name=name) for name in "ab")
    portal.post("objects/companies/merge", {"primaryObjectId": one, "objectIdToMerge": other})
    gone = portal.get("objects/companies", archived="true")["results"]
    assert [found["id"] for found in gone] == ([one, other] if listed else [])


def test_a_person_is_forgotten(portal: Client) -> None:
    portal.make("contacts", email="a@example.com")
    told = {"objectId": "a@example.com", "idProperty": "email"}
    assert portal.ask("POST", "objects/contacts/gdpr-delete", told).status_code == 204
    assert portal.get("objects/contacts", archived="true")["results"] == []
    portal.make("contacts", email="a@example.com")


@pytest.mark.parametrize(
    ("position", "status", "stage"),
    [("ignored", 200, "customer"), ("refused", 400, "customer"), ("taken", 200, "lead")],
)
def test_the_lifecycle_moves_forward_only(portal: Client, position: str, status: int, stage: str) -> None:
    portal.sandbox.switch("lifecycle_backward", position)
    key = portal.make("contacts", firstname="A", lifecyclestage="customer")
    reply = portal.ask("PATCH", f"objects/contacts/{key}", {"properties": {"lifecyclestage": "lead"}})
    assert reply.status_code == status
    assert portal.value("contacts", key, "lifecyclestage") == stage
    portal.set("contacts", key, lifecyclestage="")
    portal.set("contacts", key, lifecyclestage="lead")
    assert portal.value("contacts", key, "lifecyclestage") == "lead"


@pytest.mark.parametrize(("switch", "on", "off"), [("null_clears", 200, 400), ("loose_values", 400, 400)])
def test_null(portal: Client, switch: str, on: int, off: int) -> None:
    key = portal.make("contacts", firstname="A")
    where, told = f"objects/contacts/{key}", {"properties": {"firstname": None}}
    assert portal.ask("PATCH", where, told).status_code == off
    portal.sandbox.switch(switch, True)
    assert portal.ask("PATCH", where, told).status_code == on


def test_values_that_are_no_texts(portal: Client) -> None:
    key = portal.make("contacts", firstname="A")
    where, told = f"objects/contacts/{key}", {"properties": {"annualrevenue": 5}}
    assert portal.ask("PATCH", where, told).status_code == 400
    portal.sandbox.switch("loose_values", True)
    assert portal.ask("PATCH", where, told).status_code == 200


def test_switches_on_what_identifies(portal: Client) -> None:
    portal.make("companies", name="A", domain="a.example")
    portal.make("companies", name="B", domain="a.example")
    portal.sandbox.switch("domain_unique", True)
    assert portal.make("companies", name="C", domain="c.example")
    reply = portal.ask("POST", "objects/companies", {"properties": {"name": "D", "domain": "c.example"}})
    assert reply.status_code == 409
    portal.sandbox.switch("contact_needs_identity", False)
    assert portal.make("contacts", phone="1")


@pytest.mark.parametrize("shuffled", [True, False])
def test_results_need_not_be_in_order(portal: Client, shuffled: bool) -> None:
    portal.sandbox.switch("shuffled_batches", shuffled)
    rows = [{"properties": {"email": f"{name}@example.com"}} for name in "abc"]
    told = portal.post("objects/contacts/batch/create", {"inputs": rows}, 201)["results"]
    names = [one["properties"]["email"][0] for one in told]
    assert names == (["c", "b", "a"] if shuffled else ["a", "b", "c"])


@pytest.mark.parametrize(("multi", "status"), [(True, 207), (False, 200)])
def test_partial_failure_at_dated_paths(portal: Client, multi: bool, status: int) -> None:
    portal.sandbox.switch("dated_multi_status", multi)
    told = portal.post("/crm/objects/2026-09/contacts/batch/read", {"inputs": [{"id": "7"}]}, status)
    assert told["numErrors"] == 1


def test_rules_of_an_administrator(portal: Client) -> None:
    portal.control("POST", "/validations", object="contacts", property="jobtitle", rule="REQUIRED")
    portal.control("POST", "/validations", object="contacts", property="zip", rule="MAX_LENGTH", arguments=["5"])
    given = {"properties": {"firstname": "A"}}
    assert portal.ask("POST", "/crm/objects/2026-03/contacts", given).status_code == 201
    reply = portal.ask("POST", "/crm/objects/2026-09/contacts", given)
    assert code_of(reply) == (400, "MISSING_REQUIRED_PROPERTY")
    reply = portal.ask("POST", "objects/contacts", {"properties": {"firstname": "A", "zip": "123456"}})
    assert code_of(reply) == (400, "MAX_LENGTH")
    assert len(portal.get("property-validations/0-1")["results"]) == 2


def test_a_portal_may_have_no_leads(portal: Client) -> None:
    portal.sandbox.switch("leads_object", False)
    assert portal.ask("GET", "objects/leads").status_code == 400


def test_ids_that_are_too_long_are_of_nobody(portal: Client) -> None:
    told = portal.post("objects/contacts/batch/read", {"inputs": [{"id": "9" * 30}]}, 207)
    assert told["errors"][0]["context"]["ids"] == ["9" * 30]
    assert portal.ask("GET", f"objects/contacts/{'9' * 30}", archived="true").status_code == 404
