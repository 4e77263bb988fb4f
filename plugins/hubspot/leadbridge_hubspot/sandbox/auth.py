"""Tokens: a private app's, which lasts, and those of OAuth, which last half an hour."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import parse_qsl

from leadbridge.sandbox import Call
from leadbridge_hubspot.sandbox.portal import Portal
from leadbridge_hubspot.sandbox.refusals import Refused, expired_token, no_such_object, no_token
from leadbridge_hubspot.sandbox.rest.answers import Answer

LASTS: Final = 1800
SCOPES: Final = (
    *(
        f"crm.objects.{name}.{deed}"
        for name in ("contacts", "companies", "deals", "leads")
        for deed in ("read", "write")
    ),
    *(f"crm.schemas.{name}.{deed}" for name in ("contacts", "companies", "deals") for deed in ("read", "write")),
    "crm.objects.owners.read",
    "crm.lists.read",
    "crm.lists.write",
    "sales-email-read",
    "forms",
    "oauth",
)


class Tokens:
    """What clients sign in by. Secrets are made anew at every start."""

    def __init__(self) -> None:
        self.private = f"pat-na1-{secrets.token_hex(16)}"
        self.client_id = "7b0c1f7e-leadbridge-sandbox"
        self.client_secret = secrets.token_hex(16)
        self.refresh_token = f"na1-{secrets.token_hex(16)}"
        self._issued: dict[str, datetime] = {}

    def check(self, portal: Portal, call: Call) -> None:
        """Raises Refused for a request without a token that is good now."""
        token = bearer(call)
        if hmac.compare_digest(token.encode(), self.private.encode()):
            return
        issued = self._issued.get(token)
        if issued is None:
            raise no_token()
        if portal.clock.now() - issued >= timedelta(seconds=LASTS):
            raise expired_token()

    def is_oauth(self, call: Call) -> bool:
        return bearer(call) in self._issued

    def end(self, call: Call) -> None:
        """The token of this request is over."""
        if bearer(call) in self._issued:
            self._issued[bearer(call)] = datetime.min.replace(tzinfo=self._issued[bearer(call)].tzinfo)

    def grant(self, portal: Portal, call: Call) -> Answer:
        told = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
        if told.get("client_id") != self.client_id:
            return _refused("BAD_CLIENT_ID", "invalid_client", "missing or unknown client id")
        if not _same(told.get("client_secret", ""), self.client_secret):
            return _refused("BAD_CLIENT_SECRET", "invalid_client", "missing or invalid client secret")
        if told.get("grant_type") != "refresh_token":
            return _refused("BAD_GRANT_TYPE", "unsupported_grant_type", "missing or unknown grant type")
        if not _same(told.get("refresh_token", ""), self.refresh_token):
            return _refused("BAD_REFRESH_TOKEN", "invalid_grant", "missing or invalid refresh token")
        token = f"C{secrets.token_urlsafe(40)}"
        self._issued[token] = portal.clock.now()
        body = {"access_token": token, "refresh_token": self.refresh_token, "expires_in": LASTS, "token_type": "bearer"}
        return Answer(200, body)

    def inspect(self, portal: Portal, token: str) -> Answer:
        """What an access token is good for. Raises Refused for one that is none."""
        if token not in self._issued:
            raise no_such_object()
        left = LASTS - int((portal.clock.now() - self._issued[token]).total_seconds())
        if left <= 0:
            raise expired_token()
        body: dict[str, Any] = {
            "token": token,
            "hub_id": portal.id,
            "hub_domain": "sandbox.example",
            "user": "grace@sandbox.example",
            "user_id": 9001,
            "app_id": 4242,
            "scopes": [scope for scope in SCOPES if scope not in portal.hidden_scopes],
            "token_type": "access",
            "expires_in": left,
        }
        return Answer(200, body)


def bearer(call: Call) -> str:
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def check_scope(portal: Portal, scope: str) -> None:
    """Raises Refused where the app was not granted it."""
    if scope in portal.hidden_scopes:
        message = "This app hasn't been granted all required scopes to make this call."
        detail = {
            "message": "One or more of the following scopes are required.",
            "context": {"requiredGranularScopes": [scope]},
        }
        raise Refused(403, "MISSING_SCOPES", message, errors=[detail])


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _refused(status: str, error: str, message: str) -> Answer:
    return Answer(400, {"status": status, "error": error, "error_description": message, "message": message})
