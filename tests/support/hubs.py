"""A town with a CRM that keeps leads and contacts in one object, as HubSpot does, beside one that keeps them apart."""

from __future__ import annotations

from pathlib import Path

from offices import office
from town import Town, describe

from leadbridge.memory import MemoryCrm
from leadbridge.values import Raw

BOTH = "kind first_name last_name email phone company status stage budget organisation"
TWO = """\
convert: {convert: [hub], policy: convert.yaml}
people: {sync: [hub, crm], roles: [lead, contact, account], first: prefer}
"""
LEAD = """\
provider: stage
connection: hub
object: People
role: lead
when: kind in ["new", "warm"]
on_create: {kind: new}
fields:
  first_name: first_name
  last_name: last_name
  email: email
  phone: phone
  company: company
  status: status
  stage: {field: kind, values: {lead: new, prospect: warm}, unknown: missing}
  budget: {field: budget, as: decimal}
"""
CONTACT = """\
provider: stage
connection: hub
object: People
role: contact
when: kind in ["deal", "customer"]
on_create: {kind: deal}
fields:
  first_name: first_name
  last_name: last_name
  email: email
  phone: phone
  stage: {field: kind, values: {prospect: deal, customer: customer}, unknown: missing}
  organisation: organisation
"""


def hub(folder: Path, jobs: str = TWO) -> Town:
    """A CRM called ``hub`` with leads and contacts in ``People``, beside one that keeps them apart."""
    town = office(folder, jobs, "hub", "crm")
    for role in ("lead", "contact"):
        (folder / "mappings" / f"hub.{role}.yaml").unlink()
    town.crm("hub", describe("People", BOTH))
    town.map("hub.lead", LEAD)
    town.map("hub.contact", CONTACT)
    return town


def person(crm: MemoryCrm, **values: Raw) -> str:
    return crm.create("People", {**dict.fromkeys(BOTH.split(), ""), **values})
