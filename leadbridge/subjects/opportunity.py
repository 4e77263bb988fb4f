"""The opportunity: a sale that may come. Lengths are Salesforce's Opportunity's."""

from __future__ import annotations

from leadbridge.subjects.model import Field, Subject

_FIELDS = (
    Field("name", "text", "Name.", 120, ("Opportunity.Name",), ("deals.dealname",)),
    Field("amount", "decimal", "What it is expected to bring.", None, ("Opportunity.Amount",), ("deals.amount",)),
    Field(
        "currency",
        "text",
        "ISO 4217 code of the amount.",
        3,
        ("Opportunity.CurrencyIsoCode",),
        ("deals.deal_currency_code",),
    ),
    Field(
        "stage",
        "text",
        "How far it has got; each team's own words.",
        255,
        ("Opportunity.StageName",),
        ("deals.dealstage",),
    ),
    Field("pipeline", "text", "The row of stages that it runs through.", 255, (), ("deals.pipeline",)),
    Field(
        "close_date",
        "date",
        "The day it is expected to be won.",
        None,
        ("Opportunity.CloseDate",),
        ("deals.closedate",),
    ),
    Field(
        "probability",
        "decimal",
        "Chance of winning, 0 to 100; HubSpot's runs from 0 to 1.",
        None,
        ("Opportunity.Probability",),
        ("deals.hs_deal_stage_probability",),
    ),
    Field(
        "type", "text", "New business, upgrade; each team's own words.", 255, ("Opportunity.Type",), ("deals.dealtype",)
    ),
    Field("next_step", "text", "What is to be done next.", 255, ("Opportunity.NextStep",), ("deals.hs_next_step",)),
    Field("product", "text", "What is to be bought.", 255),
    Field(
        "lead_source", "text", "How it came to us.", 255, ("Opportunity.LeadSource",), ("deals.hs_analytics_source",)
    ),
    Field("campaign", "reference", "The campaign that brought it.", None, ("Opportunity.CampaignId",)),
    Field(
        "organisation",
        "reference",
        "The organisation that may buy.",
        None,
        ("Opportunity.AccountId",),
        ("deals.associations.company",),
    ),
    Field(
        "contact",
        "reference",
        "The person to talk to.",
        None,
        ("Opportunity.ContactId",),
        ("deals.associations.contact",),
    ),
    Field("description", "text", "Notes.", 32_000, ("Opportunity.Description",), ("deals.description",)),
    Field(
        "owner",
        "reference",
        "The user who is responsible.",
        None,
        ("Opportunity.OwnerId",),
        ("deals.hubspot_owner_id",),
    ),
    Field(
        "is_closed",
        "boolean",
        "Won or lost; read, never set.",
        None,
        ("Opportunity.IsClosed",),
        ("deals.hs_is_closed",),
    ),
    Field("is_won", "boolean", "Won; read, never set.", None, ("Opportunity.IsWon",), ("deals.hs_is_closed_won",)),
    Field("source_lead", "reference", "The lead that it was made from."),
    Field(
        "created_at", "datetime", "When the record was made.", None, ("Opportunity.CreatedDate",), ("deals.createdate",)
    ),
    Field(
        "modified_at",
        "datetime",
        "When the record last changed.",
        None,
        ("Opportunity.LastModifiedDate",),
        ("deals.hs_lastmodifieddate",),
    ),
)

OPPORTUNITY = Subject.of("opportunity", "A sale that may come.", ("opportunity",), _FIELDS)
