"""Everything that goes to Salesforce goes through here: one adapter below simple-salesforce.

It is given requests to a placeholder host and sends them to the server that the session belongs to, so that a session
renewed at another server takes effect at once, a stand-in on 127.0.0.1 can be reached by plain http, and a request to
any other host is refused. It signs every request, renews an expired session once, one thread at a time, and sends the
same request again with the headers it had; sets a time-out; repeats reads after a broken connection; reads how much
of the day's quota is used, and stops where the connection's share is.
"""

from __future__ import annotations

import math
import re
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3.util import Retry

from leadbridge.errors import ConnectionFailedError, QuotaError
from leadbridge_salesforce.signin import Session, SignIn

PLACEHOLDER: Final = "org.leadbridge.invalid"
_CONNECT: Final = 15.0  # seconds
_FORGET: Final = 900.0  # seconds after which the quota is asked about again: it runs over the last 24 hours
_USAGE: Final = re.compile(r"(?:^|[^-\w])api-usage=(\d+)/(\d+)")


class Quota:
    """How many of the org's API calls of the last 24 hours are used, as the latest reply said."""

    def __init__(self, connection: str, share: float) -> None:
        self._connection = connection
        self._share = share
        self._noted = 0.0
        self.used: int | None = None
        self.allowed: int | None = None

    def note(self, header: str | None) -> None:
        """Take in a reply's ``Sforce-Limit-Info``, such as ``api-usage=18/5000``."""
        found = _USAGE.search(header or "")
        if found:
            self.used, self.allowed, self._noted = int(found[1]), int(found[2]), time.monotonic()

    @property
    def left(self) -> int | None:
        """Calls that the connection's share still has; None where no reply told of the day, or none of late."""
        if self.used is None or not self.allowed or time.monotonic() - self._noted > _FORGET:
            return None
        return max(0, self._most - self.used)

    @property
    def _most(self) -> int:
        return math.ceil((self.allowed or 0) * self._share)

    def check(self) -> None:
        """Raises QuotaError where the connection's share of the day is used up."""
        if self.left == 0:
            raise QuotaError(
                self._connection,
                f"connection {self._connection!r}: {self.used or 0:,} of the org's {self.allowed or 0:,} API calls of "
                f"the last 24 hours are used, and `daily_share: {self._share:g}` stops at {self._most:,}; run again "
                "later, or raise it",
            )


class Keeper:
    """The one session of a connection; got when it is first needed, and renewed by one thread at a time."""

    def __init__(self, connection: str, sign_in: SignIn) -> None:
        self._connection = connection
        self._sign_in = sign_in
        self._lock = threading.Lock()
        self._session: Session | None = None

    @property
    def renewable(self) -> bool:
        return self._sign_in.renewable

    def session(self) -> Session:
        with self._lock:
            if self._session is None:
                self._session = self._sign_in()
            return self._session

    def renew(self, stale: Session) -> Session:
        """A session other than the stale one; who comes second gets what the first one was given.

        Raises:
            ConnectionFailedError: the connection has a session token only.
        """
        if not self.renewable:
            reason = f"connection {self._connection!r}: the session has expired; give it a new session_token"
            raise ConnectionFailedError(self._connection, reason)
        with self._lock:
            if self._session is None or self._session is stale:
                self._session = self._sign_in()
            return self._session


class SalesforceAdapter(HTTPAdapter):
    """Sends what is meant for :data:`PLACEHOLDER` to the session's server.

    Attributes:
        calls: requests sent so far.
        served_at: the server's time of the latest reply, aware UTC.
    """

    def __init__(self, keeper: Keeper, quota: Quota, timeout: float, ca: str | None) -> None:
        super().__init__(max_retries=patience())
        self._keeper = keeper
        self._quota = quota
        self._timeout = timeout
        self._ca = ca
        self.calls = 0
        self.served_at: datetime | None = None

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        self._quota.check()
        session = self._keeper.session()
        reply = self._send(request, session, kwargs)
        if reply.status_code == requests.codes.unauthorized and self._keeper.renewable:
            reply.close()
            reply = self._send(request, self._keeper.renew(session), kwargs)
        return reply

    def _send(
        self, request: requests.PreparedRequest, session: Session, options: Mapping[str, Any]
    ) -> requests.Response:
        """A copy, so that the request can be sent again as it was given."""
        signed = request.copy()
        target, asked = session.instance, urlsplit(request.url or "")
        netloc = f"{target.host}:{target.port}" if target.port else target.host
        signed.url = urlunsplit((target.scheme, netloc, asked.path, asked.query, ""))
        signed.headers["Authorization"] = f"Bearer {session.token}"
        self.calls += 1
        settings = {**options, **security(target.loopback, self._ca), "timeout": (_CONNECT, self._timeout)}
        reply = super().send(signed, **settings)
        self._quota.note(reply.headers.get("Sforce-Limit-Info"))
        self.served_at = _date(reply.headers.get("Date")) or self.served_at
        return reply


class RefusingAdapter(BaseAdapter):
    """For every other host: nothing leaves the configured ones, whatever a reply's links or redirects say."""

    def __init__(self, connection: str) -> None:
        super().__init__()
        self._connection = connection

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        reason = "a reply leads to another server than the connection's; it was not followed"
        raise ConnectionFailedError(self._connection, f"connection {self._connection!r}: {reason}")

    def close(self) -> None:
        """Nothing is held."""


class SignInAdapter(HTTPAdapter):
    """For the token endpoint: time-outs, and no signature."""

    def __init__(self, timeout: float, ca: str | None) -> None:
        super().__init__(max_retries=patience())
        self._timeout = timeout
        self._ca = ca

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        loopback = (urlsplit(request.url or "").hostname or "") == "127.0.0.1"
        settings = {**kwargs, **security(loopback, self._ca), "timeout": (_CONNECT, self._timeout)}
        return super().send(request, **settings)


def _date(header: str | None) -> datetime | None:
    try:
        return parsedate_to_datetime(header or "").astimezone(UTC)
    except ValueError:
        return None


def security(loopback: bool, ca: str | None) -> dict[str, Any]:
    """What a stand-in on this machine needs: no proxy, and its own certificate authority."""
    settings: dict[str, Any] = {"proxies": {}} if loopback else {}
    if loopback and ca is not None:
        settings["verify"] = ca
    return settings


def patience() -> Retry:
    """A request that was never sent is sent again; a read also after a broken connection or a busy server."""
    return Retry(
        total=3,
        connect=3,
        read=2,
        status=2,
        other=0,
        allowed_methods={"GET"},
        status_forcelist={502, 503, 504},
        backoff_factor=0.5,
        raise_on_status=False,
        redirect=0,
    )
