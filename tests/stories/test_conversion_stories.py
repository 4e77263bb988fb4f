"""Leads that become contacts, in a CRM by its own users or by LeadBridge."""

from __future__ import annotations

from pathlib import Path

import pytest
from streets import CONTACTS, HS, LEAD, SF, only, only_id
from town import Town, describe

from leadbridge.memory import MemoryCrm
from leadbridge.provider import Converted
from leadbridge.records import Ref
from leadbridge.testing.faults import Faults, Killed, at

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


LEADS = """\
provider: stage
connection: sf
object: Lead
role: lead
fields: {email: Email, last_name: LastName, phone: Phone, company: Company, status: Status}
"""
ACCOUNTS = """\
provider: stage
connection: sf
object: Account
role: account
fields: {name: Name}
"""
CONTACTS_OF = """\
provider: stage
connection: %s
object: Contact
role: contact
fields: {email: Email, last_name: LastName, phone: Phone%s}
"""
POLICY = """\
kind: convert
version: 1
lead: {when: "status == 'Open'", on_converted: {status: Converted}}
account: {match: [company_name], fields: {name: company}}
contact:
  match: [email]
  existing: fill_blank
  fields: {email: email, last_name: last_name, phone: phone}
"""
ADA = {"Email": "ada@x.example", "LastName": "King", "Phone": "+14155550100", "Company": "Analytical", "Status": "Open"}


def _converting(folder: Path) -> tuple[Town, MemoryCrm, MemoryCrm]:
    """Salesforce with leads, accounts and contacts, HubSpot with contacts; leads are converted in Salesforce."""
    town = Town(
        folder,
        "people: {sync: [sf, hs], first: prefer, roles: [contact]}\nwon: {convert: [sf], policy: convert.yaml}",
    )
    town.map("leads", LEADS)
    town.map("accounts", ACCOUNTS)
    town.map("contacts", CONTACTS_OF % ("sf", ", organisation: AccountId"))
    town.map("hs", CONTACTS_OF % ("hs", ""))
    (folder / "mappings" / "convert.yaml").write_text(POLICY, encoding="utf-8")
    contact = "Email LastName Phone"
    sf = town.crm(
        "sf",
        describe("Lead", f"{contact} Company Status"),
        describe("Account", "Name"),
        describe("Contact", f"{contact} AccountId"),
    )
    return town, sf, town.crm("hs", describe("Contact", contact))


def test_a_fill_blank_conversion_into_a_contact_whose_twin_elsewhere_has_another_phone(tmp_path: Path) -> None:
    town, sf, hs = _converting(tmp_path)
    contact = sf.create("Contact", {"Email": "ada@x.example", "LastName": "King", "Phone": None, "AccountId": None})
    hs.create("Contact", {"Email": "ada@x.example", "LastName": "King", "Phone": "+14155550199"})
    town.faults("sf", Faults(script=at({("write", 1): "quota"})))
    town.sync()
    town.faults("sf", Faults())
    assert sf.records("Contact")[contact]["Phone"] is None, "Salesforce has not been told of the phone yet"

    lead = sf.create("Lead", ADA)
    town.convert("won")
    town.sync()

    # What was agreed with HubSpot is no blank to be filled: it stays, everywhere; the lead's phone is in the log.
    assert sf.records("Contact")[contact]["Phone"] == only(hs, "Contact")["Phone"] == "+14155550199"
    assert sf.records("Contact")[contact]["AccountId"] == only_id(sf, "Account")
    assert sf.records("Lead")[lead]["Status"] == "Converted"
    assert [(row.field, loser.value) for row in town.conflicts() for loser in row.losers] == [("phone", "+14155550100")]
    assert town.plan("won").rows == town.plan("people").rows == 0


def test_a_managed_conversion_that_dies_after_the_account_is_resumed_and_then_undone(tmp_path: Path) -> None:
    town, sf, hs = _converting(tmp_path)
    lead = sf.create("Lead", ADA)
    town.faults("sf", Faults(script=at({("write", 2): "kill_before"})))
    with pytest.raises(Killed):
        town.convert("won")
    assert (len(sf.records("Account")), sf.records("Contact")) == (1, {})
    assert sf.records("Lead")[lead] == ADA, "the lead is closed last"

    town.faults("sf", Faults())
    resumed = town.resume()
    assert resumed is not None
    assert resumed.state == "done"
    assert only(sf, "Contact")["AccountId"] == only_id(sf, "Account")
    assert sf.records("Lead")[lead]["Status"] == "Converted"
    assert town.plan("won").rows == 0

    undone = town.undo(resumed.run)
    assert (undone.state, undone.left) == ("done", ())
    assert (sf.records("Account"), sf.records("Contact")) == ({}, {})
    assert sf.records("Lead") == {lead: ADA}
    town.sync()
    assert hs.records("Contact") == {}


def test_a_conversion_whose_contact_is_refused_leaves_no_orphan(tmp_path: Path) -> None:
    town, sf, _ = _converting(tmp_path)
    lead = sf.create("Lead", ADA)
    town.faults("sf", Faults(refuses=lambda action: action.object == "Contact"))
    assert town.convert("won").codes["validation"] == 1
    assert (sf.records("Account"), sf.records("Contact"), sf.records("Lead")) == ({}, {}, {lead: ADA})
    town.faults("sf", Faults())
    town.retry()
    town.convert("won")
    assert only(sf, "Contact")["AccountId"] == only_id(sf, "Account")
    assert sf.records("Lead")[lead]["Status"] == "Converted"
