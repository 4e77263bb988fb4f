"""Leads that become contacts, in a CRM by its own users or by LeadBridge."""

from __future__ import annotations

from pathlib import Path

from streets import CONTACTS, HS, LEAD, SF, only, only_id
from town import Town, describe

from leadbridge.provider import Converted
from leadbridge.records import Ref

CONTACT = SF.replace("object: Lead", "object: Contact").replace("role: lead", "role: contact")


def test_a_lead_converted_natively_between_two_runs_while_its_phone_and_then_its_email_change_elsewhere(
    tmp_path: Path,
) -> None:
    town = Town(tmp_path, "people: {sync: [sf, hs], first: prefer}")
    town.map("sf", SF + "when: Status != 'Converted'\n")
    town.map("sf.contact", CONTACT)
    town.map("hs", HS)
    contact_object = describe("Contact", "Email LastName Phone City OptedOut")
    sf, hs = town.crm("sf", LEAD, contact_object), town.crm("hs", CONTACTS)
    lead = sf.create(
        "Lead",
        {"Email": "ada@x.example", "LastName": "King", "Phone": "415 555 0100", "City": "Rome", "Status": "Open"},
    )
    town.sync()
    person = only_id(hs, "contacts")

    # Salesforce's own users convert the lead; meanwhile HubSpot has a new phone.
    values = {name: raw for name, raw in sf.records("Lead")[lead].items() if name != "Status"}
    sf.edit("Lead", lead, {"Status": "Converted"})
    contact = sf.create("Contact", values)
    town.converted("sf", Converted(Ref("sf", "Lead", lead), Ref("sf", "Contact", contact)))
    hs.edit("contacts", person, {"phone": "415 555 0199"})
    town.sync()

    assert only(sf, "Contact")["Phone"] == "+14155550199", "the contact took the lead's place"
    assert sf.records("Lead")[lead]["Phone"] == "415 555 0100", "a converted lead is never written"
    states = {(link.ref.object, link.state) for link in town.why("sf", "Contact", contact).links}
    assert states == {("Lead", "converted"), ("Contact", "live"), ("contacts", "live")}

    hs.edit("contacts", person, {"email": "ada@new.example"})
    town.sync()
    assert only(sf, "Contact")["Email"] == "ada@new.example"
    assert len(hs.records("contacts")) == 1
    assert town.conflicts() == town.reviews() == []
    assert town.plan().rows == 0
