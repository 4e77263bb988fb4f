"""Associations, leads, and what a portal does by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hubspot_served import Client, code_of, served_portal


@pytest.fixture
def portal() -> Iterator[Client]:
    with served_portal(burst=10_000, association_burst=10_000) as client:
        yield client


def pair(one: str, other: str, *types: int) -> dict[str, Any]:
    told = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": number} for number in types]
    return {"from": {"id": one}, "to": {"id": other}, **({"types": told} if types else {})}


def test_one_company_is_the_primary_one(portal: Client) -> None:
    ada = portal.make("contacts", firstname="Ada")
    one, other = (portal.make("companies", name=name) for name in "ab")
    portal.link("contacts", ada, "companies", one, 1)
    assert portal.ties("contacts", ada, "companies") == {one: [1, 279]}
    assert portal.ties("companies", one, "contacts") == {ada: [2, 280]}
    portal.link("contacts", ada, "companies", other, 1)
    assert portal.ties("contacts", ada, "companies") == {one: [279], other: [1, 279]}
    portal.link("companies", one, "contacts", ada, 2)
    assert portal.ties("contacts", ada, "companies") == {one: [1, 279], other: [279]}


def test_types_are_replaced_and_the_unlabelled_one_takes_all_with_it(portal: Client) -> None:
    ada, firm = portal.make("contacts", firstname="Ada"), portal.make("companies", name="A")
    portal.link("contacts", ada, "companies", firm, 1)
    told = portal.post("/crm/v4/associations/contacts/companies/batch/create", {"inputs": [pair(ada, firm, 279)]}, 201)
    assert told["results"][0]["fromObjectTypeId"] == "0-1"
    assert portal.ties("contacts", ada, "companies") == {firm: [279]}
    portal.link("contacts", ada, "companies", firm, 1)
    where = "/crm/v4/associations/0-1/0-2/batch/labels/archive"
    assert portal.ask("POST", where, {"inputs": [pair(ada, firm, 1)]}).status_code == 204
    assert portal.ties("contacts", ada, "companies") == {firm: [279]}
    portal.link("contacts", ada, "companies", firm, 1)
    assert portal.ask("POST", where, {"inputs": [pair(ada, firm, 279)]}).status_code == 204
    assert portal.ties("contacts", ada, "companies") == {}


@pytest.mark.parametrize("version", ["v4", "2026-03", "2026-09"])
def test_associations_are_read_by_the_thousand(portal: Client, version: str) -> None:
    base = "/crm/v4/associations" if version == "v4" else f"/crm/associations/{version}"
    ada, firm = portal.make("contacts", firstname="Ada"), portal.make("companies", name="A")
    lone = portal.make("contacts", firstname="Lone")
    told = portal.post(f"{base}/contacts/companies/batch/associate/default", {"inputs": [pair(ada, firm)]})
    assert [one["associationSpec"]["associationTypeId"] for one in told["results"]] == [280, 279]
    inputs = [{"id": ada}, {"id": lone}]
    (found,) = portal.post(f"{base}/contacts/companies/batch/read", {"inputs": inputs})["results"]
    spec = {"category": "HUBSPOT_DEFINED", "typeId": 279, "label": None}
    assert found == {"from": {"id": ada}, "to": [{"toObjectId": int(firm), "associationTypes": [spec]}]}
    many = {"inputs": [{"id": str(n)} for n in range(1001)]}
    assert code_of(portal.ask("POST", f"{base}/contacts/companies/batch/read", many)) == (400, "TOO_MANY_INPUTS")
    missing = portal.post(f"{base}/contacts/companies/batch/read", {"inputs": [{"id": "7"}]}, 207)
    assert missing["errors"][0]["context"]["ids"] == ["7"]


@pytest.mark.parametrize("numeric", [True, False])
def test_ids_of_associations(portal: Client, numeric: bool) -> None:
    portal.sandbox.switch("numeric_association_ids", numeric)
    firm = portal.make("companies", name="A")
    ada = portal.make("contacts", (firm, 1), firstname="Ada")
    (found,) = portal.get(f"/crm/v4/objects/contacts/{ada}/associations/companies")["results"]
    assert found["toObjectId"] == (int(firm) if numeric else firm)


def test_pages_of_associations(portal: Client) -> None:
    portal.sandbox.switch("association_page", 2)
    firm = portal.make("companies", name="A")
    people = [portal.make("contacts", (firm, 1), firstname=str(n)) for n in range(3)]
    where = f"/crm/v4/objects/companies/{firm}/associations/contacts"
    first = portal.get(where)
    assert first["paging"]["next"]["after"] == people[2]
    assert len(portal.get(where, after=people[2])["results"]) == 1
    assert portal.ask("GET", where, limit="3").status_code == 400
    (found,) = portal.post("/crm/v4/associations/companies/contacts/batch/read", {"inputs": [{"id": firm}]})["results"]
    assert (len(found["to"]), found["paging"]["next"]["after"]) == (2, people[2])


def test_labels_of_an_account(portal: Client) -> None:
    where = "/crm/v4/associations/contacts/companies/labels"
    there, back = portal.post(where, {"label": "Buyer", "inverseLabel": "Buys", "name": "buyer"})["results"]
    assert (there["label"], back["label"], there["category"]) == ("Buyer", "Buys", "USER_DEFINED")
    assert there in portal.get(where)["results"]
    portal.sandbox.switch("labels_per_pair", 1)
    assert code_of(portal.ask("POST", where, {"label": "More"})) == (400, "LABEL_LIMIT_REACHED")


def test_a_lead_needs_a_contact_and_goes_with_it(portal: Client) -> None:
    reply = portal.ask("POST", "objects/leads", {"properties": {"hs_lead_name": "Ada"}})
    assert code_of(reply) == (400, "MISSING_PRIMARY_CONTACT")
    ada, bo = (portal.make("contacts", firstname=name) for name in ("Ada", "Bo"))
    first, second = (portal.make("leads", (ada, 578), hs_lead_name=name) for name in "ab")
    assert portal.value("leads", first, "hs_pipeline_stage") == "new-stage-id"
    portal.link("leads", second, "contacts", bo, 578)
    assert portal.ties("leads", second, "contacts") == {ada: [608], bo: [578, 608]}
    assert portal.ask("DELETE", f"objects/contacts/{ada}").status_code == 204
    assert portal.ask("GET", f"objects/leads/{first}").status_code == 404
    assert portal.get(f"objects/leads/{second}")["id"] == second
    assert portal.ask("DELETE", f"/crm/v4/objects/leads/{second}/associations/contacts/{bo}").status_code == 204
    assert portal.ask("GET", f"objects/leads/{second}").status_code == 404


def test_a_lead_follows_a_merge(portal: Client) -> None:
    ada, bo = (portal.make("contacts", firstname=name) for name in ("Ada", "Bo"))
    lead = portal.make("leads", (bo, 578), hs_lead_name="b")
    merged = portal.post("objects/contacts/merge", {"primaryObjectId": ada, "objectIdToMerge": bo})["id"]
    assert portal.ties("leads", lead, "contacts") == {merged: [578, 608]}


@pytest.mark.parametrize("on", [True, False])
def test_deals_move_the_lifecycle(portal: Client, on: bool) -> None:
    portal.sandbox.switch("automations", on)
    firm = portal.make("companies", name="A")
    ada = portal.make("contacts", (firm, 1), firstname="Ada", lifecyclestage="lead")
    deal = portal.make("deals", (firm, 5), (ada, 3), dealname="D")
    stages = [portal.value(name, key, "lifecyclestage") for name, key in (("contacts", ada), ("companies", firm))]
    assert stages == (["opportunity", "opportunity"] if on else ["lead", None])
    portal.set("deals", deal, dealstage="closedwon")
    assert portal.value("deals", deal, "hs_is_closed_won") == "true"
    assert portal.value("contacts", ada, "lifecyclestage") == ("customer" if on else "lead")
    later = portal.make("contacts", firstname="Bo")
    portal.link("deals", deal, "contacts", later, 3)
    assert portal.value("contacts", later, "lifecyclestage") == ("customer" if on else None)
    portal.set("companies", firm, lifecyclestage="evangelist")
    assert portal.value("contacts", ada, "lifecyclestage") == ("evangelist" if on else "lead")


def test_the_probability_of_a_deal_follows_its_stage(portal: Client) -> None:
    deal = portal.make("deals", dealname="D")
    assert portal.value("deals", deal, "hs_deal_stage_probability") == "0.2"
    portal.set("deals", deal, dealstage="closedwon")
    assert portal.value("deals", deal, "hs_deal_stage_probability") == "1"
    told = {"properties": {"hs_deal_stage_probability": "0.5"}}
    assert code_of(portal.ask("PATCH", f"objects/deals/{deal}", told)) == (400, "READ_ONLY_VALUE")


def last_dealt_with(portal: Client, *people: str) -> list[Any]:
    return [portal.value("contacts", key, "notes_last_updated") for key in people]


def test_a_record_says_when_it_was_last_dealt_with(portal: Client) -> None:
    """By its notes, calls, meetings and tasks that are done; what is still to come is none."""
    ada, bo = (portal.make("contacts", firstname=name) for name in ("Ada", "Bo"))
    assert last_dealt_with(portal, ada) == [None]
    note = portal.make("notes", (ada, 202), hs_timestamp="2026-01-31T09:30:00.000Z")
    portal.make("meetings", (ada, 200), hs_timestamp="2999-01-01T00:00:00.000Z")
    task = portal.make("tasks", (ada, 204), hs_timestamp="2026-02-01T00:00:00.000Z", hs_task_status="NOT_STARTED")
    assert last_dealt_with(portal, ada) == ["2026-01-31T09:30:00.000Z"]
    portal.set("tasks", task, hs_task_status="COMPLETED")
    portal.link("notes", note, "contacts", bo, 202)
    assert last_dealt_with(portal, ada, bo) == ["2026-02-01T00:00:00.000Z", "2026-01-31T09:30:00.000Z"]
    assert portal.ask("DELETE", f"objects/tasks/{task}").status_code == 204
    assert portal.ask("DELETE", f"/crm/v4/objects/notes/{note}/associations/contacts/{bo}").status_code == 204
    assert last_dealt_with(portal, ada, bo) == ["2026-01-31T09:30:00.000Z", None]
    merged = portal.post("objects/contacts/merge", {"primaryObjectId": bo, "objectIdToMerge": ada})["id"]
    assert last_dealt_with(portal, merged) == ["2026-01-31T09:30:00.000Z"]
    portal.sandbox.clock.advance(60)
    before = portal.value("contacts", merged, "lastmodifieddate")
    portal.sandbox.clock.advance(60)
    portal.set("notes", note, hs_timestamp="2026-01-30T00:00:00.000Z")
    assert last_dealt_with(portal, merged) == ["2026-01-30T00:00:00.000Z"]
    assert portal.value("contacts", merged, "lastmodifieddate") > before


def test_stages_belong_to_their_pipeline(portal: Client) -> None:
    deal = portal.make("deals", dealname="D", pipeline="71200001")
    assert portal.value("deals", deal, "dealstage") == "71200011"
    told = {"properties": {"dealstage": "closedwon"}}
    assert code_of(portal.ask("PATCH", f"objects/deals/{deal}", told)) == (400, "INVALID_PIPELINE_STAGE")
    stages = portal.get("pipelines/deals")["results"][0]["stages"]
    assert stages[5]["metadata"] == {"isClosed": "true", "probability": "1.0"}


def test_a_record_leads_to_others_only_where_they_are(portal: Client) -> None:
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 1}]
    told = {"properties": {"firstname": "A"}, "associations": [{"to": {"id": "7"}, "types": types}]}
    assert code_of(portal.ask("POST", "objects/contacts", told)) == (400, "OBJECT_NOT_FOUND")
    firm = portal.make("companies", name="A")
    ada = portal.make("contacts", (firm, 1), firstname="Ada")
    found = portal.get(f"objects/contacts/{ada}", associations="companies")["associations"]["companies"]["results"]
    assert {one["type"] for one in found} == {"contact_to_company", "contact_to_company_unlabeled"}
