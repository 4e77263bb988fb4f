"""What signs the calls: a token that stays, or one that an OAuth app's refresh token is exchanged for."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol

import requests

from leadbridge.errors import ConnectionFailedError, LeadBridgeError, RetryableError
from leadbridge.provider import Site
from leadbridge_hubspot.settings import HubSpotSettings

_EARLY: Final = 60.0  # seconds before its end at which a token is renewed: a 401 is no sign for that, HubSpot says
_REMEDY: Final = {
    "BAD_REFRESH_TOKEN": "install the app in the account again, and give the connection the new refresh_token",
    "BAD_HUB": "the account is gone, or the app was taken out of it",
    "BAD_CLIENT_ID": "check client_id",
    "BAD_CLIENT_SECRET": "check client_secret",
}

Post = Callable[[Mapping[str, str]], requests.Response]


class Token(Protocol):
    """The bearer token to send now; ``renewable`` says whether HubSpot gives another one."""

    renewable: bool

    def current(self) -> str: ...

    def renew(self) -> None: ...


class FixedToken:
    """A private app's token, or a service key."""

    renewable = False

    def __init__(self, connection: str, token: str) -> None:
        self._connection = connection
        self._token = token

    def current(self) -> str:
        return self._token

    def renew(self) -> None:
        """Raises ConnectionFailedError: nothing can renew it but a person."""
        reason = "HubSpot does not accept the token; make a new one in HubSpot, and give it to the connection"
        raise ConnectionFailedError(self._connection, f"connection {self._connection!r}: {reason}")


class RefreshedToken:
    """An access token of half an hour, got when it is first needed, and again before it ends."""

    renewable = True

    def __init__(self, connection: str, settings: HubSpotSettings, post: Post) -> None:
        self._connection = connection
        self._settings = settings
        self._post = post
        self._token = ""
        self._until = 0.0

    def current(self) -> str:
        """Raises RetryableError where HubSpot is busy, ConnectionFailedError where it refuses."""
        if time.monotonic() >= self._until:
            self.renew()
        return self._token

    def renew(self) -> None:
        settings = self._settings
        if settings.client_secret is None or settings.refresh_token is None:
            raise ConnectionFailedError(self._connection, f"connection {self._connection!r} has no refresh token")
        reply = self._post(
            {
                "grant_type": "refresh_token",
                "client_id": settings.client_id or "",
                "client_secret": settings.client_secret.get_secret_value().strip(),
                "refresh_token": settings.refresh_token.get_secret_value().strip(),
            }
        )
        body = _json(reply)
        if reply.status_code != requests.codes.ok or not body.get("access_token"):
            raise _refusal(self._connection, reply, body)
        self._token = str(body["access_token"])
        lives = body.get("expires_in")
        self._until = time.monotonic() + (float(lives) if isinstance(lives, int | float) else 0.0) - _EARLY


def token(site: Site, settings: HubSpotSettings, post: Post) -> Token:
    """``post`` sends a form to the token endpoint."""
    if settings.token is not None:
        return FixedToken(site.connection, settings.token.get_secret_value().strip())
    return RefreshedToken(site.connection, settings, post)


def _refusal(connection: str, reply: requests.Response, body: Mapping[str, object]) -> LeadBridgeError:
    code = str(body.get("status") or body.get("error") or reply.status_code)
    reason = f"connection {connection!r}: HubSpot refused to sign us in: {code} ({reply.status_code})"
    if reply.status_code == requests.codes.too_many_requests or reply.status_code >= requests.codes.server_error:
        return RetryableError(connection, f"{reason}; run again later", _seconds(reply))
    return ConnectionFailedError(connection, f"{reason}; {_REMEDY.get(code, 'check the app and the connection')}")


def _seconds(reply: requests.Response) -> float | None:
    try:
        return float(reply.headers["Retry-After"])
    except (KeyError, ValueError):
        return None


def _json(reply: requests.Response) -> dict[str, object]:
    try:
        body = reply.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
