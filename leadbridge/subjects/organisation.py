"""The organisation: a company or body that people belong to. Lengths are Salesforce's Account's."""

from __future__ import annotations

from leadbridge.subjects.model import Field, Subject

_FIELDS = (
    Field("name", "text", "Name.", 255, ("Account.Name",), ("companies.name",)),
    Field("domain", "text", "Internet domain, without www.", 255, (), ("companies.domain",)),
    Field("website", "url", "Web address.", 255, ("Account.Website",), ("companies.website",)),
    Field("phone", "phone", "Main phone number.", 40, ("Account.Phone",), ("companies.phone",)),
    Field("fax", "phone", "Fax number.", 40, ("Account.Fax",)),
    Field("number", "text", "Customer number.", 40, ("Account.AccountNumber",)),
    Field("industry", "text", "Industry.", 40, ("Account.Industry",), ("companies.industry",)),
    Field(
        "employees",
        "integer",
        "People who work there.",
        None,
        ("Account.NumberOfEmployees",),
        ("companies.numberofemployees",),
    ),
    Field(
        "annual_revenue",
        "decimal",
        "Revenue in a year.",
        None,
        ("Account.AnnualRevenue",),
        ("companies.annualrevenue",),
    ),
    Field("currency", "text", "ISO 4217 code of the organisation's amounts.", 3, ("Account.CurrencyIsoCode",)),
    Field(
        "street",
        "text",
        "Street and number; may have several lines.",
        255,
        ("Account.BillingStreet",),
        ("companies.address",),
    ),
    Field("city", "text", "City.", 40, ("Account.BillingCity",), ("companies.city",)),
    Field("state", "text", "State, province or region.", 80, ("Account.BillingState",), ("companies.state",)),
    Field(
        "postal_code",
        "text",
        "Postal code; text, since zeros may lead it.",
        20,
        ("Account.BillingPostalCode",),
        ("companies.zip",),
    ),
    Field("country", "country", "Country.", None, ("Account.BillingCountry",), ("companies.country",)),
    Field(
        "type",
        "text",
        "Customer, partner, competitor; each team's own words.",
        255,
        ("Account.Type",),
        ("companies.type",),
    ),
    Field("rating", "choice", "How promising, at a glance.", None, ("Account.Rating",), (), ("hot", "warm", "cold")),
    Field(
        "lead_source",
        "text",
        "How the organisation came to us.",
        255,
        ("Account.AccountSource",),
        ("companies.hs_analytics_source",),
    ),
    Field(
        "parent",
        "reference",
        "The organisation that this one belongs to.",
        None,
        ("Account.ParentId",),
        ("companies.associations.parent",),
    ),
    Field("description", "text", "Notes.", 32_000, ("Account.Description",), ("companies.description",)),
    Field(
        "owner",
        "reference",
        "The user who is responsible.",
        None,
        ("Account.OwnerId",),
        ("companies.hubspot_owner_id",),
    ),
    Field(
        "last_activity_at",
        "datetime",
        "The last thing that happened; Salesforce knows the day only.",
        None,
        ("Account.LastActivityDate",),
        ("companies.notes_last_updated",),
    ),
    Field(
        "created_at", "datetime", "When the record was made.", None, ("Account.CreatedDate",), ("companies.createdate",)
    ),
    Field(
        "modified_at",
        "datetime",
        "When the record last changed.",
        None,
        ("Account.LastModifiedDate",),
        ("companies.hs_lastmodifieddate",),
    ),
)

ORGANISATION = Subject.of("organisation", "A company or body that people belong to.", ("account",), _FIELDS)
