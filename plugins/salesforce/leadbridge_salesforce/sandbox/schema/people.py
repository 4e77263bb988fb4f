"""Leads and contacts."""

from __future__ import annotations

from leadbridge_salesforce.sandbox.schema import picklists
from leadbridge_salesforce.sandbox.schema.model import FieldSchema, ObjectSchema, RecordTypeSchema
from leadbridge_salesforce.sandbox.schema.parts import (
    address,
    audit,
    checkbox,
    deletion,
    identity,
    master,
    owner,
    parent,
    person_name,
    read_only,
    record_type,
)

F = FieldSchema

REACHED = (
    F("Phone", "Phone", "phone", length=40),
    F("MobilePhone", "Mobile Phone", "phone", length=40),
    F("Fax", "Fax", "phone", length=40),
    F("Email", "Email", "email", length=80, id_lookup=True),
)
BOUNCED = (
    read_only("LastActivityDate", "Last Activity", "date"),
    read_only("EmailBouncedReason", "Email Bounced Reason", "string", 255),
    read_only("EmailBouncedDate", "Email Bounced Date", "datetime"),
)
OPT_OUTS = (
    checkbox("HasOptedOutOfEmail", "Email Opt Out"),
    checkbox("HasOptedOutOfFax", "Fax Opt Out"),
    checkbox("DoNotCall", "Do Not Call"),
)

LEAD = ObjectSchema(
    name="Lead",
    label="Lead",
    label_plural="Leads",
    key_prefix="00Q",
    mergeable=True,
    fields=(
        identity(),
        deletion(),
        master("Lead"),
        *person_name(),
        record_type(),
        F("Title", "Title", "string", length=128),
        F("Company", "Company", "string", length=255, nillable=False, permissionable=False),
        *address("", "", "Address"),
        *REACHED,
        F("Website", "Website", "url", length=255),
        F("Description", "Description", "textarea", length=32000, filterable=False, sortable=False, groupable=False),
        F("LeadSource", "Lead Source", "picklist", length=255, picklist=picklists.LEAD_SOURCES),
        F(
            "Status",
            "Status",
            "picklist",
            length=255,
            nillable=False,
            defaulted_on_create=True,
            picklist=picklists.statuses(),
            permissionable=False,
        ),
        F("Industry", "Industry", "picklist", length=255, picklist=picklists.INDUSTRIES),
        F("Rating", "Rating", "picklist", length=255, picklist=picklists.RATINGS),
        F("AnnualRevenue", "Annual Revenue", "currency", precision=18, scale=0),
        F("NumberOfEmployees", "Employees", "int", precision=8),
        owner("Group", "User"),
        *OPT_OUTS,
        F(
            "IsConverted",
            "Converted",
            "boolean",
            nillable=False,
            updateable=False,
            defaulted_on_create=True,
            default=False,
            permissionable=False,
        ),
        read_only("ConvertedDate", "Converted Date", "date"),
        parent("ConvertedAccountId", "Converted Account ID", "Account", writable=False),
        parent("ConvertedContactId", "Converted Contact ID", "Contact", writable=False),
        parent("ConvertedOpportunityId", "Converted Opportunity ID", "Opportunity", writable=False),
        checkbox("IsUnreadByOwner", "Unread By Owner", default=True),
        *audit(),
        *BOUNCED,
        F("Budget__c", "Budget", "currency", precision=18, scale=2),
        F("Score__c", "Score", "double", precision=5, scale=1),
        F("Region__c", "Region", "picklist", length=255, picklist=picklists.REGIONS, restricted=True),
        F("Product_Interest__c", "Product Interest", "multipicklist", length=4099, picklist=picklists.PRODUCTS),
        F("Source_Detail__c", "Source Detail", "string", length=120),
        F("Consent_Date__c", "Consent Date", "datetime"),
        F("HubSpot_Id__c", "HubSpot Id", "string", length=40, unique=True, external_id=True, id_lookup=True),
    ),
    record_types=(
        RecordTypeSchema(
            "Inbound",
            "Inbound",
            default=True,
            defaults={"Status": "Open - Not Contacted"},
        ),
        RecordTypeSchema(
            "Partner",
            "Partner",
            picklists={
                "Status": ("Open - Not Contacted", "Working - Contacted", "Partner_Won", "Closed - Not Converted"),
                "LeadSource": ("Partner Referral", "Other"),
            },
            defaults={"Status": "Open - Not Contacted", "LeadSource": "Partner Referral"},
        ),
    ),
)

CONTACT = ObjectSchema(
    name="Contact",
    label="Contact",
    label_plural="Contacts",
    key_prefix="003",
    mergeable=True,
    fields=(
        identity(),
        deletion(),
        master("Contact"),
        parent("AccountId", "Account ID", "Account", children="Contacts", cascade=True),
        *person_name(),
        *address("Other", "Other ", "OtherAddress"),
        *address("Mailing", "Mailing ", "MailingAddress"),
        *REACHED,
        F("HomePhone", "Home Phone", "phone", length=40),
        F("OtherPhone", "Other Phone", "phone", length=40),
        F("AssistantName", "Assistant's Name", "string", length=40),
        parent("ReportsToId", "Reports To ID", "Contact"),
        F("Title", "Title", "string", length=128),
        F("Department", "Department", "string", length=80),
        F("LeadSource", "Lead Source", "picklist", length=255, picklist=picklists.LEAD_SOURCES),
        F("Birthdate", "Birthdate", "date"),
        F("Description", "Description", "textarea", length=32000, filterable=False, sortable=False, groupable=False),
        owner(),
        *OPT_OUTS,
        *audit(),
        *BOUNCED,
        F("Region__c", "Region", "picklist", length=255, picklist=picklists.REGIONS, restricted=True),
        F("Product_Interest__c", "Product Interest", "multipicklist", length=4099, picklist=picklists.PRODUCTS),
        F("Source_Detail__c", "Source Detail", "string", length=120),
        F("Consent_Date__c", "Consent Date", "datetime"),
        F("HubSpot_Id__c", "HubSpot Id", "string", length=40, unique=True, external_id=True, id_lookup=True),
    ),
)
