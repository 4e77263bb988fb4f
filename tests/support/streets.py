"""The towns that most stories happen in: three CRMs with people, of which each maps some fields."""

from __future__ import annotations

from pathlib import Path

from town import Town, describe

from leadbridge.memory import MemoryCrm

SF = """\
provider: stage
connection: sf
object: Lead
role: lead
fields:
  email: Email
  last_name: LastName
  phone: {field: Phone, as: phone, region: US}
  city: City
  opted_out_of_email: OptedOut
"""
HS = """\
provider: stage
connection: hs
object: contacts
role: lead
fields:
  email: email
  last_name: lastname
  phone: {field: phone, as: phone, region: US}
  opted_out_of_email: optout
"""
ERP = """\
provider: stage
connection: erp
object: People
role: lead
fields:
  email: mail
  last_name: name
  city: town
"""
LEAD = describe("Lead", "Email LastName Phone City OptedOut Status")
CONTACTS = describe("contacts", "email lastname phone optout")
PEOPLE = describe("People", "mail name town")


def two_crms(folder: Path, job: str = "sync: [sf, hs], first: prefer") -> tuple[Town, MemoryCrm, MemoryCrm]:
    """Salesforce and HubSpot; both map e-mail, name, phone and consent."""
    town = Town(folder, f"people: {{{job}}}")
    town.map("sf", SF)
    town.map("hs", HS)
    return town, town.crm("sf", LEAD), town.crm("hs", CONTACTS)


def three_crms(folder: Path) -> tuple[Town, MemoryCrm, MemoryCrm, MemoryCrm]:
    """A shop system as well, which knows the city but no phone."""
    town, sf, hs = two_crms(folder, "sync: [sf, hs, erp], first: prefer")
    town.map("erp", ERP)
    return town, sf, hs, town.crm("erp", PEOPLE)


def only(crm: MemoryCrm, object: str) -> dict:
    """The values of the only record."""
    (values,) = crm.records(object).values()
    return values


def only_id(crm: MemoryCrm, object: str) -> str:
    (id_,) = crm.records(object)
    return id_
