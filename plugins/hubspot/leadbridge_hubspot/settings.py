"""What a connection of provider ``hubspot`` can be told in ``leadbridge.yaml``."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr, model_validator

from leadbridge.provider import Settings
from leadbridge_hubspot.objects import KINDS

Version = Literal["v3", "2026-03", "2026-09"]

OBJECTS: Final = (
    "contacts",
    "companies",
    "deals",
    "leads",
    "tasks",
    "notes",
    "calls",
    "meetings",
    "emails",
    "owners",
)
UNLISTED: Final = frozenset({"owners", "tasks", "notes", "calls", "meetings", "emails"})
LOOPBACK: Final = "127.0.0.1"
_OURS: Final = ".hubapi.com"


def _origin(text: str) -> str:
    """HubSpot's own over TLS, or a stand-in on this machine; nothing else is ever spoken to."""
    parts = urlsplit(text)
    host, port = (parts.hostname or "").lower(), parts.port  # .port raises ValueError by itself
    if parts.username or parts.password or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("must be scheme and host only, such as https://api.hubapi.com")
    if host == LOOPBACK and parts.scheme in {"http", "https"}:
        return f"{parts.scheme}://{host}:{port}" if port else f"{parts.scheme}://{host}"
    if parts.scheme != "https" or not host.endswith(_OURS) or port not in {None, 443}:
        raise ValueError(f"must be HubSpot's own over https, such as https://api.hubapi.com, or at {LOOPBACK}")
    return f"https://{host}"


_OTHERWISE: Final = {
    **{"contact": "contacts", "company": "companies", "deal": "deals", "lead": "leads", "task": "tasks"},
    **{"note": "notes", "call": "calls", "meeting": "meetings", "email": "emails", "owner": "owners"},
    **{kind.type_id: name for name, kind in KINDS.items()},
}
"""What HubSpot takes for these objects as well -> what they are called here, and in mappings."""


def _named(name: str) -> str:
    if name in _OTHERWISE:
        raise ValueError(f"{name!r} is called {_OTHERWISE[name]!r} here")
    return name


Name = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,100}$"), AfterValidator(_named)]


class HubSpotSettings(Settings):
    token: SecretStr | None = Field(None, description="Token of a private app, or a service key, by reference.")
    client_id: str | None = Field(None, min_length=1, description="Client id of an OAuth app.")
    client_secret: SecretStr | None = Field(None, description="Its client secret, by reference.")
    refresh_token: SecretStr | None = Field(None, description="Its refresh token for this account, by reference.")
    host: Annotated[str, AfterValidator(_origin)] = Field(
        "https://api.hubapi.com", description="Where the API answers; or a stand-in at 127.0.0.1."
    )
    api_version: Version = Field("2026-03", description="The version of the API that is spoken.")
    objects: tuple[Name, ...] = Field(
        OBJECTS, min_length=1, description="The objects to look at: a name, or the type id of a custom object."
    )
    lists: dict[Name, Annotated[int, Field(gt=0)] | Annotated[str, Field(min_length=1, max_length=200)]] = Field(
        default_factory=dict, description="Object: the list whose members alone are looked at, by its id or its name."
    )
    key_property: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,99}$")] | None = Field(
        "leadbridge_key",
        description="The unique property that keeps creates from being made twice; null where there is none.",
    )
    daily_share: float = Field(
        0.8, gt=0, le=1, description="Share of the account's API calls of a day from which on no more are made."
    )
    timeout: float = Field(60, gt=0, le=600, description="Seconds after which a reply counts as lost.")
    look_back: int = Field(
        300, ge=0, le=86_400, description="Seconds that a capture goes back, for records that the index shows late."
    )

    @model_validator(mode="after")
    def _listed(self) -> HubSpotSettings:
        for name in self.lists:
            if name in UNLISTED:
                raise ValueError(f"lists: HubSpot has no lists of {name}")
            if name not in self.objects:
                raise ValueError(f"lists: {name} is none of `objects`")
        return self

    @model_validator(mode="after")
    def _complete(self) -> HubSpotSettings:
        app = {"client_id": self.client_id, "client_secret": self.client_secret, "refresh_token": self.refresh_token}
        if self.token is not None:
            if any(value is not None for value in app.values()):
                raise ValueError("take either token, or client_id, client_secret and refresh_token; not both")
            return self
        missing = [name for name, value in app.items() if value is None]
        if missing:
            raise ValueError(f"needs token, or for an OAuth app also {' and '.join(missing)}")
        return self
