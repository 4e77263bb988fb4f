"""The one client: simple-salesforce on a transport of our own, and its errors as LeadBridge's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceError

from leadbridge.errors import ConnectionFailedError
from leadbridge.provider import Site
from leadbridge_salesforce import failures
from leadbridge_salesforce.settings import SalesforceSettings
from leadbridge_salesforce.signin import SignIn
from leadbridge_salesforce.transport import (
    PLACEHOLDER,
    Keeper,
    Quota,
    RefusingAdapter,
    SalesforceAdapter,
    SignInAdapter,
)

NEWEST_KNOWN: Final = 68
"""The newest API version whose rules are kept here; an org that offers a newer one is spoken to in this one."""
TOGETHER: Final = 25
"""Subrequests of one composite request (REST API guide, Composite)."""
_EXACT_DIGITS: Final = 15  # of a decimal that a JSON number carries unchanged

Json = Any  # what a reply's body holds: checked where it is taken apart


class Client:
    """Calls to one org. Nothing is sent before the first call.

    Every method raises a :class:`~leadbridge.errors.ConnectionFailedError` that says what to do next; ``writes``
    marks calls that may have changed something although no reply came.
    """

    def __init__(self, site: Site, settings: SalesforceSettings) -> None:
        self.connection = site.connection
        self.settings = settings
        ca = None if settings.ca is None else str(site.resolve(settings.ca))
        self.quota = Quota(site.connection, settings.daily_share)
        self._token_http = _session(site.connection, f"{settings.origin}/", SignInAdapter(settings.timeout, ca))
        self.keeper = Keeper(site.connection, SignIn(site, settings, self._token_http))
        self._adapter = SalesforceAdapter(self.keeper, self.quota, settings.timeout, ca)
        self._http = _session(site.connection, f"https://{PLACEHOLDER}/", self._adapter)

    @property
    def calls(self) -> int:
        """Requests sent so far, repeated ones included."""
        return self._adapter.calls

    @cached_property
    def version(self) -> str:
        """The API version that this connection stays at: the configured one, or the org's newest that is known."""
        if self.settings.api_version is not None:
            return self.settings.api_version
        offered = [str(one.get("version")) for one in self.raw("GET", "/services/data/").json()]
        known = [one for one in offered if float(one) <= NEWEST_KNOWN]
        if not known:
            reason = f"the org offers API versions {', '.join(offered)}, none of which is known here"
            raise ConnectionFailedError(self.connection, f"connection {self.connection!r}: {reason}; name api_version")
        return max(known, key=float)

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Json:
        with self._translated(writes=False):
            return self._salesforce.restful(path, params=dict(params or {}))

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> Json:
        """A call that changes something."""
        data = None if body is None else json.dumps(body, default=_plain)
        with self._translated(writes=True):
            sent = {"data": data, "headers": dict(headers or {})}
            return self._salesforce.restful(path, params=dict(params or {}), method=method, **sent)

    def get_all(self, paths: Sequence[str]) -> list[tuple[int, Json]]:
        """Status and body of several reads, which count as one call; at most :data:`TOGETHER` of them."""
        asked = [
            {"method": "GET", "url": f"/services/data/v{self.version}/{path}", "referenceId": f"r{number}"}
            for number, path in enumerate(paths)
        ]
        answered = self.ask("composite", {"allOrNone": False, "compositeRequest": asked})
        return [(int(one["httpStatusCode"]), one["body"]) for one in answered["compositeResponse"]]

    def ask(self, path: str, body: object) -> Json:
        """A read that is asked for by POST, because it does not fit into an address."""
        with self._translated(writes=False):
            return self._salesforce.restful(path, method="POST", data=json.dumps(body))

    def query(self, soql: str, *, deleted: bool = False) -> Json:
        """The first page of a query's result; ``deleted`` includes records in the bin."""
        with self._translated(writes=False):
            return self._salesforce.query(soql, include_deleted=deleted)

    def more(self, next_url: str) -> Json:
        """The page at a ``nextRecordsUrl``."""
        with self._translated(writes=False):
            return self._salesforce.query_more(next_url, identifier_is_url=True)

    def rows(self, soql: str, *, deleted: bool = False) -> Iterator[dict[str, Any]]:
        """All rows of a query that is known to be small."""
        page = self.query(soql, deleted=deleted)
        yield from page["records"]
        while not page["done"]:
            page = self.more(page["nextRecordsUrl"])
            yield from page["records"]

    def raw(
        self,
        method: str,
        path: str,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """A reply as it came, for bodies that are no JSON. Whatever is no GET may have changed something."""
        writes = method != "GET"
        reply = self._request(method, path, data=data, headers=dict(headers or {}), params=dict(params or {}))
        if reply.status_code >= requests.codes.multiple_choices:
            raise failures.of_reply(self.connection, reply.status_code, _body(reply), writes=writes)
        return reply

    def try_send(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> tuple[int, Json]:
        """A call that changes something, with its status and body, whatever they are."""
        data = json.dumps(body, default=_plain).encode()
        sent = {"Content-Type": "application/json", **headers}
        reply = self._request(method, f"/services/data/v{self.version}/{path}", data=data, headers=sent)
        return reply.status_code, _body(reply)

    def soap(self, envelope: bytes) -> requests.Response:
        """The reply of the partner SOAP API, faults included, which come with status 500."""
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}
        return self._request("POST", f"/services/Soap/u/{self.version}", data=envelope, headers=headers)

    def _request(self, method: str, path: str, **sent: Any) -> requests.Response:
        with self._translated(writes=method != "GET"):
            return self._http.request(method, f"https://{PLACEHOLDER}{path}", **sent)

    @contextmanager
    def stream(self, path: str, params: Mapping[str, str]) -> Iterator[requests.Response]:
        """A reply whose body is read while it comes."""
        reply = self._request("GET", path, params=dict(params), stream=True)
        with self._translated(writes=False), reply:
            if reply.status_code >= requests.codes.multiple_choices:
                raise failures.of_reply(self.connection, reply.status_code, _body(reply), writes=False)
            yield reply

    def server_time(self) -> datetime | None:
        """The server's own time, a second or so ago; None where it never said. Not this machine's: clocks differ."""
        return self._adapter.served_at

    def renew(self) -> None:
        """A new session. Raises as signing in does."""
        self.keeper.renew(self.keeper.session())

    def close(self) -> None:
        self._http.close()
        self._token_http.close()

    @cached_property
    def _salesforce(self) -> Salesforce:
        """Its own token and server are placeholders: the transport puts the session's in their place."""
        made = Salesforce(
            instance_url=f"https://{PLACEHOLDER}",
            session_id="-",
            version=self.version,
            session=self._http,
            parse_float=Decimal,
            object_pairs_hook=dict,
        )
        made.headers.pop("X-PrettyPrint")  # whitespace that somebody would have to send
        return made

    @contextmanager
    def _translated(self, *, writes: bool) -> Iterator[None]:
        try:
            yield
        except SalesforceError as error:
            raise failures.of_reply(self.connection, error.status, error.content, writes=writes) from None
        except requests.exceptions.JSONDecodeError:
            reason = f"connection {self.connection!r}: Salesforce's reply is no JSON"
            raise failures.unreadable(self.connection, reason, writes=writes) from None
        except requests.RequestException as error:
            raise failures.of_silence(self.connection, error, writes=writes) from None


def _session(connection: str, prefix: str, adapter: requests.adapters.BaseAdapter) -> requests.Session:
    session = requests.Session()
    session.auth = _unsigned  # else a .netrc would sign requests with whatever it has for the host
    session.adapters.clear()
    session.mount("http", RefusingAdapter(connection))
    session.mount(prefix, adapter)
    session.headers["User-Agent"] = "LeadBridge"
    return session


def _unsigned(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request


def _body(reply: requests.Response) -> object:
    try:
        return reply.json()
    except ValueError:
        return reply.text


def _plain(value: object) -> float | str:
    """A decimal as a JSON number where that is exact, else as text, which Salesforce reads as well."""
    if isinstance(value, Decimal):
        return float(value) if len(value.as_tuple().digits) <= _EXACT_DIGITS else format(value, "f")
    raise TypeError(type(value).__name__)
