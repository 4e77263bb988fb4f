"""Tokens and how long they are good for."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

import jwt

from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.org import Org

_ANYTHING: Final = "a key that nobody checks, since every token is kept here as well"


class Sessions:
    """The sessions of an org's API user."""

    def __init__(self, org: Org) -> None:
        self._org = org
        self._used: dict[str, datetime] = {}
        self.refresh = {self.new_refresh_token()}

    def open(self) -> str:
        """A new session's token, in the format that the app is set to."""
        token = self._jwt() if self._org.switches.jwt_tokens else f"{self._org.id[:15]}!{secrets.token_urlsafe(40)}"
        self._used[token] = self._org.clock.now()
        return token

    def keep(self, token: str) -> None:
        """Take in a token that was announced."""
        self._used[token] = self._org.clock.now()

    def check(self, token: str) -> None:
        """Raises Refused for a token that is none, or was left unused too long."""
        used, now = self._used.get(token), self._org.clock.now()
        if used is None or now - used > timedelta(minutes=self._org.switches.session_minutes):
            self._used.pop(token, None)
            raise expired()
        self._used[token] = now

    def tokens(self) -> tuple[str, ...]:
        """The open sessions."""
        return tuple(self._used)

    def close(self, token: str) -> None:
        self._used.pop(token, None)
        self.refresh.discard(token)

    def close_all(self) -> None:
        self._used.clear()

    def new_refresh_token(self) -> str:
        return f"5Aep{secrets.token_urlsafe(40)}"

    def rotated(self, token: str) -> str | None:
        """The refresh token that takes this one's place; None where it stays good."""
        if not self._org.switches.rotate_refresh_tokens:
            return None
        self.refresh.discard(token)
        fresh = self.new_refresh_token()
        self.refresh.add(fresh)
        return fresh

    def _jwt(self) -> str:
        told = {"sub": f"uid:{self._org.user}", "jti": secrets.token_urlsafe(16), "scp": "api"}
        return jwt.encode(told, _ANYTHING, algorithm="HS256")


def expired() -> Refused:
    return Refused("INVALID_SESSION_ID", "Session expired or invalid", status=401)


def is_jwt(token: str) -> bool:
    return token.count(".") == 2
