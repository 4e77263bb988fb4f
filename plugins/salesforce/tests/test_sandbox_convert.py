"""Lead conversion in the sandbox, rule by rule of the facts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from convert_world import STATUS, ConvertWorld
from leadbridge_salesforce.sandbox.convert.request import LeadConvert, Wishes
from leadbridge_salesforce.sandbox.convert.settings import ConvertSettings
from leadbridge_salesforce.sandbox.convert.table import STANDARD
from leadbridge_salesforce.sandbox.rules import DuplicateRule, ValidationRule, formula
from leadbridge_salesforce.sandbox.schema import FieldSchema

from leadbridge.sandbox import Fault

FULL: dict[str, Any] = {
    "Company": "Engines",
    "Salutation": "Ms.",
    "FirstName": "Ada",
    "MiddleName": "K.",
    "LastName": "Lovelace",
    "Suffix": "III",
    "Title": "CTO",
    "Email": "ada@x.example",
    "Phone": "1",
    "MobilePhone": "2",
    "Fax": "3",
    "Street": "Main St",
    "City": "London",
    "State": "LDN",
    "PostalCode": "N1",
    "Country": "UK",
    "Latitude": 51.5,
    "Longitude": -0.1,
    "Website": "x.example",
    "Industry": "Energy",
    "Rating": "Hot",
    "AnnualRevenue": 1000,
    "NumberOfEmployees": 10,
    "Description": "about her",
    "LeadSource": "Web",
    "DoNotCall": True,
    "HasOptedOutOfEmail": True,
    "HasOptedOutOfFax": True,
    "Budget__c": 99.5,
    "Region__c": "EMEA",
    "Product_Interest__c": "Team;Support",
    "Source_Detail__c": "stand 4",
    "Consent_Date__c": "2026-01-02T03:04:05.000+0000",
    "Score__c": 70,
}


@pytest.fixture
def world() -> ConvertWorld:
    return ConvertWorld()


def code(world: ConvertWorld, lead: str, **wanted: Any) -> str | None:
    refused = world.convert(lead, **wanted).refused
    return refused.code if refused else None


class TestNewRecords:
    def test_every_standard_field_arrives(self, world: ConvertWorld) -> None:
        lead = world.lead(**FULL)
        before = world.row("Lead", lead)
        done = world.convert(lead)
        for rule in STANDARD:
            for name, key in (
                ("Account", done.account_id),
                ("Contact", done.contact_id),
                ("Opportunity", done.opportunity_id),
            ):
                if target := rule.target(name):
                    assert world.row(name, key)[target] == before[rule.lead], f"{rule.lead} -> {name}.{target}"

    def test_the_table_of_standard_fields_names_real_ones(self, world: ConvertWorld) -> None:
        schema = world.org.store.schema
        for rule in STANDARD:
            assert schema.by_name["lead"].has(rule.lead)
            for name in ("Account", "Contact", "Opportunity"):
                assert not rule.target(name) or schema.by_name[name.lower()].has(rule.target(name))

    def test_the_opportunity_has_its_defaults(self, world: ConvertWorld) -> None:
        done = world.convert(world.lead(**FULL))
        deal = world.row("Opportunity", done.opportunity_id)
        assert deal["Name"] == "Engines"
        assert deal["AccountId"] == done.account_id
        assert deal["StageName"] == "Prospecting"
        assert deal["Probability"] == 10.0
        assert deal["CloseDate"] == "2026-12-31"
        assert deal["LeadSource"] == "Web"
        assert deal["Amount"] is None

    def test_the_close_date_follows_the_fiscal_year(self, world: ConvertWorld) -> None:
        world.org.store.update("Organization", world.org.id, {"FiscalYearStartMonth": 2})
        done = world.convert(world.lead())
        assert world.row("Opportunity", done.opportunity_id)["CloseDate"] == "2027-01-31"

    def test_a_name_for_the_opportunity(self, world: ConvertWorld) -> None:
        done = world.convert(world.lead(), opportunity_name="A deal")
        assert world.row("Opportunity", done.opportunity_id)["Name"] == "A deal"

    def test_no_opportunity(self, world: ConvertWorld) -> None:
        done = world.convert(world.lead(), do_not_create_opportunity=True)
        assert done.opportunity_id == ""
        assert world.standing() == {"Account": 1, "Contact": 1, "Opportunity": 0, "OpportunityContactRole": 0}

    def test_all_belongs_to_the_leads_owner_or_to_who_is_named(self, world: ConvertWorld) -> None:
        for wanted, owner in (({}, world.seller), ({"owner_id": world.other}, world.other)):
            done = world.convert(world.lead(), **wanted)
            assert world.row("Account", done.account_id)["OwnerId"] == owner
            assert world.row("Contact", done.contact_id)["OwnerId"] == owner
            assert world.row("Opportunity", done.opportunity_id)["OwnerId"] == owner

    def test_the_lead_is_closed_and_points_to_all(self, world: ConvertWorld) -> None:
        done = world.convert(world.lead())
        lead = world.row("Lead", done.lead_id)
        assert lead["IsConverted"] == 1
        assert lead["Status"] == STATUS
        assert lead["ConvertedDate"] == "2026-11-25"
        assert (lead["ConvertedAccountId"], lead["ConvertedContactId"], lead["ConvertedOpportunityId"]) == (
            done.account_id,
            done.contact_id,
            done.opportunity_id,
        )


class TestExistingRecords:
    def test_only_what_is_empty_is_filled(self, world: ConvertWorld) -> None:
        account = world.made("Account", Name="Engines Ltd", Phone="9", OwnerId=world.other)
        contact = world.made("Contact", LastName="L.", Email="old@x.example", AccountId=account, OwnerId=world.other)
        deal = world.made(
            "Opportunity", Name="Old", StageName="Qualification", CloseDate="2026-01-01", OwnerId=world.other
        )
        world.convert(
            world.lead(**FULL), account_id=account, contact_id=contact, opportunity_id=deal, owner_id=world.seller
        )
        firm, person, business = (
            world.row("Account", account),
            world.row("Contact", contact),
            world.row("Opportunity", deal),
        )
        assert (firm["Name"], firm["Phone"], firm["Website"]) == ("Engines Ltd", "9", "x.example")
        assert (person["LastName"], person["Email"], person["Title"]) == ("L.", "old@x.example", "CTO")
        assert (business["Name"], business["StageName"], business["CloseDate"]) == (
            "Old",
            "Qualification",
            "2026-01-01",
        )
        assert (business["AccountId"], business["LeadSource"], business["Budget__c"]) == (account, "Web", 99.5)
        assert {row["OwnerId"] for row in (firm, person, business)} == {world.other}

    def test_an_opt_out_does_not_reach_a_contact_that_is_there(self, world: ConvertWorld) -> None:
        account = world.made("Account", Name="A")
        contact = world.made("Contact", LastName="L", AccountId=account)
        world.convert(world.lead(**FULL), account_id=account, contact_id=contact)
        person = world.row("Contact", contact)
        assert (person["HasOptedOutOfEmail"], person["DoNotCall"], person["HasOptedOutOfFax"]) == (0, 0, 0)

    @pytest.mark.parametrize(("overwrite", "source"), [(True, "Web"), (False, "Other")])
    def test_the_lead_source_is_overwritten_on_demand(self, world: ConvertWorld, overwrite: bool, source: str) -> None:
        account = world.made("Account", Name="A", AccountSource="Other")
        contact = world.made("Contact", LastName="L", AccountId=account, LeadSource="Other")
        world.convert(world.lead(**FULL), account_id=account, contact_id=contact, overwrite_lead_source=overwrite)
        assert world.row("Contact", contact)["LeadSource"] == source

    def test_a_new_contact_in_an_account_that_is_there(self, world: ConvertWorld) -> None:
        account = world.made("Account", Name="A")
        done = world.convert(world.lead(), account_id=account)
        assert done.account_id == account
        assert world.row("Contact", done.contact_id)["AccountId"] == account

    def test_ids_of_fifteen_characters(self, world: ConvertWorld) -> None:
        account = world.made("Account", Name="A")
        done = world.convert(world.lead()[:15], account_id=account[:15])
        assert done.account_id == account
        assert len(done.lead_id) == 18


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("wanted", "expected", "message"),
        [
            ({"converted_status": "Nurturing"}, "INVALID_STATUS", "invalid convertedStatus: Nurturing"),
            ({"converted_status": ""}, "INVALID_STATUS", "invalid convertedStatus: "),
            ({"converted_status": "Closed - Not Converted"}, "INVALID_STATUS", "invalid convertedStatus: Closed - Not"),
            (
                {"do_not_create_opportunity": True, "opportunity_name": "x"},
                "INVALID_FIELD",
                "One or more leads couldn't",
            ),
            ({"opportunity_name": "x", "opportunity_id": "006000000000001"}, "INVALID_FIELD", "opportunityName and"),
            ({"contact_id": "003000000000001"}, "INVALID_FIELD", "accountId must be given together with contactId"),
            ({"overwrite_lead_source": True}, "INVALID_FIELD", "overwriteLeadSource needs a contactId"),
            ({"account_id": "001000000000001"}, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
            ({"account_id": "003000000000001"}, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
            ({"account_id": "nonsense"}, "MALFORMED_ID", "bad id nonsense"),
            ({"owner_id": "005000000000001"}, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
            ({"reserved": ("accountRecord",)}, "INVALID_FIELD", "accountRecord is reserved for internal use"),
            ({"opportunity_name": "x" * 121}, "STRING_TOO_LONG", "Name: data value too large: "),
        ],
    )
    def test_a_request_that_makes_no_sense(
        self, world: ConvertWorld, wanted: dict[str, Any], expected: str, message: str
    ) -> None:
        lead = world.lead()
        refused = world.convert(lead, **wanted).refused
        assert refused is not None
        assert refused.code == expected
        assert refused.message.startswith(message)
        assert world.row("Lead", lead)["IsConverted"] == 0
        assert world.standing() == {"Account": 0, "Contact": 0, "Opportunity": 0, "OpportunityContactRole": 0}

    def test_a_converted_lead(self, world: ConvertWorld) -> None:
        lead = world.lead()
        world.convert(lead)
        refused = world.convert(lead).refused
        assert refused is not None
        assert (refused.code, refused.message) == ("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
        assert world.count("Account") == 1

    def test_a_lead_twice_in_one_call(self, world: ConvertWorld) -> None:
        request = LeadConvert(lead_id=world.lead(), converted_status=STATUS)
        first, second = world.convert_all(request, request)
        assert first.refused is None
        assert second.refused is not None
        assert second.refused.code == "CANNOT_UPDATE_CONVERTED_LEAD"

    def test_a_deleted_lead_and_one_that_never_was(self, world: ConvertWorld) -> None:
        lead = world.lead()
        world.org.store.update("Lead", lead, {"IsDeleted": 1})
        assert code(world, lead) == "ENTITY_IS_DELETED"
        assert code(world, "00Q000000000001") == "INVALID_CROSS_REFERENCE_KEY"
        assert code(world, "") == "MALFORMED_ID"

    def test_owners(self, world: ConvertWorld) -> None:
        queued = world.lead(OwnerId=world.staff.queue)
        assert code(world, queued) == "INVALID_OWNER"
        account = world.made("Account", Name="A")
        contact = world.made("Contact", LastName="L", AccountId=account)
        assert code(world, queued, account_id=account, contact_id=contact) == "INVALID_OWNER"
        assert code(world, queued, owner_id=world.staff.queue) == "INVALID_OWNER"
        assert code(world, queued, owner_id=world.staff.left) == "INACTIVE_OWNER_OR_USER"
        world.org.store.update("User", world.other, {"UserType": "CsnOnly"})
        assert code(world, queued, owner_id=world.other) == "OP_WITH_INVALID_USER_TYPE_EXCEPTION"
        assert code(world, queued, owner_id=world.seller) is None

    def test_a_contact_of_another_account_and_a_deal_of_another(self, world: ConvertWorld) -> None:
        mine, other = world.made("Account", Name="A"), world.made("Account", Name="B")
        contact = world.made("Contact", LastName="L", AccountId=other)
        deal = world.made("Opportunity", Name="D", StageName="Prospecting", CloseDate="2026-01-01", AccountId=other)
        assert code(world, world.lead(), account_id=mine, contact_id=contact) == "INVALID_CROSS_REFERENCE_KEY"
        assert code(world, world.lead(), account_id=mine, opportunity_id=deal) == "INVALID_CROSS_REFERENCE_KEY"

    def test_a_company_that_makes_too_long_a_name(self, world: ConvertWorld) -> None:
        lead = world.lead(Company="x" * 121)
        assert code(world, lead) == "STRING_TOO_LONG"
        done = world.convert(lead, Wishes(truncate=True))
        assert world.row("Opportunity", done.opportunity_id)["Name"] == "x" * 120

    def test_an_industry_that_an_account_has_no_room_for(self, world: ConvertWorld) -> None:
        assert code(world, world.lead(Industry="x" * 41)) == "STRING_TOO_LONG"

    def test_others_go_on(self, world: ConvertWorld) -> None:
        requests = [LeadConvert(lead_id=world.lead(), converted_status=s) for s in (STATUS, "nope", STATUS)]
        outcomes = world.convert_all(*requests)
        assert [o.refused is None for o in outcomes] == [True, False, True]
        assert world.count("Account") == 2

    def test_any_error_on_demand(self, world: ConvertWorld) -> None:
        world.org.faults.add(Fault("convert_fails", detail={"code": "CANNOT_EXECUTE_FLOW_TRIGGER", "message": "flow"}))
        world.org.faults.add(Fault("convert_fails", after=0))
        lead = world.lead()
        assert [code(world, lead) for _ in range(3)] == ["CANNOT_EXECUTE_FLOW_TRIGGER", "UNKNOWN_EXCEPTION", None]

    def test_a_row_that_is_locked_half_way_leaves_no_trace(self, world: ConvertWorld) -> None:
        lead = world.lead()
        world.org.faults.add(Fault("lock", after=2))
        assert code(world, lead) == "UNABLE_TO_LOCK_ROW"
        assert world.standing() == {"Account": 0, "Contact": 0, "Opportunity": 0, "OpportunityContactRole": 0}
        assert code(world, lead) is None


class TestStatuses:
    def test_by_api_name_and_by_label(self, world: ConvertWorld) -> None:
        done = world.convert(world.lead(), converted_status="Partner_Won")
        assert world.row("Lead", done.lead_id)["Status"] == "Partner_Won"
        done = world.convert(world.lead(), converted_status="Won by a partner")
        assert world.row("Lead", done.lead_id)["Status"] == "Partner_Won"

    def test_by_api_name_only(self) -> None:
        world = ConvertWorld(label_as_status=False)
        assert code(world, world.lead(), converted_status="Won by a partner") == "INVALID_STATUS"
        assert code(world, world.lead(), converted_status="Partner_Won") is None

    def test_a_record_type_narrows_them(self, world: ConvertWorld) -> None:
        (partner,) = world.org.store.where("RecordType", {"DeveloperName": "Partner"})
        lead = world.lead(RecordTypeId=partner["Id"])
        assert code(world, lead, converted_status=STATUS) == "INVALID_STATUS"
        assert code(world, lead, converted_status="Partner_Won") is None


class TestWhatMoves:
    def test_campaign_members(self, world: ConvertWorld) -> None:
        old, new = world.made("Campaign", Name="old"), world.made("Campaign", Name="new")
        lead = world.lead()
        first = world.made("CampaignMember", CampaignId=old, LeadId=lead)
        world.org.clock.advance(60)
        second = world.made("CampaignMember", CampaignId=new, LeadId=lead)
        done = world.convert(lead)
        for member in (first, second):
            row = world.row("CampaignMember", member)
            assert (row["LeadId"], row["ContactId"]) == (lead, done.contact_id)
        assert world.row("Opportunity", done.opportunity_id)["CampaignId"] == new

    def test_a_contact_that_is_in_the_campaign_already(self, world: ConvertWorld) -> None:
        account = world.made("Account", Name="A")
        contact, campaign = world.made("Contact", LastName="L", AccountId=account), world.made("Campaign", Name="c")
        world.made("CampaignMember", CampaignId=campaign, ContactId=contact)
        lead = world.lead()
        member = world.made("CampaignMember", CampaignId=campaign, LeadId=lead)
        world.convert(lead, account_id=account, contact_id=contact)
        assert world.row("CampaignMember", member)["ContactId"] is None

    def test_activities(self, world: ConvertWorld) -> None:
        lead = world.lead()
        open_task = world.made("Task", WhoId=lead, Subject="call", OwnerId=world.seller)
        closed = world.made("Task", WhoId=lead, Subject="mail", Status="Completed", OwnerId=world.seller)
        event = world.made("Event", WhoId=lead, Subject="meet", OwnerId=world.other)
        done = world.convert(lead, owner_id=world.other)
        for kind, key in (("Task", open_task), ("Task", closed), ("Event", event)):
            row = world.row(kind, key)
            assert (row["WhoId"], row["WhatId"], row["AccountId"]) == (
                done.contact_id,
                done.opportunity_id,
                done.account_id,
            )
        assert world.row("Task", open_task)["OwnerId"] == world.other
        assert world.row("Task", closed)["OwnerId"] == world.seller

    def test_without_an_opportunity_activities_are_about_the_account(self, world: ConvertWorld) -> None:
        lead = world.lead()
        task = world.made("Task", WhoId=lead, Subject="call")
        done = world.convert(lead, do_not_create_opportunity=True)
        assert world.row("Task", task)["WhatId"] == done.account_id

    def test_the_contact_plays_a_part_in_the_opportunity(self, world: ConvertWorld) -> None:
        done = world.convert(world.lead())
        (role,) = world.org.store.where("OpportunityContactRole")
        assert (role["OpportunityId"], role["ContactId"], role["IsPrimary"]) == (
            done.opportunity_id,
            done.contact_id,
            1,
        )
        second = world.convert(world.lead(), account_id=done.account_id, opportunity_id=done.opportunity_id)
        (added,) = world.org.store.where("OpportunityContactRole", {"ContactId": second.contact_id})
        assert added["IsPrimary"] == 0

    def test_no_part_where_the_org_gives_none(self) -> None:
        world = ConvertWorld(contact_role=False)
        world.convert(world.lead())
        assert world.count("OpportunityContactRole") == 0


class TestCustomFields:
    def test_what_is_mapped_arrives_and_what_is_not_is_lost(self, world: ConvertWorld) -> None:
        done = world.convert(world.lead(**FULL))
        account, contact = world.row("Account", done.account_id), world.row("Contact", done.contact_id)
        deal = world.row("Opportunity", done.opportunity_id)
        assert account["Region__c"] == "EMEA"
        assert contact["Region__c"] is None
        assert contact["Product_Interest__c"] == "Team;Support"
        assert contact["Consent_Date__c"] == "2026-01-02T03:04:05.000+0000"
        assert (deal["Budget__c"], deal["Source_Detail__c"]) == (99.5, "stand 4")

    def test_an_org_that_maps_by_hand_only(self) -> None:
        world = ConvertWorld(custom_mapping_by_api=False)
        done = world.convert(world.lead(**FULL))
        assert world.row("Account", done.account_id)["Region__c"] is None
        assert world.row("Opportunity", done.opportunity_id)["Budget__c"] is None

    def test_settings_are_checked(self, world: ConvertWorld) -> None:
        schema = world.org.store.schema
        for mapped in ({"Task": {}}, {"Account": {"Phone": "Budget__c"}}, {"Account": {"Region__c": "Nope__c"}}):
            with pytest.raises(ValueError, match=r"custom field|converted to"):
                ConvertSettings(mapped).checked(schema)
        assert world.settings.checked(schema) is world.settings

    def test_text_is_cut_to_its_target(self, world: ConvertWorld) -> None:
        world.org.store.add_field("Account", FieldSchema("Short__c", "Short", "string", length=3))
        world.settings = ConvertSettings({"Account": {"Short__c": "Source_Detail__c"}})
        done = world.convert(world.lead(Source_Detail__c="abcdef"))
        assert world.row("Account", done.account_id)["Short__c"] == "abc"

    def test_a_value_that_the_targets_picklist_lacks(self) -> None:
        for switch, expected in ((True, None), (False, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST")):
            world = ConvertWorld(blank_absent_picklist=switch)
            world.settings = ConvertSettings({"Account": {"Region__c": "Source_Detail__c"}})
            outcome = world.convert(world.lead(Source_Detail__c="Mars"))
            assert (outcome.refused.code if outcome.refused else None) == expected
            if outcome.refused is None:
                assert world.row("Account", outcome.account_id)["Region__c"] is None

    def test_default_values_of_custom_fields(self) -> None:
        for switch, expected in ((False, None), (True, "x")):
            world = ConvertWorld(custom_defaults=switch)
            world.org.store.add_field("Account", FieldSchema("Kind__c", "Kind", "string", length=9, default="x"))
            done = world.convert(world.lead())
            assert world.row("Account", done.account_id)["Kind__c"] == expected


class TestSwitches:
    def test_the_source_of_an_account(self) -> None:
        for switch, expected in ((False, None), (True, "Web")):
            world = ConvertWorld(source_to_account=switch)
            done = world.convert(world.lead(LeadSource="Web"))
            assert world.row("Account", done.account_id)["AccountSource"] == expected

    def test_a_lead_that_is_converted_already(self) -> None:
        for switch, expected in ((False, "CANNOT_UPDATE_CONVERTED_LEAD"), (True, None)):
            world = ConvertWorld(convert_twice=switch)
            lead = world.lead()
            world.convert(lead)
            assert code(world, lead) == expected
            assert world.count("Account") == 1 + int(switch)

    def test_long_names_of_opportunities(self) -> None:
        for switch, expected in ((False, None), (True, "STRING_TOO_LONG")):
            world = ConvertWorld(short_opportunity_names=switch)
            assert code(world, world.lead(), opportunity_name="x" * 81) == expected

    def test_validation_rules(self) -> None:
        for switch, expected in ((False, None), (True, "FIELD_CUSTOM_VALIDATION_EXCEPTION")):
            world = ConvertWorld(require_validation=switch)
            rule = ValidationRule("Needs phone", "Contact", formula("Phone == null"), "no phone", "Phone")
            world.org.rules.validation.append(rule)
            lead = world.lead()
            outcome = world.convert(lead)
            assert (outcome.refused.code if outcome.refused else None) == expected
            assert world.count("Account") == int(expected is None)


EMAIL_RULE = DuplicateRule("Contacts_DR", "Contact", "Contact", {"Email": "Email"})


class TestDuplicateRules:
    """With *Require Validation* they block whatever they say; without it they do not run, or only for the API."""

    @pytest.mark.parametrize("action", ["alert", "block"])
    @pytest.mark.parametrize("allow", [True, False])
    @pytest.mark.parametrize(("validation", "by_api"), [(False, False), (False, True), (True, False), (True, True)])
    def test_a_contact_who_is_there(self, action: Any, allow: bool, validation: bool, by_api: bool) -> None:
        world = ConvertWorld(require_validation=validation, duplicates_by_api=by_api)
        world.org.rules.duplicates = [replace(EMAIL_RULE, action=action)]
        there = world.made("Contact", LastName="L", Email="ada@x.example")
        outcome = world.convert(world.lead(Email="Ada@x.example"), Wishes(allow_save=allow))
        blocked = validation or (by_api and not (action == "alert" and allow))
        assert (outcome.refused is not None) == blocked
        if outcome.refused is not None:
            assert outcome.refused.code == "DUPLICATES_DETECTED"
            assert outcome.refused.duplicates is not None
            assert outcome.refused.duplicates.matched == (there,)

    def test_neither_converted_leads_nor_the_lead_itself_are_candidates(self) -> None:
        world = ConvertWorld(require_validation=True)
        world.org.rules.duplicates = [DuplicateRule("Contacts_DR", "Contact", "Lead", {"Email": "Email"})]
        assert code(world, world.lead(Email="ada@x.example")) is None
        assert code(world, world.lead(Email="ada@x.example")) is None
        world.lead(Email="eve@x.example")
        assert code(world, world.lead(Email="eve@x.example")) == "DUPLICATES_DETECTED"


class TestPersonAccounts:
    @pytest.fixture
    def world(self) -> ConvertWorld:
        return ConvertWorld(person_accounts=True)

    def test_a_lead_without_a_company_becomes_one(self, world: ConvertWorld) -> None:
        done = world.convert(world.lead(**{**FULL, "Company": None}))
        account, contact = world.row("Account", done.account_id), world.row("Contact", done.contact_id)
        assert (account["IsPersonAccount"], account["PersonContactId"]) == (1, done.contact_id)
        assert account["Name"] == contact["Name"] == "Ada K. Lovelace III"
        assert (account["PersonEmail"], account["PersonTitle"], account["Website"]) == (
            "ada@x.example",
            "CTO",
            "x.example",
        )
        assert (account["BillingCity"], account["PersonMailingCity"], contact["MailingCity"]) == ("London",) * 3
        assert (contact["IsPersonAccount"], contact["AccountId"]) == (1, done.account_id)
        assert world.row("Opportunity", done.opportunity_id)["Name"] == "Ada K. Lovelace III"

    def test_one_with_a_company_does_not(self, world: ConvertWorld) -> None:
        done = world.convert(world.lead(**FULL))
        assert world.row("Account", done.account_id)["IsPersonAccount"] == 0
        assert world.row("Contact", done.contact_id)["IsPersonAccount"] == 0

    def test_a_title_that_is_too_long_for_one(self, world: ConvertWorld) -> None:
        assert code(world, world.lead(Company=None, Title="x" * 81)) == "STRING_TOO_LONG"
        assert code(world, world.lead(Title="x" * 81)) is None

    def test_into_one_that_is_there(self, world: ConvertWorld) -> None:
        there = world.convert(world.lead(Company=None, Title="CFO"))
        again = world.convert(world.lead(**FULL), account_id=there.account_id, do_not_create_opportunity=True)
        assert (again.account_id, again.contact_id) == (there.account_id, there.contact_id)
        account = world.row("Account", there.account_id)
        assert (account["PersonTitle"], account["PersonEmail"]) == ("CFO", "ada@x.example")
        assert world.row("Contact", there.contact_id)["Email"] == "ada@x.example"
        assert code(world, world.lead(), account_id=there.account_id, contact_id=there.contact_id) == "INVALID_FIELD"

    def test_where_there_are_none_a_company_is_needed(self) -> None:
        world = ConvertWorld()
        lead = world.lead()
        world.org.store.update("Lead", lead, {"Company": None})
        assert code(world, lead) == "REQUIRED_FIELD_MISSING"
