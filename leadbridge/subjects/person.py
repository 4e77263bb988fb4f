"""The person: a lead, a prospect or a contact, depending on the role that holds the record.

Lengths are Salesforce's, the shorter of Lead's and Contact's where they differ; HubSpot's text properties hold 65,536
characters and never bind. What a lead says of its company are fields of the person until an organisation is linked.
"""

from __future__ import annotations

from leadbridge.subjects.model import Field, Subject


def _both(name: str) -> tuple[str, ...]:
    return (f"Lead.{name}", f"Contact.{name}")


_NAME = (
    Field("salutation", "text", "Form of address, such as Dr.", 40, _both("Salutation"), ("contacts.salutation",)),
    Field("first_name", "text", "Given name.", 40, _both("FirstName"), ("contacts.firstname",)),
    Field("middle_name", "text", "Middle names.", 40, _both("MiddleName")),
    Field("last_name", "text", "Family name; Salesforce requires it.", 80, _both("LastName"), ("contacts.lastname",)),
    Field("suffix", "text", "What follows the name, such as Jr.", 40, _both("Suffix")),
)

_REACH = (
    Field("email", "email", "Main e-mail address.", 80, _both("Email"), ("contacts.email",)),
    Field("phone", "phone", "Main phone number.", 40, _both("Phone"), ("contacts.phone",)),
    Field("mobile_phone", "phone", "Mobile phone number.", 40, _both("MobilePhone"), ("contacts.mobilephone",)),
    Field("fax", "phone", "Fax number.", 40, _both("Fax"), ("contacts.fax",)),
    Field(
        "language", "text", "Preferred language, an IETF tag such as en or pt-BR.", 35, (), ("contacts.hs_language",)
    ),
    Field("time_zone", "text", "IANA name, such as Europe/Berlin.", 64, (), ("contacts.hs_timezone",)),
)

_WORK = (
    Field("title", "text", "Job title.", 128, _both("Title"), ("contacts.jobtitle",)),
    Field("department", "text", "Department at the company.", 80, ("Contact.Department",)),
    Field(
        "company", "text", "Name of the company, as the lead gave it.", 255, ("Lead.Company",), ("contacts.company",)
    ),
    Field("website", "url", "Web address of the company.", 255, ("Lead.Website",), ("contacts.website",)),
    Field("industry", "text", "Industry of the company.", 40, ("Lead.Industry",), ("contacts.industry",)),
    Field(
        "employees",
        "integer",
        "People who work at the company.",
        None,
        ("Lead.NumberOfEmployees",),
        ("contacts.numemployees",),
    ),
    Field(
        "annual_revenue",
        "decimal",
        "Revenue of the company in a year.",
        None,
        ("Lead.AnnualRevenue",),
        ("contacts.annualrevenue",),
    ),
    Field(
        "organisation",
        "reference",
        "The organisation that the person belongs to.",
        None,
        ("Contact.AccountId",),
        ("contacts.associations.company",),
    ),
)

_ADDRESS = (
    Field(
        "street",
        "text",
        "Street and number; may have several lines.",
        255,
        ("Lead.Street", "Contact.MailingStreet"),
        ("contacts.address",),
    ),
    Field("city", "text", "City.", 40, ("Lead.City", "Contact.MailingCity"), ("contacts.city",)),
    Field(
        "state", "text", "State, province or region.", 80, ("Lead.State", "Contact.MailingState"), ("contacts.state",)
    ),
    Field(
        "postal_code",
        "text",
        "Postal code; text, since zeros may lead it.",
        20,
        ("Lead.PostalCode", "Contact.MailingPostalCode"),
        ("contacts.zip",),
    ),
    Field("country", "country", "Country.", None, ("Lead.Country", "Contact.MailingCountry"), ("contacts.country",)),
)

