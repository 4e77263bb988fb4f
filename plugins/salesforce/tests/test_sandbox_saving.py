"""What the sandbox lets be saved, and what it does with it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from leadbridge_salesforce.sandbox.dml.drafts import Saved
from leadbridge_salesforce.sandbox.dml.saving import create, update
from leadbridge_salesforce.sandbox.rules import AssignmentRule, DuplicateRule, ValidationRule, formula
from leadbridge_salesforce.sandbox.schema import FieldSchema
from org_world import World, refusal_of

from leadbridge.sandbox import Fault

__all__ = ["World"]
NOON = "2026-06-01T12:00:00.000+0000"


@pytest.fixture
def world() -> World:
    return World()


def test_a_lead_is_made_with_what_the_platform_adds(world: World) -> None:
    row = world.row(world.lead(FirstName=" Ada ", Email="Ada@X.Example", Budget__c="12.345", DoNotCall="true"))
    assert (row["FirstName"], row["Name"], row["Email"]) == ("Ada", "Ada Byron", "ada@x.example")
    assert (row["Budget__c"], row["DoNotCall"], row["HasOptedOutOfEmail"]) == (12.35, 1, 0)
    assert row["Status"] == "Open - Not Contacted"
    assert row["OwnerId"] == row["CreatedById"] == world.org.user
    assert row["CreatedDate"] == row["LastModifiedDate"] == row["SystemModstamp"] == NOON
    assert str(row["RecordTypeId"])[:3] == "012"


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"LastName": None}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]"),
        (
            {"LastName": "", "Company": " "},
            "REQUIRED_FIELD_MISSING",
            "Required fields are missing: [LastName, Company]",
        ),
        ({"Nope__c": 1}, "INVALID_FIELD", "No such column 'Nope__c' on sobject of type Lead"),
        ({"Phone": "1" * 41}, "STRING_TOO_LONG", f"Phone: data value too large: {'1' * 41} (max length=40)"),
        ({"Email": "ada at x"}, "INVALID_EMAIL_ADDRESS", "Email: invalid email address: ada at x"),
        (
            {"Region__c": "MOON"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "bad value for restricted picklist field: MOON",
        ),
        ({"OwnerId": "nobody"}, "MALFORMED_ID", "Owner ID: id value of incorrect type: nobody"),
        (
            {"OwnerId": "001000000000001"},
            "FIELD_INTEGRITY_EXCEPTION",
            "Owner ID: id value of incorrect type: 001000000000001AAA",
        ),
        ({"OwnerId": "005000000000001"}, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
        (
            {"AnnualRevenue": 1e19},
            "NUMBER_OUTSIDE_VALID_RANGE",
            "Annual Revenue: value outside of valid range on numeric field: 1e+19",
        ),
    ],
)
def test_what_is_refused(world: World, given: dict[str, Any], code: str, message: str) -> None:
    refused = world.refusal("Lead", {"LastName": "Byron", "Company": "A", **given})
    assert (refused.code, refused.message) == (code, message)
    assert world.org.store.where("Lead") == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("NumberOfEmployees", 1.5),
        ("Budget__c", "much"),
        ("Consent_Date__c", "soon"),
        ("DoNotCall", "maybe"),
        ("Phone", [1]),
    ],
)
def test_what_is_not_of_the_type(world: World, name: str, value: object) -> None:
    refused = world.refusal("Lead", {"LastName": "Byron", "Company": "A", name: value})
    assert (refused.code, refused.fields) == ("JSON_PARSER_ERROR", (name,))
    assert "Cannot deserialize instance of" in refused.message


@pytest.mark.parametrize("name", ["Name", "Address", "ConvertedContactId", "SystemModstamp", "MasterRecordId"])
def test_fields_that_nobody_writes(world: World, name: str) -> None:
    refused = world.refusal("Lead", {"LastName": "Byron", "Company": "A", name: None})
    assert (refused.code, refused.fields) == ("INVALID_FIELD_FOR_INSERT_UPDATE", (name,))
    assert refusal_of([world.change(world.lead(), IsConverted=True)]).code == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_text_is_cut_where_the_caller_allows_it(world: World) -> None:
    key = world.save("Lead", {"LastName": "B" * 99, "Company": "A"}, truncate=True)
    assert world.row(key)["LastName"] == "B" * 80


def test_switches_of_what_the_platform_does_to_text() -> None:
    as_sent = World(lower_email=False, trim_text=False)
    row = as_sent.row(as_sent.lead(Email="Ada@X.Example", City=" Leeds "))
    assert (row["Email"], row["City"]) == ("Ada@X.Example", " Leeds ")


def test_leads_without_a_company_where_there_are_person_accounts() -> None:
    world = World(person_accounts=True)
    assert world.row(world.save("Lead", {"LastName": "Byron"}))["Company"] is None


def test_multi_selects_are_kept_in_the_order_of_the_field(world: World) -> None:
    key = world.lead(Product_Interest__c="Support; Starter;Support;Elsewhere")
    assert world.row(key)["Product_Interest__c"] == "Starter;Support;Elsewhere"


def test_an_update_changes_what_it_names_and_the_stamps(world: World) -> None:
    key = world.lead(Phone="1", City="Leeds")
    world.clock.advance(60)
    assert world.change(key, Phone="", FirstName="Ada") == Saved(key)
    row = world.row(key)
    assert (row["Phone"], row["City"], row["Name"]) == (None, "Leeds", "Ada Byron")
    assert (row["CreatedDate"], row["SystemModstamp"]) == (NOON, "2026-06-01T12:01:00.000+0000")


def test_updates_that_are_refused(world: World) -> None:
    key = world.lead()
    assert refusal_of([world.change(key, LastName=None)]).code == "REQUIRED_FIELD_MISSING"
    world.delete(key)
    assert refusal_of([world.change(key, City="Leeds")]).code == "ENTITY_IS_DELETED"
    (saved,) = update(world.org, "Lead", [("00Q000000000001AAA", {})], world.manner())
    assert refusal_of([saved]).code == "INVALID_CROSS_REFERENCE_KEY"


def test_rows_fail_alone_and_in_order(world: World) -> None:
    rows = [{"LastName": "One", "Company": "A"}, {"LastName": "Two"}, {"LastName": "Three", "Company": "A"}]
    saved = create(world.org, "Lead", rows, world.manner())
    assert [one.refused is None for one in saved] == [True, False, True]
    assert [row["LastName"] for row in world.org.store.where("Lead")] == ["One", "Three"]


def test_unique_values_are_taken_once_in_the_org_and_in_the_batch(world: World) -> None:
    key = world.lead(HubSpot_Id__c="a")
    refused = world.refusal("Lead", {"LastName": "B", "Company": "A", "HubSpot_Id__c": "A"})
    assert refused.code == "DUPLICATE_VALUE"
    assert refused.message == f"duplicate value found: HubSpot_Id__c duplicates value on record with id: {key}"
    rows = [{"LastName": "B", "Company": "A", "HubSpot_Id__c": "b"}] * 2
    assert [one.refused is None for one in create(world.org, "Lead", rows, world.manner())] == [True, False]
    world.delete(key)
    assert world.lead(HubSpot_Id__c="a")


def test_keys_keep_their_case(world: World) -> None:
    assert world.lead(LeadBridge_Key__c="aB") != world.lead(LeadBridge_Key__c="AB")


def test_a_parent_by_its_external_id(world: World) -> None:
    account = world.save("Account", {"Name": "A", "HubSpot_Id__c": "acc"})
    contact = world.save("Contact", {"LastName": "B", "Account": {"HubSpot_Id__c": "acc"}})
    assert world.row(contact)["AccountId"] == account
    refused = world.refusal("Contact", {"LastName": "B", "Account": {"HubSpot_Id__c": "other"}})
    assert refused.message == "Foreign key external ID: other not found for field HubSpot_Id__c in entity Account"


def test_record_types_narrow_picklists_and_bring_defaults(world: World) -> None:
    kinds = {kind.developer_name: key for key, kind in world.org.record_types_of("Lead").items()}
    assert world.row(world.lead(RecordTypeId=kinds["Partner"]))["LeadSource"] == "Partner Referral"
    narrowed = replace(world.org.record_types_of("Lead")[kinds["Partner"]], picklists={"Region__c": ("EMEA",)})
    world.org.add_record_type("Lead", kinds["Partner"], narrowed)
    given = {"LastName": "B", "Company": "A", "RecordTypeId": kinds["Partner"], "Region__c": "APAC"}
    assert world.refusal("Lead", given).code == "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"


def test_owners_are_active_users_or_queues_of_the_object(world: World) -> None:
    assert world.row(world.lead(OwnerId=world.staff.queue))["OwnerId"] == world.staff.queue
    left = world.refusal("Lead", {"LastName": "B", "Company": "A", "OwnerId": world.staff.left})
    assert left.code == "INACTIVE_OWNER_OR_USER"
    queue = world.refusal("Task", {"Subject": "Call", "OwnerId": world.staff.queue})
    assert queue.message == "Queue not associated with this SObject type"


def test_validation_rules(world: World) -> None:
    rule = ValidationRule("Budget", "Lead", formula("Budget__c < 0.0"), "No debts.", "Budget__c")
    world.org.rules.validation.append(rule)
    refused = world.refusal("Lead", {"LastName": "B", "Company": "A", "Budget__c": -1})
    assert (refused.code, refused.message, refused.fields) == (
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "No debts.",
        ("Budget__c",),
    )
    assert world.lead(), "a blank budget decides nothing"
    assert world.save("Lead", {"LastName": "B", "Company": "A", "Budget__c": -1}, validate=False)


def test_assignment_rules_choose_the_owner_when_asked_to(world: World) -> None:
    seller = world.staff.sellers[0]
    active = AssignmentRule("01Q000000000001AAA", "Lead", ((formula("Country == 'France'"), seller),))
    resting = AssignmentRule("01Q000000000002AAA", "Lead", ((formula("true"), world.staff.queue),), active=False)
    world.org.rules.assignment += [active, resting]
    given = {"LastName": "B", "Company": "A", "Country": "France"}
    assert world.row(world.save("Lead", given, assign=True))["OwnerId"] == seller
    assert world.row(world.save("Lead", given))["OwnerId"] == world.org.user
    assert world.row(world.save("Lead", given, assign="01Q000000000002"))["OwnerId"] == world.staff.queue
    assert world.row(world.save("Lead", {**given, "Country": "Peru"}, assign=True))["OwnerId"] == world.org.user


@pytest.mark.parametrize(
    ("action", "allowed", "saved"), [("alert", False, False), ("alert", True, True), ("block", True, False)]
)
def test_duplicate_rules_alert_or_block(world: World, action: Any, allowed: bool, saved: bool) -> None:
    world.org.rules.duplicates.append(DuplicateRule("By_email", "Lead", "Contact", {"Email": "Email"}, action))
    contact = world.save("Contact", {"LastName": "B", "Email": "ada@x.example"})
    given = {"LastName": "B", "Company": "A", "Email": "ADA@x.example"}
    (one,) = create(world.org, "Lead", [given], world.manner(allow_duplicates=allowed))
    assert (one.refused is None) == saved
    if one.refused:
        found = one.refused.duplicates
        assert found is not None
        assert (one.refused.code, found.matched, found.allow_save) == (
            "DUPLICATES_DETECTED",
            (contact,),
            action == "alert",
        )


def test_duplicates_are_looked_for_where_something_is_compared(world: World) -> None:
    world.org.rules.duplicates.append(DuplicateRule("By_email", "Lead", "Lead", {"Email": "Email"}))
    first, second = world.lead(Email="a@x.example"), world.lead(Email="b@x.example")
    assert world.change(first, Phone="1").refused is None
    assert refusal_of([world.change(second, Email="a@x.example")]).code == "DUPLICATES_DETECTED"
    assert world.lead(), "a blank address is nobody's"
    world.org.store.update("Lead", first, {"IsConverted": 1})
    assert world.change(second, Email="a@x.example").refused is None, "a converted lead is no candidate"


def test_converted_leads_are_read_only(world: World) -> None:
    key = world.lead()
    world.org.store.update("Lead", key, {"IsConverted": 1})
    refused = refusal_of([world.change(key, City="Leeds")])
    assert (refused.code, refused.message) == ("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    assert world.refusal("Task", {"Subject": "Call", "WhoId": key}).code == "CANNOT_UPDATE_CONVERTED_LEAD"


def test_converted_leads_can_be_edited_by_who_may() -> None:
    world = World(edit_converted=True)
    key = world.lead()
    world.org.store.update("Lead", key, {"IsConverted": 1})
    assert world.change(key, City="Leeds").refused is None


def test_stages_and_activities_and_members_are_worked_out(world: World) -> None:
    account = world.save("Account", {"Name": "A"})
    deal = {"Name": "D", "StageName": "Closed Won", "CloseDate": "2026-06-30", "Amount": 250, "AccountId": account}
    opportunity = world.save("Opportunity", deal)
    row = world.row(opportunity)
    assert (row["IsClosed"], row["IsWon"], row["Probability"], row["ExpectedRevenue"]) == (1, 1, 100.0, 250.0)
    world.change(opportunity, StageName="Prospecting", Probability=40)
    assert (world.row(opportunity)["IsWon"], world.row(opportunity)["ExpectedRevenue"]) == (0, 100.0)

    task = world.row(world.save("Task", {"Subject": "Call", "WhatId": opportunity, "Status": "Completed"}))
    assert (task["AccountId"], task["IsClosed"]) == (account, 1)

    campaign, lead = world.save("Campaign", {"Name": "Fair"}), world.lead()
    member = world.row(world.save("CampaignMember", {"CampaignId": campaign, "LeadId": lead, "Status": "Responded"}))
    assert (member["HasResponded"], member["FirstRespondedDate"]) == (1, "2026-06-01")
    again = world.refusal("CampaignMember", {"CampaignId": campaign, "LeadId": lead})
    assert (again.code, again.message) == ("DUPLICATE_VALUE", "Already a campaign member.")
    assert world.refusal("CampaignMember", {"CampaignId": campaign}).code == "REQUIRED_FIELD_MISSING"


def test_locked_rows_and_older_stamps_by_fault(world: World) -> None:
    world.faults.add(Fault("lock", after=1))
    world.faults.add(Fault("late", seconds=300))
    rows = [{"LastName": name, "Company": "A"} for name in ("One", "Two", "Three")]
    saved = create(world.org, "Lead", rows, world.manner())
    assert [one.refused.code if one.refused else "" for one in saved] == ["", "UNABLE_TO_LOCK_ROW", ""]
    assert {row["SystemModstamp"] for row in world.org.store.where("Lead")} == {"2026-06-01T11:55:00.000+0000"}


def test_a_withdrawn_field_is_no_field(world: World) -> None:
    key = world.lead(Phone="1")
    world.org.access.hide_field("lead", "PHONE")
    assert world.refusal("Lead", {"LastName": "B", "Company": "A", "Phone": "1"}).code == "INVALID_FIELD"
    assert world.change(key, City="Leeds").refused is None
    assert world.row(key)["Phone"] == "1"
    world.org.access.show_field("Lead", "Phone")
    world.org.access.lock_field("Lead", "Phone")
    assert refusal_of([world.change(key, Phone="2")]).code == "INVALID_FIELD_FOR_INSERT_UPDATE"


def test_a_new_field_is_seen_once_it_is_permitted(world: World) -> None:
    world.org.store.add_field("Lead", FieldSchema("Hot__c", "Hot", "boolean", default=False))
    world.org.access.hide_field("Lead", "Hot__c")
    (permissions,) = world.org.store.where("PermissionSet")
    granted = {"ParentId": permissions["Id"], "SobjectType": "Lead", "Field": "Lead.Hot__c", "PermissionsRead": True}
    assert world.org.seen.by_name["lead"].field("Hot__c") is None
    world.save("FieldPermissions", granted)
    field = world.org.seen.by_name["lead"].field("Hot__c")
    assert field is not None
    assert not field.updateable
    world.save("FieldPermissions", {**granted, "PermissionsEdit": True})
    assert world.org.seen.by_name["lead"].by_name["hot__c"].updateable
