"""Who works in the org, what they may do, and the objects that describe its settings."""

from __future__ import annotations

from leadbridge_salesforce.sandbox.schema.model import FieldSchema, ObjectSchema
from leadbridge_salesforce.sandbox.schema.parts import (
    audit,
    checkbox,
    identity,
    name,
    parent,
    person_name,
    read_only,
    values,
)

F = FieldSchema

USER = ObjectSchema(
    name="User",
    label="User",
    label_plural="Users",
    key_prefix="005",
    deletable=False,
    fields=(
        identity(),
        F("Username", "Username", "string", length=80, nillable=False, unique=True, id_lookup=True),
        *(f for f in person_name() if f.name != "Salutation"),
        F("CompanyName", "Company Name", "string", length=80),
        F("Department", "Department", "string", length=80),
        F("Title", "Title", "string", length=80),
        F("Email", "Email", "email", length=128, nillable=False),
        F("Alias", "Alias", "string", length=8, nillable=False),
        checkbox("IsActive", "Active", default=True),
        F(
            "TimeZoneSidKey",
            "Time Zone",
            "picklist",
            length=40,
            nillable=False,
            picklist=values("Europe/London", "GMT"),
        ),
        F("LocaleSidKey", "Locale", "picklist", length=40, nillable=False, picklist=values("en_GB", "en_US")),
        F("LanguageLocaleKey", "Language", "picklist", length=40, nillable=False, picklist=values("en_US", "en_GB")),
        F("EmailEncodingKey", "Email Encoding", "picklist", length=40, nillable=False, picklist=values("UTF-8")),
        read_only("UserType", "User Type", "picklist", 40),
        parent("ProfileId", "Profile ID", "Profile", children="Users", required=True),
        parent("ManagerId", "Manager ID", "User", children="ManagedUsers"),
        *audit(),
    ),
)

PROFILE = ObjectSchema(
    name="Profile",
    label="Profile",
    label_plural="Profiles",
    key_prefix="00e",
    createable=False,
    updateable=False,
    deletable=False,
    fields=(identity(), name(255), read_only("UserType", "User Type", "picklist", 40), *audit()),
)

GROUP = ObjectSchema(
    name="Group",
    label="Group",
    label_plural="Groups",
    key_prefix="00G",
    fields=(
        identity(),
        name(40),
        F("DeveloperName", "Developer Name", "string", length=80),
        parent("RelatedId", "Related ID", "User", writable=False),
        F(
            "Type",
            "Type",
            "picklist",
            length=40,
            nillable=False,
            picklist=values("Regular", "Queue"),
            updateable=False,
            restricted=True,
        ),
        F("Email", "Email", "email", length=255),
        checkbox("DoesSendEmailToMembers", "Send Email to Members"),
        *audit(),
    ),
)

QUEUE_SOBJECT = ObjectSchema(
    name="QueueSobject",
    label="Queue Sobject",
    label_plural="Queue Sobjects",
    key_prefix="03g",
    updateable=False,
    fields=(
        identity(),
        parent("QueueId", "Group ID", "Group", children="QueueSobjects", required=True, cascade=True),
        F("SobjectType", "Sobject Type", "picklist", length=40, picklist=values("Lead", "Task")),
        read_only("CreatedById", "Created By ID", "string", 18),
        read_only("SystemModstamp", "System Modstamp", "datetime"),
    ),
)

LEAD_STATUS = ObjectSchema(
    name="LeadStatus",
    label="Lead Status Value",
    label_plural="Lead Status Value",
    key_prefix="01J",
    createable=False,
    updateable=False,
    deletable=False,
    fields=(
        identity(),
        read_only("MasterLabel", "Master Label", "string", 255),
        read_only("ApiName", "API Name", "string", 255),
        read_only("SortOrder", "Sort Order", "int"),
        checkbox("IsDefault", "Is Default", writable=False),
        checkbox("IsConverted", "Is Converted", writable=False),
        *audit(),
    ),
)

OPPORTUNITY_STAGE = ObjectSchema(
    name="OpportunityStage",
    label="Opportunity Stage",
    label_plural="Opportunity Stage",
    key_prefix="01X",
    createable=False,
    updateable=False,
    deletable=False,
    fields=(
        identity(),
        read_only("MasterLabel", "Master Label", "string", 255),
        read_only("ApiName", "API Name", "string", 255),
        checkbox("IsActive", "Is Active", writable=False),
        read_only("SortOrder", "Sort Order", "int"),
        checkbox("IsClosed", "Is Closed", writable=False),
        checkbox("IsWon", "Is Won", writable=False),
        read_only("ForecastCategoryName", "Forecast Category Name", "string", 40),
        F("DefaultProbability", "Default Probability", "percent", precision=3, createable=False, updateable=False),
        *audit(),
    ),
)

RECORD_TYPE = ObjectSchema(
    name="RecordType",
    label="Record Type",
    label_plural="Record Types",
    key_prefix="012",
    createable=False,
    updateable=False,
    deletable=False,
    fields=(
        identity(),
        name(80),
        read_only("DeveloperName", "Record Type Name", "string", 80),
        read_only("NamespacePrefix", "Namespace Prefix", "string", 15),
        read_only("Description", "Description", "string", 255),
        read_only("SobjectType", "Sobject Type Name", "string", 40),
        checkbox("IsActive", "Active", writable=False),
        *audit(),
    ),
)

ORGANIZATION = ObjectSchema(
    name="Organization",
    label="Organization",
    label_plural="Organizations",
    key_prefix="00D",
    createable=False,
    updateable=False,
    deletable=False,
    fields=(
        identity(),
        name(80),
        read_only("Country", "Country", "string", 80),
        read_only("OrganizationType", "Edition", "picklist", 40),
        read_only("InstanceName", "Instance Name", "string", 5),
        checkbox("IsSandbox", "Is Sandbox", writable=False),
        read_only("DefaultLocaleSidKey", "Locale", "picklist", 40),
        read_only("LanguageLocaleKey", "Language", "picklist", 40),
        read_only("TimeZoneSidKey", "Time Zone", "picklist", 40),
        read_only("FiscalYearStartMonth", "Fiscal Year Starts In", "int"),
        checkbox("UsesStartDateAsFiscalYearName", "Fiscal Year Name by Start", writable=False),
        read_only("NamespacePrefix", "Namespace Prefix", "string", 15),
        read_only("TrialExpirationDate", "Trial Expiration Date", "datetime"),
        *audit(),
    ),
)