_INTEREST = (
    Field(
        "lead_source",
        "text",
        "How the person came to us, such as Web or Fair.",
        255,
        _both("LeadSource"),
        ("contacts.hs_analytics_source",),
    ),
    Field("campaign", "reference", "The campaign that brought the person."),
    Field("product", "text", "What the person is interested in.", 255),
    Field("budget", "decimal", "What they can spend."),
    Field("currency", "text", "ISO 4217 code of the person's amounts of money.", 3, _both("CurrencyIsoCode")),
    Field(
        "description",
        "text",
        "Notes, or the message that came with a form.",
        32_000,
        _both("Description"),
        ("contacts.message",),
    ),
    Field("raw_form", "text", "The whole form or row as it came, for the record.", 131_072),
)

_STANDING = (
    Field(
        "status",
        "text",
        "How far the work on a lead has got; each team's own words.",
        255,
        ("Lead.Status",),
        ("contacts.hs_lead_status",),
    ),
    Field(
        "stage",
        "choice",
        "Interest, qualified interest, or bought.",
        None,
        (),
        ("contacts.lifecyclestage",),
        ("lead", "prospect", "customer"),
    ),
    Field(
        "rating",
        "choice",
        "How promising, at a glance.",
        None,
        ("Lead.Rating",),
        ("leads.hs_lead_label",),
        ("hot", "warm", "cold"),
    ),
    Field("score", "integer", "Fit and engagement together.", computed=True),
    Field("fit_score", "integer", "Points for who they are.", computed=True),
    Field("engagement_score", "integer", "Points for what they did.", computed=True),
    Field("grade", "text", "Grade by the thresholds of the scoring file.", 10, computed=True),
    Field(
        "owner",
        "reference",
        "The user or queue that is responsible.",
        None,
        _both("OwnerId"),
        ("contacts.hubspot_owner_id",),
    ),
)

_CONSENT = (
    Field(
        "opted_out_of_email",
        "boolean",
        "Wants no mass e-mail.",
        None,
        _both("HasOptedOutOfEmail"),
        ("contacts.hs_email_optout",),
    ),
    Field("opted_out_of_fax", "boolean", "Wants no fax.", None, _both("HasOptedOutOfFax")),
    Field("do_not_call", "boolean", "Wants no phone calls.", None, _both("DoNotCall")),
    Field("do_not_contact", "boolean", "Wants nothing at all, by any means."),
    Field("legal_basis", "text", "On what ground the data are kept.", 255, (), ("contacts.hs_legal_basis",)),
    Field("consent_at", "datetime", "When consent was last given."),
)

_TIMES = (
    Field("qualified_at", "datetime", "When interest became qualified interest."),
    Field("qualified_reason", "text", "Why it counts as qualified.", 255),
    Field(
        "converted_at",
        "datetime",
        "When the lead was converted; Salesforce knows the day only.",
        None,
        ("Lead.ConvertedDate",),
    ),
    Field("source_lead", "reference", "The lead that the prospect or contact was made from."),
    Field(
        "opportunity",
        "reference",
        "The opportunity that came of the person's interest.",
        None,
        (),
        ("leads.associations.deal",),
    ),
    Field(
        "last_activity_at",
        "datetime",
        "The last thing that happened with the person; Salesforce knows the day only.",
        None,
        _both("LastActivityDate"),
        ("contacts.notes_last_updated",),
    ),
    Field("created_at", "datetime", "When the record was made.", None, _both("CreatedDate"), ("contacts.createdate",)),
    Field(
        "modified_at",
        "datetime",
        "When the record last changed.",
        None,
        _both("LastModifiedDate"),
        ("contacts.lastmodifieddate",),
    ),
)

PERSON = Subject.of(
    "person",
    "Somebody with an interest, qualified interest, or a relationship.",
    ("lead", "prospect", "contact"),
    (*_NAME, *_REACH, *_WORK, *_ADDRESS, *_INTEREST, *_STANDING, *_CONSENT, *_TIMES),
)
