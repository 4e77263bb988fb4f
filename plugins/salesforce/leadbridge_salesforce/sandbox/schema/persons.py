"""Person accounts: what an org gets when they are switched on. An account that is a person has a contact of its own."""

from __future__ import annotations

from dataclasses import replace

from leadbridge_salesforce.sandbox.schema import picklists
from leadbridge_salesforce.sandbox.schema.model import FieldSchema, OrgSchema
from leadbridge_salesforce.sandbox.schema.parts import address, checkbox, parent, person_name

F = FieldSchema

_FLAG = checkbox("IsPersonAccount", "Is Person Account", writable=False)

FIELDS = (
    _FLAG,
    parent("PersonContactId", "Contact ID", "Contact", writable=False),
    *(replace(f, nillable=True) for f in person_name() if f.name != "Name"),
    *address("PersonMailing", "Mailing ", "PersonMailingAddress"),
    F("PersonEmail", "Email", "email", length=80, id_lookup=True),
    F("PersonMobilePhone", "Mobile", "phone", length=40),
    F("PersonTitle", "Title", "string", length=80),
    F("PersonLeadSource", "Lead Source", "picklist", length=255, picklist=picklists.LEAD_SOURCES),
    checkbox("PersonDoNotCall", "Do Not Call"),
    checkbox("PersonHasOptedOutOfEmail", "Email Opt Out"),
    checkbox("PersonHasOptedOutOfFax", "Fax Opt Out"),
)


def with_person_accounts(org: OrgSchema) -> OrgSchema:
    """The org with what person accounts need; leads need no company in it."""
    account, contact, lead = org.by_name["account"], org.by_name["contact"], org.by_name["lead"]
    for added in FIELDS:
        account = account.with_field(added)
    company = replace(lead.by_name["company"], nillable=True)
    for changed in (account, contact.with_field(_FLAG), lead.with_field(company)):
        org = org.with_object(changed)
    return org
