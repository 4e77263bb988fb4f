"""Campaigns and their members; tasks and events."""

from __future__ import annotations

from leadbridge_salesforce.sandbox.schema.model import FieldSchema, ObjectSchema
from leadbridge_salesforce.sandbox.schema.parts import (
    audit,
    checkbox,
    deletion,
    identity,
    name,
    owner,
    parent,
    read_only,
    values,
)

F = FieldSchema

CAMPAIGN = ObjectSchema(
    name="Campaign",
    label="Campaign",
    label_plural="Campaigns",
    key_prefix="701",
    fields=(
        identity(),
        deletion(),
        name(80),
        parent("ParentId", "Parent Campaign ID", "Campaign", children="ChildCampaigns"),
        F(
            "Type",
            "Type",
            "picklist",
            length=40,
            picklist=values("Conference", "Webinar", "Trade Show", "Email", "Telemarketing", "Other"),
        ),
        F(
            "Status",
            "Status",
            "picklist",
            length=40,
            picklist=values("Planned", "In Progress", "Completed", "Aborted", default="Planned"),
        ),
        F("StartDate", "Start Date", "date"),
        F("EndDate", "End Date", "date"),
        F("ExpectedRevenue", "Expected Revenue", "currency", precision=18, scale=0),
        F("BudgetedCost", "Budgeted Cost", "currency", precision=18, scale=0),
        F("ActualCost", "Actual Cost", "currency", precision=18, scale=0),
        checkbox("IsActive", "Active"),
        F("Description", "Description", "textarea", length=32000, filterable=False, sortable=False, groupable=False),
        owner(),
        *audit(),
    ),
)

CAMPAIGN_MEMBER = ObjectSchema(
    name="CampaignMember",
    label="Campaign Member",
    label_plural="Campaign Members",
    key_prefix="00v",
    fields=(
        identity(),
        deletion(),
        parent(
            "CampaignId",
            "Campaign ID",
            "Campaign",
            children="CampaignMembers",
            required=True,
            reparentable=False,
            cascade=True,
        ),
        parent("LeadId", "Lead ID", "Lead", children="CampaignMembers", reparentable=False, cascade=True),
        parent("ContactId", "Contact ID", "Contact", children="CampaignMembers", reparentable=False, cascade=True),
        F(
            "Status",
            "Status",
            "picklist",
            length=40,
            picklist=values("Sent", "Responded", "Registered", "Attended", default="Sent"),
        ),
        checkbox("HasResponded", "Responded", writable=False),
        read_only("FirstRespondedDate", "First Responded Date", "date"),
        *audit(),
    ),
)


TASK = ObjectSchema(
    name="Task",
    label="Task",
    label_plural="Tasks",
    key_prefix="00T",
    fields=(
        identity(),
        deletion(),
        parent("WhoId", "Name ID", "Contact", "Lead", children="Tasks"),
        parent("WhatId", "Related To ID", "Account", "Campaign", "Opportunity", children="Tasks"),
        F("Subject", "Subject", "string", length=255, name_field=True),
        F("ActivityDate", "Due Date Only", "date"),
        F(
            "Status",
            "Status",
            "picklist",
            length=255,
            nillable=False,
            defaulted_on_create=True,
            picklist=values("Not Started", "In Progress", "Completed", "Deferred", default="Not Started"),
        ),
        F(
            "Priority",
            "Priority",
            "picklist",
            length=255,
            nillable=False,
            defaulted_on_create=True,
            picklist=values("High", "Normal", "Low", default="Normal"),
        ),
        owner("Group", "User"),
        F("Description", "Description", "textarea", length=32000, filterable=False, sortable=False, groupable=False),
        checkbox("IsClosed", "Closed", writable=False),
        parent("AccountId", "Account ID", "Account", writable=False),
        F("TaskSubtype", "Task Subtype", "picklist", length=40, picklist=values("Task", "Call", "Email")),
        F("CallType", "Call Type", "picklist", length=40, picklist=values("Inbound", "Outbound", "Internal")),
        F("CallDurationInSeconds", "Call Duration", "int", precision=8),
        read_only("CompletedDateTime", "Completed Date", "datetime"),
        *audit(),
    ),
)

EVENT = ObjectSchema(
    name="Event",
    label="Event",
    label_plural="Events",
    key_prefix="00U",
    fields=(
        identity(),
        deletion(),
        parent("WhoId", "Name ID", "Contact", "Lead", children="Events"),
        parent("WhatId", "Related To ID", "Account", "Campaign", "Opportunity", children="Events"),
        F("Subject", "Subject", "string", length=255, name_field=True),
        F("Location", "Location", "string", length=255),
        checkbox("IsAllDayEvent", "All-Day Event"),
        F("ActivityDateTime", "Due Date Time", "datetime"),
        F("ActivityDate", "Due Date Only", "date"),
        F("DurationInMinutes", "Duration", "int", precision=8),
        F("StartDateTime", "Start Date Time", "datetime"),
        F("EndDateTime", "End Date Time", "datetime"),
        F("Description", "Description", "textarea", length=32000, filterable=False, sortable=False, groupable=False),
        parent("AccountId", "Account ID", "Account", writable=False),
        owner(),
        *audit(),
    ),
)
