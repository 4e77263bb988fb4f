"""The campaign, and who took part in it. Lengths are Salesforce's."""

from __future__ import annotations

from leadbridge.subjects.model import Field, Subject

_CAMPAIGN_FIELDS = (
    Field("name", "text", "Name.", 80, ("Campaign.Name",), ("campaigns.hs_name",)),
    Field("type", "text", "Fair, webinar, mailing; each team's own words.", 255, ("Campaign.Type",)),
    Field("status", "text", "How far it has got.", 255, ("Campaign.Status",), ("campaigns.hs_campaign_status",)),
    Field("is_active", "boolean", "Whether it is running.", None, ("Campaign.IsActive",)),
    Field("starts_on", "date", "First day.", None, ("Campaign.StartDate",), ("campaigns.hs_start_date",)),
    Field("ends_on", "date", "Last day.", None, ("Campaign.EndDate",), ("campaigns.hs_end_date",)),
    Field("budget", "decimal", "What it may cost.", None, ("Campaign.BudgetedCost",)),
    Field("cost", "decimal", "What it cost.", None, ("Campaign.ActualCost",)),
    Field("expected_revenue", "decimal", "What it is expected to bring.", None, ("Campaign.ExpectedRevenue",)),
    Field(
        "currency",
        "text",
        "ISO 4217 code of its amounts.",
        3,
        ("Campaign.CurrencyIsoCode",),
        ("campaigns.hs_currency_code",),
    ),
    Field("description", "text", "Notes.", 32_000, ("Campaign.Description",), ("campaigns.hs_notes",)),
    Field("parent", "reference", "The campaign that this one is part of.", None, ("Campaign.ParentId",)),
    Field("owner", "reference", "The user who is responsible.", None, ("Campaign.OwnerId",), ("campaigns.hs_owner",)),
    Field("created_at", "datetime", "When the record was made.", None, ("Campaign.CreatedDate",)),
    Field("modified_at", "datetime", "When the record last changed.", None, ("Campaign.LastModifiedDate",)),
)

_MEMBER_FIELDS = (
    Field("campaign", "reference", "The campaign.", None, ("CampaignMember.CampaignId",)),
    Field("person", "reference", "Who takes part.", None, ("CampaignMember.LeadId", "CampaignMember.ContactId")),
    Field("status", "text", "Sent, responded; each campaign's own words.", 255, ("CampaignMember.Status",)),
    Field("has_responded", "boolean", "Whether they answered.", None, ("CampaignMember.HasResponded",)),
    Field("responded_on", "date", "The day of the first answer.", None, ("CampaignMember.FirstRespondedDate",)),
    Field("created_at", "datetime", "When the record was made.", None, ("CampaignMember.CreatedDate",)),
    Field("modified_at", "datetime", "When the record last changed.", None, ("CampaignMember.LastModifiedDate",)),
)

CAMPAIGN = Subject.of("campaign", "Something done to win people's interest.", ("campaign",), _CAMPAIGN_FIELDS)
CAMPAIGN_MEMBER = Subject.of(
    "campaign_member", "One person's part in one campaign.", ("campaign_member",), _MEMBER_FIELDS
)
