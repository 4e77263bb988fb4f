"""Signing in: one POST to the token endpoint for each grant, and what its reply is worth."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import jwt
import requests

from leadbridge.errors import ConnectionFailedError, LeadBridgeError, RetryableError, UsageError
from leadbridge.provider import Site
from leadbridge_salesforce import hosts, rotation
from leadbridge_salesforce.settings import SalesforceSettings

_ASSERTION_LIVES: Final = 180  # seconds; Salesforce takes at most five minutes
_REMEDY: Final = {
    "invalid_client_id": "check client_id against the app's consumer key",
    "invalid_client": "check client_secret, or create a new one in the app",
    "invalid_grant": "check that the app allows this flow, is released to the user, and names who it runs as",
    "inactive_user": "activate the user that the app runs as",
    "inactive_org": "the org is locked or gone; ask its administrator",
    "rate_limit_exceeded": "too many sign-ins within the hour; run again later",
}


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in session: its token, never shown, and the server that takes it."""

    token: str = field(repr=False)
    instance: hosts.Origin


class SignIn:
    """Gets sessions for one connection. ``renewable`` says whether it can get a second one."""

    def __init__(self, site: Site, settings: SalesforceSettings, http: requests.Session) -> None:
        self._site = site
        self._settings = settings
        self._http = http
        self.renewable = settings.auth != "session"

    def __call__(self) -> Session:
        """A new session.

        Raises:
            RetryableError: the sign-in server is busy or cannot be reached.
            ConnectionFailedError: it refuses; the sentence says what to check.
        """
        settings = self._settings
        if settings.auth == "session":
            return Session(_secret(settings, "session_token"), settings.origin)
        reply = self._post(self._grant())
        self._keep_rotated(reply.get("refresh_token"))
        return Session(str(reply["access_token"]), self._instance(reply.get("instance_url")))

    def _grant(self) -> dict[str, str]:
        settings = self._settings
        if settings.auth == "jwt":
            return {"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": self._assertion()}
        app = {"client_id": settings.client_id or ""}
        if settings.client_secret is not None:
            app["client_secret"] = settings.client_secret.get_secret_value()
        if settings.auth == "client_credentials":
            return {"grant_type": "client_credentials", **app}
        token = rotation.newest(self._site, _secret(settings, "refresh_token"))
        return {"grant_type": "refresh_token", "refresh_token": token, **app}

    def _assertion(self) -> str:
        settings = self._settings
        claims = {
            "iss": settings.client_id,
            "sub": settings.username,
            "aud": _audience(settings.origin),
            "exp": int(time.time()) + _ASSERTION_LIVES,
        }
        try:
            return jwt.encode(claims, _secret(settings, "private_key"), algorithm="RS256")
        except (ValueError, TypeError, jwt.PyJWTError):
            reason = "private_key is no RSA key in PEM form; name the key file of the app's certificate"
            raise UsageError(f"connection {self._site.connection!r}: {reason}") from None  # the cause quotes the key

    def _post(self, grant: Mapping[str, str]) -> dict[str, object]:
        origin, name = self._settings.origin, self._site.connection
        try:
            reply = self._http.post(f"{origin}/services/oauth2/token", data=grant, allow_redirects=False)
        except requests.RequestException as error:
            reason = f"connection {name!r}: {origin.host} cannot be reached to sign in ({type(error).__name__})"
            raise RetryableError(name, f"{reason}; check the domain and the network") from None
        body = _json(reply)
        if reply.status_code == requests.codes.ok and isinstance(body.get("access_token"), str):
            return body
        raise _refusal(name, origin, reply.status_code, body)

    def _instance(self, text: object) -> hosts.Origin:
        """The server that the reply names, if it may be spoken to; the one signed in at where it names none."""
        home = self._settings.origin
        try:
            instance = hosts.parse(text) if isinstance(text, str) and text else home
        except ValueError:
            instance = None
        if instance is None or not hosts.may_move(home, instance):
            reason = f"{home.host} signed us in, but sends us to a server that is not Salesforce's"
            raise ConnectionFailedError(self._site.connection, f"connection {self._site.connection!r}: {reason}")
        return instance

    def _keep_rotated(self, token: object) -> None:
        if self._settings.auth == "refresh_token" and isinstance(token, str) and token:
            rotation.keep(self._site, _secret(self._settings, "refresh_token"), token)


def _refusal(name: str, origin: hosts.Origin, status: int, body: Mapping[str, object]) -> LeadBridgeError:
    """What to raise for a reply without a token. The description of the error is Salesforce's and holds no secret."""
    code = str(body.get("error") or status)
    said = str(body.get("error_description") or "no token in the reply")
    reason = f"connection {name!r}: {origin.host} refused to sign us in: {code} ({said[:200]})"
    if status >= requests.codes.server_error:
        return RetryableError(name, reason)
    return ConnectionFailedError(name, f"{reason}; {_REMEDY.get(code, 'check the app and the connection')}")


def _json(reply: requests.Response) -> dict[str, object]:
    try:
        body = reply.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _audience(origin: hosts.Origin) -> str:
    """Whom the assertion is for (OAuth 2.0 JWT bearer flow: ``aud``): the shared sign-in server of the org's kind."""
    if origin.loopback or origin.shared:
        return str(origin)
    return f"https://{'test' if '.sandbox.' in origin.host else 'login'}.salesforce.com"


def _secret(settings: SalesforceSettings, name: str) -> str:
    return str(getattr(settings, name).get_secret_value()).strip()
