"""What a connection of provider ``salesforce`` can be told in ``leadbridge.yaml``."""

from __future__ import annotations

import re
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from leadbridge.provider import Settings
from leadbridge_salesforce import hosts

Auth = Literal["client_credentials", "jwt", "refresh_token", "session"]

OBJECTS: Final = (
    "Lead",
    "Contact",
    "Account",
    "Opportunity",
    "OpportunityContactRole",
    "Task",
    "Event",
    "Campaign",
    "CampaignMember",
    "User",
    "Group",
)
_NEEDS: Final[dict[Auth, tuple[str, ...]]] = {
    "client_credentials": ("client_id", "client_secret"),
    "jwt": ("client_id", "username", "private_key"),
    "refresh_token": ("client_id", "refresh_token"),
    "session": ("session_token",),
}
_OLDEST: Final = 58  # Summer '23: collections by external id, Bulk 2.0 with assignment rules, all that is used here


def _domain(text: str) -> str:
    hosts.parse(text)
    return text


def _version(text: str) -> str:
    if not re.fullmatch(r"\d{2,3}\.0", text) or float(text) < _OLDEST:
        raise ValueError(f"must be an API version from {_OLDEST}.0 on, such as 66.0")
    return text


def _identifier(text: str) -> str:
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,79}", text):
        raise ValueError("must be an API name, such as Lead or My_Object__c")
    return text


Name = Annotated[str, AfterValidator(_identifier)]


class ConversionSettings(Settings):
    native: bool = Field(True, description="Whether Salesforce converts leads itself, by convertLead.")
    settings_file: str | None = Field(
        None, min_length=1, description="The org's LeadConvertSettings file: which custom fields are copied."
    )
    queue_owner: str | None = Field(
        None, pattern=r"^005[A-Za-z0-9]{12}([A-Za-z0-9]{3})?$", description="Who gets what a queue's leads become."
    )
    overwrite_lead_source: bool = Field(
        False, description="Whether an existing contact's lead source is overwritten by the lead's."
    )
    notify_owner: bool = Field(False, description="Whether Salesforce mails the owner of what is made.")


class SalesforceSettings(Settings):
    auth: Auth = Field("client_credentials", description="How to sign in.")
    domain: Annotated[str, AfterValidator(_domain)] = Field(
        description="My Domain, such as acme.my, or of a sandbox acme--dev.sandbox.my."
    )
    client_id: str | None = Field(None, min_length=1, description="Consumer key of the External Client App.")
    client_secret: SecretStr | None = Field(None, description="Its consumer secret, by reference.")
    username: str | None = Field(None, min_length=1, description="The user to act as; for auth: jwt.")
    private_key: SecretStr | None = Field(None, description="PEM of the app's certificate, by ${file:...}; for jwt.")
    refresh_token: SecretStr | None = Field(None, description="By reference; for auth: refresh_token.")
    session_token: SecretStr | None = Field(None, description="A session's token, by reference; for tests.")
    ca: str | None = Field(None, description="Certificate authority of a stand-in on this machine, a PEM file.")
    api_version: Annotated[str, AfterValidator(_version)] | None = Field(
        None, description="The API version to stay at; the org's newest where not given."
    )
    objects: tuple[Name, ...] = Field(OBJECTS, min_length=1, description="The objects to look at, by API name.")
    key_field: Name | None = Field(
        "LeadBridge_Key__c",
        description="The unique external-id field that keeps creates from being made twice; null where there is none.",
    )
    daily_share: float = Field(
        0.8, gt=0, le=1, description="Share of the org's API calls of a day from which on no more are made."
    )
    timeout: float = Field(120, gt=0, le=600, description="Seconds after which a reply counts as lost.")
    bulk_from: int = Field(2_000, ge=200, description="From how many rows on Bulk API 2.0 is used.")
    look_back: int = Field(
        600, ge=0, le=86_400, description="Seconds that a capture goes back, for records committed late."
    )
    assign: bool = Field(False, description="Whether creates and updates run the org's active assignment rules.")
    allow_duplicates: bool = Field(
        False, description="Whether records are saved that a duplicate rule alerts to; one that blocks still blocks."
    )

    conversion: ConversionSettings = Field(
        default_factory=ConversionSettings, description="How leads are converted by Salesforce itself."
    )

    @model_validator(mode="after")
    def _complete(self) -> SalesforceSettings:
        missing = [name for name in _NEEDS[self.auth] if getattr(self, name) is None]
        if missing:
            raise ValueError(f"auth: {self.auth} needs {' and '.join(missing)}")
        if self.auth == "client_credentials" and self.origin.shared:
            raise ValueError("auth: client_credentials needs the org's My Domain, such as acme.my, not login or test")
        if self.auth == "session" and self.origin.shared:
            raise ValueError("auth: session needs the org's My Domain, such as acme.my, not login or test")
        if self.ca is not None and not self.origin.loopback:
            raise ValueError(f"ca is for a stand-in at {hosts.LOOPBACK} only; Salesforce's certificates need none")
        return self

    @property
    def origin(self) -> hosts.Origin:
        """Where to sign in."""
        return hosts.parse(self.domain)
