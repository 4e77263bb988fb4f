"""The rules of conversion as one table: which field of a lead becomes which field of what.

Source: Salesforce Help, *Lead Conversion Field Mapping*. Company, names of new opportunities, owners, close dates and
campaigns are no copies; :mod:`deciding` has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ACCOUNT: Final = "Account"
CONTACT: Final = "Contact"
OPPORTUNITY: Final = "Opportunity"


@dataclass(frozen=True, slots=True)
class Copied:
    """A lead's field, and the field of each object that takes it; empty for none."""

    lead: str
    account: str = ""
    contact: str = ""
    opportunity: str = ""

    def target(self, object: str) -> str:
        return {ACCOUNT: self.account, CONTACT: self.contact, OPPORTUNITY: self.opportunity}[object]


def _address(part: str) -> Copied:
    return Copied(part, account=f"Billing{part}", contact=f"Mailing{part}")


STANDARD: Final = (
    Copied("Company", account="Name"),
    Copied("Salutation", contact="Salutation"),
    Copied("FirstName", contact="FirstName"),
    Copied("MiddleName", contact="MiddleName"),
    Copied("LastName", contact="LastName"),
    Copied("Suffix", contact="Suffix"),
    Copied("Title", contact="Title"),
    Copied("Email", contact="Email"),
    Copied("Phone", account="Phone", contact="Phone"),
    Copied("MobilePhone", contact="MobilePhone"),
    Copied("Fax", account="Fax", contact="Fax"),
    _address("Street"),
    _address("City"),
    _address("State"),
    _address("PostalCode"),
    _address("Country"),
    _address("Latitude"),
    _address("Longitude"),
    Copied("Website", account="Website"),
    Copied("Industry", account="Industry"),
    Copied("Rating", account="Rating"),
    Copied("AnnualRevenue", account="AnnualRevenue"),
    Copied("NumberOfEmployees", account="NumberOfEmployees"),
    Copied("Description", contact="Description"),
    Copied("LeadSource", contact="LeadSource", opportunity="LeadSource"),
    Copied("DoNotCall", contact="DoNotCall"),
    Copied("HasOptedOutOfEmail", contact="HasOptedOutOfEmail"),
    Copied("HasOptedOutOfFax", contact="HasOptedOutOfFax"),
)
"""A checkbox is never empty, so that the last three reach new contacts only: an opt-out does not follow a lead into a
contact that is there."""

PERSON: Final = (
    *(Copied(name, account=name) for name in ("Salutation", "FirstName", "MiddleName", "LastName", "Suffix")),
    *(
        Copied(name, account=f"Person{name}")
        for name in (
            "Title",
            "Email",
            "MobilePhone",
            "LeadSource",
            "DoNotCall",
            "HasOptedOutOfEmail",
            "HasOptedOutOfFax",
        )
    ),
    *(
        Copied(part, account=f"PersonMailing{part}")
        for part in ("Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude")
    ),
    Copied("Description", account="Description"),
)
"""What an account that is a person takes besides; its address stands in both places."""

SOURCE_TO_ACCOUNT: Final = Copied("LeadSource", account="AccountSource")
"""Disputed; a switch."""
