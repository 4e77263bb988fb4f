"""What Salesforce copies by itself at a conversion, field by field: the part that LeadConvertSettings does not show.

Source: Salesforce Help, "Default Lead Field Mapping"; custom fields: LeadConvertSettings.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

OBJECTS: Final[Mapping[str, str]] = {"account": "Account", "contact": "Contact", "opportunity": "Opportunity"}
"""Role -> object, in the order in which Salesforce makes them."""

_ADDRESS: Final = (
    "Street", "City", "State", "StateCode", "PostalCode", "Country", "CountryCode", "Latitude", "Longitude",
    "GeocodeAccuracy",
)  # fmt: skip

STANDARD: Final[Mapping[str, Mapping[str, str]]] = {
    "account": {
        "Name": "Company",
        "NameLocal": "CompanyLocal",
        "Phone": "Phone",
        "Fax": "Fax",
        "Website": "Website",
        "Industry": "Industry",
        "Rating": "Rating",
        "AnnualRevenue": "AnnualRevenue",
        "NumberOfEmployees": "NumberOfEmployees",
        "CurrencyIsoCode": "CurrencyIsoCode",
        **{f"Billing{part}": part for part in _ADDRESS},
    },
    "contact": {
        "Salutation": "Salutation",
        "FirstName": "FirstName",
        "MiddleName": "MiddleName",
        "LastName": "LastName",
        "Suffix": "Suffix",
        "FirstNameLocal": "FirstNameLocal",
        "LastNameLocal": "LastNameLocal",
        "Title": "Title",
        "Email": "Email",
        "Phone": "Phone",
        "MobilePhone": "MobilePhone",
        "Fax": "Fax",
        "Description": "Description",
        "LeadSource": "LeadSource",
        "DoNotCall": "DoNotCall",
        "HasOptedOutOfEmail": "HasOptedOutOfEmail",
        "HasOptedOutOfFax": "HasOptedOutOfFax",
        "CurrencyIsoCode": "CurrencyIsoCode",
        **{f"Mailing{part}": part for part in _ADDRESS},
    },
    "opportunity": {"Name": "Company", "LeadSource": "LeadSource", "CurrencyIsoCode": "CurrencyIsoCode"},
}
"""Role -> its field -> field of the lead. A checkbox is never empty, so that none is copied to an existing record: an
opt-out that a lead holds does not reach the contact that it goes into."""

NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "contact": {"AccountId": "account"},
    "opportunity": {"AccountId": "account"},
    "lead": {
        "ConvertedAccountId": "account",
        "ConvertedContactId": "contact",
        "ConvertedOpportunityId": "opportunity",
    },
}
"""Role -> its field -> role of the record that it names afterwards."""

UNSURE: Final[Mapping[str, frozenset[str]]] = {
    # tables of what is copied differ on the source of an account
    "account": frozenset({"AccountSource", "CleanStatus", "RecordTypeId"}),
    "contact": frozenset({"CleanStatus", "RecordTypeId"}),
    # defaults of the new owner's record type, the end of a fiscal quarter, the lead's latest campaign
    "opportunity": frozenset(
        {"CampaignId", "CloseDate", "ForecastCategoryName", "Probability", "RecordTypeId", "StageName"}
    ),
    "lead": frozenset({"ConvertedDate", "IsUnreadByOwner"}),
}
"""Role -> fields that Salesforce fills with what cannot be told beforehand."""

FILLED: Final[Mapping[str, frozenset[str]]] = {
    "account": frozenset({"AccountSource"}),
    "opportunity": frozenset({"CampaignId"}),
}
"""The part of :data:`UNSURE` that can also happen to an existing record whose field is empty."""

CARRIES: Final = frozenset({"activities", "notes", "files", "campaign_members"})
"""What moves to the contact by itself. Records of custom objects that name the lead do not."""
