"""``/services/oauth2``: tokens for an app, and whose they are."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qsl

import jwt

from leadbridge.sandbox import Call
from leadbridge_salesforce.sandbox.auth.app import App
from leadbridge_salesforce.sandbox.auth.sessions import Sessions
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.rest.answers import Answer

_LATEST: Final = timedelta(minutes=5)
"""How far ahead an assertion may end."""


class OAuthError(Exception):
    """A grant that is refused, by OAuth's code and a description."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code


class OAuth:
    """The token endpoint and its neighbours. ``url`` is where the org is served."""

    def __init__(self, org: Org, sessions: Sessions, app: App) -> None:
        self._org = org
        self._sessions = sessions
        self._app = app

    def token(self, call: Call, url: str) -> Answer:
        told = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
        told = {**_basic(call.headers.get("authorization", "")), **told}
        try:
            extra = self._granted(told)
        except OAuthError as error:
            return Answer(400, {"error": error.code, "error_description": str(error)})
        return Answer(200, {**self._session(url), **extra})

    def revoke(self, call: Call, url: str) -> Answer:
        told = dict(parse_qsl(call.body.decode("utf-8", "replace")))
        self._sessions.close(told.get("token", ""))
        return Answer(200)

    def userinfo(self, call: Call, url: str) -> Answer:
        """Whose the session is; the caller has checked it."""
        user = self._org.store.get("User", self._org.user) or {}
        return Answer(
            200,
            {
                "sub": f"{url}/id/{self._org.id}/{self._org.user}",
                "user_id": self._org.user,
                "organization_id": self._org.id,
                "preferred_username": user.get("Username"),
                "name": user.get("Name"),
                "email": user.get("Email"),
                "email_verified": True,
                "active": True,
                "user_type": "STANDARD",
                "urls": {"rest": f"{url}/services/data/v{{version}}/", "partner": f"{url}/services/Soap/u/{{version}}"},
            },
        )

    def identity(self, call: Call, url: str) -> Answer:
        user = self._org.store.get("User", self._org.user) or {}
        return Answer(
            200,
            {
                "id": f"{url}/id/{self._org.id}/{self._org.user}",
                "user_id": self._org.user,
                "organization_id": self._org.id,
                "username": user.get("Username"),
                "display_name": user.get("Name"),
                "email": user.get("Email"),
                "active": True,
                "urls": {"rest": f"{url}/services/data/v{{version}}/", "partner": f"{url}/services/Soap/u/{{version}}"},
            },
        )

    def _granted(self, told: Mapping[str, str]) -> dict[str, str]:
        """What the reply holds beyond the session. Raises OAuthError."""
        grant = told.get("grant_type", "")
        if grant == "urn:ietf:params:oauth:grant-type:jwt-bearer":
            self._check_assertion(told.get("assertion", ""))
            return {}
        self._check_app(told, secret=grant != "refresh_token" or "client_secret" in told)
        if grant == "client_credentials":
            return {}
        if grant == "password":
            self._check_password(told)
            return {}
        if grant == "refresh_token":
            return self._refreshed(told.get("refresh_token", ""))
        raise OAuthError("unsupported_grant_type", "grant type not supported")

    def _check_app(self, told: Mapping[str, str], *, secret: bool) -> None:
        if told.get("client_id") != self._app.client_id:
            raise OAuthError("invalid_client_id", "client identifier invalid")
        if secret and not hmac.compare_digest(told.get("client_secret", "").encode(), self._app.client_secret.encode()):
            raise OAuthError("invalid_client", "invalid client credentials")

    def _check_password(self, told: Mapping[str, str]) -> None:
        wanted = self._app.password + self._app.security_token
        right = hmac.compare_digest(told.get("password", "").encode(), wanted.encode())
        if told.get("username") != self._app.username or not right:
            raise OAuthError("invalid_grant", "authentication failure")

    def _check_assertion(self, assertion: str) -> None:
        now = self._org.clock.now()
        loose: Any = {"verify_exp": False, "verify_aud": False, "verify_iat": False, "verify_nbf": False}
        try:
            told = jwt.decode(assertion, self._app.public_key, algorithms=["RS256"], options=loose)
        except jwt.PyJWTError:
            raise OAuthError("invalid_grant", "invalid assertion") from None
        if told.get("iss") != self._app.client_id:
            raise OAuthError("invalid_client_id", "client identifier invalid")
        if told.get("sub") != self._app.username:
            raise OAuthError("invalid_grant", "user hasn't approved this consumer")
        if not told.get("aud"):
            raise OAuthError("invalid_grant", "audience is invalid")
        if not now.timestamp() < _seconds(told.get("exp")) <= (now + _LATEST).timestamp():
            raise OAuthError("invalid_grant", "expired authorization code")

    def _refreshed(self, token: str) -> dict[str, str]:
        if token not in self._sessions.refresh:
            raise OAuthError("invalid_grant", "expired access/refresh token")
        fresh = self._sessions.rotated(token)
        return {"refresh_token": fresh} if fresh else {}

    def _session(self, url: str) -> dict[str, str]:
        token = self._sessions.open()
        return {
            "access_token": token,
            "instance_url": url,
            "id": f"{url}/id/{self._org.id}/{self._org.user}",
            "token_type": "Bearer",
            "issued_at": str(int(self._org.clock.now().timestamp() * 1000)),
            "signature": base64.b64encode(token[-32:].encode()).decode(),
            "token_format": "jwt" if self._org.switches.jwt_tokens else "opaque",
            "scope": "api",
        }


def _seconds(told: object) -> float:
    """A moment since 1970, which some clients send as text; long ago where it is none."""
    try:
        return float(str(told))
    except ValueError:
        return 0.0


def _basic(header: str) -> dict[str, str]:
    """Client id and secret out of an Authorization header."""
    kind, _, value = header.partition(" ")
    if kind.lower() != "basic":
        return {}
    try:
        name, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return {}
    return {"client_id": name, "client_secret": secret}
