"""Everything that goes to HubSpot goes through here, in place of the generated clients' own connections.

It refuses every host but the connection's, rewrites the path to the version that is spoken, keeps under the limits,
signs, sets a time-out, and raises LeadBridge's errors, so that the eight exception classes of each generated module are
never seen. Reads are repeated here where HubSpot asks for patience; whatever writes is repeated by the caller.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from hashlib import blake2b
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_exponential, wait_random

from leadbridge.errors import ConnectionFailedError, CredentialsError, LeadBridgeError, RetryableError
from leadbridge.provider import Site
from leadbridge_hubspot import failures
from leadbridge_hubspot.pace import Pace
from leadbridge_hubspot.paths import versioned
from leadbridge_hubspot.settings import LOOPBACK, HubSpotSettings
from leadbridge_hubspot.signin import token

_CONNECT: Final = 15.0  # seconds
_ATTEMPTS: Final = 6
_LONGEST: Final = 60.0  # seconds that a read waits by itself
_READS: Final = ("/search", "/batch/read")
_DETAILS: Final = "/account-info/v3/details"
_KEY: Final = b"leadbridge.pacing"
_TOKEN: Final = "/oauth/v1/token"  # noqa: S105  (an address)
_BACKOFF: Final = wait_exponential(multiplier=0.5, max=_LONGEST) + wait_random(0, 0.5)


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that went well, in the shape that the generated clients pass on."""

    status: int
    reason: str
    headers: Mapping[str, str]
    data: bytes

    def getheaders(self) -> Mapping[str, str]:
        return self.headers

    def getheader(self, name: str, default: str | None = None) -> str | None:
        return self.headers.get(name, default)


class Transport:
    """
    Attributes:
        calls: requests sent so far, repeated ones included, signing in not.
        served_at: the server's time of the latest reply, aware UTC; None where it never said.
    """

    def __init__(self, site: Site, settings: HubSpotSettings) -> None:
        self._connection = site.connection
        self._settings = settings
        self._http = _session(settings.host)
        self._pace = Pace(site.connection, settings.daily_share, site.pacer)
        self._shares = site.pacer is not None
        self.token = token(site, settings, self._sign_in)
        self.calls = 0
        self.served_at: datetime | None = None

    def request(
        self,
        method: str,
        url: str,
        *,
        fields: Sequence[tuple[str, str]] | None = None,
        body: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
        **_: object,
    ) -> Reply:
        """What the generated clients call in place of urllib3. Raises a ConnectionFailedError that says what next."""
        parts = urlsplit(url)
        if f"{parts.scheme}://{parts.netloc}" != self._settings.host:
            reason = f"a call to another host than {self._settings.host} was stopped"
            raise ConnectionFailedError(self._connection, f"connection {self._connection!r}: {reason}")
        path = versioned(parts.path, self._settings.api_version)
        writes = method != "GET" and not path.endswith(_READS)
        call = _Call(method, path, parts.query, tuple(fields or ()), body, writes)
        if writes:
            return self._once(call)
        retrying = Retrying(
            retry=retry_if_exception(_is_patient), wait=_wait, stop=stop_after_attempt(_ATTEMPTS), reraise=True
        )
        answer: Reply = retrying(self._once, call)
        return answer

    def _once(self, call: _Call) -> Reply:
        """A token that is not accepted was taken back before its end: another one is asked for, once."""
        try:
            return self._send(call)
        except CredentialsError:
            if not self.token.renewable:
                raise
            self.token.renew()
            return self._send(call)

    def _send(self, call: _Call) -> Reply:
        bearer = self.token.current()
        self._pace.before(call.path, self._app, lambda: self._account)
        self.calls += 1
        try:
            reply = self._http.request(
                call.method,
                f"{self._settings.host}{call.path}" + (f"?{call.query}" if call.query else ""),
                params=list(call.fields),
                data=call.body,
                headers={"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"},
                timeout=(_CONNECT, self._settings.timeout),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise failures.of_silence(self._connection, error, writes=call.writes) from None
        return self._taken(reply, writes=call.writes)

    @cached_property
    def _app(self) -> str:
        """Who is counted: a private app by its token, an OAuth app by what installed it. Not the token itself."""
        settings = self._settings
        secrets = [settings.token, settings.refresh_token]
        told = "\n".join([settings.host, settings.client_id or "", *(s.get_secret_value() for s in secrets if s)])
        return "hubspot app " + blake2b(told.encode(), key=_KEY, digest_size=16).hexdigest()

    @cached_property
    def _account(self) -> str:
        """The portal, where others may search it too: it is asked for once. An app that may not know is by itself."""
        if not self._shares:
            return self._app
        try:
            reply = self.request("GET", self._settings.host + _DETAILS)
            portal = decoded(self._connection, reply, writes=False)["portalId"]
        except (failures.ScopeError, failures.NotThereError, KeyError, TypeError):
            return self._app
        return f"hubspot portal {self._settings.host} {portal}"

    def _taken(self, reply: requests.Response, *, writes: bool) -> Reply:
        self._pace.note(reply.headers)
        self.served_at = _date(reply.headers.get("Date")) or self.served_at
        if not reply.ok or reply.is_redirect:
            body = _json(reply.content)
            raise failures.of_reply(self._connection, reply.status_code, body, reply.headers, writes=writes)
        return Reply(reply.status_code, reply.reason or "", reply.headers, reply.content)

    def _sign_in(self, form: Mapping[str, str]) -> requests.Response:
        url = self._settings.host + versioned(_TOKEN, self._settings.api_version)
        try:
            return self._http.post(url, data=form, timeout=(_CONNECT, self._settings.timeout), allow_redirects=False)
        except requests.RequestException as error:
            raise failures.of_silence(self._connection, error, writes=False) from None

    @property
    def left(self) -> int | None:
        """See :attr:`Pace.left`."""
        return self._pace.left

    def close(self) -> None:
        self._http.close()


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    query: str
    fields: tuple[tuple[str, str], ...]
    body: str | bytes | None
    writes: bool


def _session(host: str) -> requests.Session:
    session = requests.Session()
    session.auth = _unsigned  # else a .netrc would sign requests with whatever it has for the host
    session.adapters.clear()
    session.mount(f"{host}/", HTTPAdapter(max_retries=0))
    session.headers["User-Agent"] = "LeadBridge"
    if urlsplit(host).hostname == LOOPBACK:
        session.trust_env = False  # no proxy to this machine
    return session


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _is_patient(error: BaseException) -> bool:
    return isinstance(error, RetryableError) and (error.retry_after or 0) <= _LONGEST


def _wait(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after if isinstance(error, RetryableError) else None
    return max(asked or 0.0, 0.0) + _BACKOFF(state)


def _date(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header or "").astimezone(UTC)
    except ValueError:
        return None


def _json(content: bytes) -> object:
    try:
        return json.loads(content)
    except ValueError:
        return None


def decoded(connection: str, reply: Any, *, writes: bool) -> Any:
    """The body of a reply; None where it has none. Raises where it is no JSON."""
    if not reply.data:
        return None
    try:
        return json.loads(reply.data)
    except ValueError:
        error: LeadBridgeError = failures.unreadable(connection, writes=writes)
        raise error from None
