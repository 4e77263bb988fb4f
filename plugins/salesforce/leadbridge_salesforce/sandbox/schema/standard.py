"""The org that every sandbox starts from."""

from __future__ import annotations

from leadbridge_salesforce.sandbox.schema import administration, business, marketing, people, security
from leadbridge_salesforce.sandbox.schema.model import FieldSchema, OrgSchema
from leadbridge_salesforce.sandbox.schema.persons import with_person_accounts

KEYED = ("Lead", "Contact", "Account", "Opportunity")
"""The objects that carry the key of creates."""


def key_field() -> FieldSchema:
    """The field that makes creates of LeadBridge repeatable without harm."""
    return FieldSchema(
        "LeadBridge_Key__c",
        "LeadBridge Key",
        "string",
        length=64,
        unique=True,
        external_id=True,
        id_lookup=True,
        case_sensitive=True,
    )


def standard_org(*, keyed: bool = True, person_accounts: bool = False) -> OrgSchema:
    """The objects of a realistic org, in words of our own.

    Args:
        keyed: leads, contacts, accounts and opportunities have the field of :func:`key_field`.
        person_accounts: accounts may be people, and leads need no company.
    """
    org = OrgSchema(
        (
            people.LEAD,
            people.CONTACT,
            business.ACCOUNT,
            business.OPPORTUNITY,
            business.OPPORTUNITY_CONTACT_ROLE,
            marketing.CAMPAIGN,
            marketing.CAMPAIGN_MEMBER,
            marketing.TASK,
            marketing.EVENT,
            administration.USER,
            administration.PROFILE,
            administration.GROUP,
            administration.QUEUE_SOBJECT,
            administration.LEAD_STATUS,
            administration.OPPORTUNITY_STAGE,
            administration.RECORD_TYPE,
            administration.ORGANIZATION,
            security.PERMISSION_SET,
            security.PERMISSION_SET_ASSIGNMENT,
            security.FIELD_PERMISSIONS,
        )
    )
    if keyed:
        for name in KEYED:
            org = org.with_object(org.by_name[name.lower()].with_field(key_field()))
    return with_person_accounts(org) if person_accounts else org
