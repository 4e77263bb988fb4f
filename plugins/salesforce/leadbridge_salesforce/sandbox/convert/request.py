"""What a client asks for, lead by lead, and what it is told."""

from __future__ import annotations

from dataclasses import dataclass

from leadbridge_salesforce.sandbox.dml.refusals import Refused

MAX_LEADS = 100
"""LeadConvert elements of one call; SOAP API guide, convertLead."""


@dataclass(frozen=True, slots=True)
class LeadConvert:
    """One lead and what is to become of it; the names are those of the API.

    ``reserved`` are the elements that are documented as internal use only, of those that were sent.
    """

    lead_id: str = ""
    converted_status: str = ""
    account_id: str = ""
    contact_id: str = ""
    opportunity_id: str = ""
    opportunity_name: str = ""
    owner_id: str = ""
    do_not_create_opportunity: bool = False
    overwrite_lead_source: bool = False
    send_notification_email: bool = False
    reserved: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the headers of a call ask for.

    Attributes:
        allow_save: a duplicate rule that only alerts lets the record pass.
        truncate: text that is too long is cut.
    """

    allow_save: bool = False
    truncate: bool = False


@dataclass(frozen=True, slots=True)
class Converted:
    """The outcome for one lead, in the place of its request."""

    lead_id: str
    account_id: str = ""
    contact_id: str = ""
    opportunity_id: str = ""
    refused: Refused | None = None
