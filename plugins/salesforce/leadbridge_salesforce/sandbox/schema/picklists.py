"""Picklist values that several objects share, and the rows of the two objects that describe stages."""

from __future__ import annotations

from dataclasses import dataclass

from leadbridge_salesforce.sandbox.schema.model import PicklistValue
from leadbridge_salesforce.sandbox.schema.parts import values

LEAD_SOURCES = values("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Trade Fair", "Other")
INDUSTRIES = values(
    "Agriculture",
    "Banking",
    "Biotechnology",
    "Construction",
    "Consulting",
    "Education",
    "Electronics",
    "Energy",
    "Engineering",
    "Finance",
    "Government",
    "Healthcare",
    "Insurance",
    "Manufacturing",
    "Media",
    "Not For Profit",
    "Retail",
    "Technology",
    "Telecommunications",
    "Transportation",
    "Other",
)
RATINGS = values("Hot", "Warm", "Cold")
REGIONS = values("EMEA", "AMER", "APAC")
PRODUCTS = values("Starter", "Team", "Enterprise", "Support", "Training")


@dataclass(frozen=True, slots=True)
class LeadStatusRow:
    """A lead status. Only ``converted`` ones can be asked for in a conversion."""

    api_name: str
    label: str
    converted: bool = False
    default: bool = False


LEAD_STATUSES = (
    LeadStatusRow("Open - Not Contacted", "Open - Not Contacted", default=True),
    LeadStatusRow("Working - Contacted", "Working - Contacted"),
    LeadStatusRow("Nurturing", "Nurturing"),
    LeadStatusRow("Closed - Converted", "Closed - Converted", converted=True),
    LeadStatusRow("Partner_Won", "Won by a partner", converted=True),
    LeadStatusRow("Closed - Not Converted", "Closed - Not Converted"),
)


@dataclass(frozen=True, slots=True)
class StageRow:
    """A stage of an opportunity, with the probability that it sets, in per cent."""

    name: str
    probability: int
    forecast: str
    closed: bool = False
    won: bool = False


STAGES = (
    StageRow("Prospecting", 10, "Pipeline"),
    StageRow("Qualification", 10, "Pipeline"),
    StageRow("Needs Analysis", 20, "Pipeline"),
    StageRow("Value Proposition", 50, "Pipeline"),
    StageRow("Proposal/Price Quote", 75, "Pipeline"),
    StageRow("Negotiation/Review", 90, "Pipeline"),
    StageRow("Closed Won", 100, "Closed", closed=True, won=True),
    StageRow("Closed Lost", 0, "Omitted", closed=True),
)


def statuses() -> tuple[PicklistValue, ...]:
    return tuple(PicklistValue(row.api_name, row.label, default=row.default) for row in LEAD_STATUSES)


def stages() -> tuple[PicklistValue, ...]:
    return values(*(row.name for row in STAGES))
