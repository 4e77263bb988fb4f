"""The one client: hubspot-api-client on a transport of our own.

The generated clients know addresses and shapes; each of them is made once and kept. Bodies are read as they came:
the generated models would drop what they do not know of, and hide which rows of a batch were refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from typing import Any, Final

from hubspot import HubSpot  # type: ignore[import-untyped]  # it has no types

from leadbridge.errors import ConnectionFailedError, QuotaError
from leadbridge.provider import Site
from leadbridge_hubspot.failures import DailyLimitError, NotThereError, ScopeError
from leadbridge_hubspot.settings import HubSpotSettings
from leadbridge_hubspot.transport import Transport, decoded

BATCH: Final = 100  # rows of a batch, and of a page of a list
ASSOCIATIONS: Final = 1_000  # records whose associations one call reads
MEMBERS: Final = 250  # records of a page of a list's members
_USAGE: Final = "/account-info/v3/api-usage/daily/private-apps"
_RAW: Final = {"_preload_content": False}

Json = Any  # what a reply's body holds: checked where it is taken apart


class Client:
    """Calls to one account. Nothing is sent before the first call.

    Every method raises a :class:`~leadbridge.errors.ConnectionFailedError` that says what to do next.
    """

    def __init__(self, site: Site, settings: HubSpotSettings) -> None:
        self.connection = site.connection
        self.settings = settings
        self.transport = Transport(site, settings)
        self.sdk = HubSpot(
            access_token="-",  # noqa: S106  (the transport signs)
            host=settings.host,
            base_url=settings.host,
            api_factory=self._made,
        )
        self._api: Callable[[str], Any] = cache(self._found)

    def page(self, object: str, **asked: object) -> Json:
        """A page of the list of all records."""
        return self._ask(lambda: self._api("crm.objects.basic_api").get_page(object, limit=BATCH, **asked, **_RAW))

    def search(self, object: str, query: Mapping[str, object]) -> Json:
        return self._ask(lambda: self._api("crm.objects.search_api").do_search(object, dict(query), **_RAW))

    def batch_read(
        self, object: str, ids: Sequence[str], properties: Sequence[str], *, by: str | None = None
    ) -> list[dict[str, Any]]:
        """The records of at most :data:`BATCH` ids, or values of the unique property ``by``; only those there are."""
        inputs = [{"id": one} for one in ids]
        body: dict[str, Any] = {"inputs": inputs, "properties": list(properties), "propertiesWithHistory": []}
        if by is not None:
            body["idProperty"] = by
        found = self._ask(lambda: self._api("crm.objects.batch_api").read(object, body, **_RAW))
        return list(found.get("results") or ())

    def batch(self, verb: str, object: str, inputs: Sequence[Mapping[str, object]]) -> Json:
        """``create``, ``update`` or ``archive`` at most :data:`BATCH` rows."""
        call = getattr(self._api("crm.objects.batch_api"), verb)
        return self._do(lambda: call(object, {"inputs": list(inputs)}, **_RAW))

    def associations(self, source: str, target: str, ids: Sequence[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """Record -> what it is associated with; records with nothing are left out."""
        api = self._api("crm.associations.v4.batch_api")
        for at in range(0, len(ids), ASSOCIATIONS):
            body = {"inputs": [{"id": one} for one in ids[at : at + ASSOCIATIONS]]}
            found = self._ask(lambda: api.get_page(source, target, body, **_RAW))  # noqa: B023  (called at once)
            for one in found.get("results") or ():
                yield str(one["from"]["id"]), list(one.get("to") or ())

    def associate(self, verb: str, source: str, target: str, inputs: Sequence[Mapping[str, object]]) -> Json:
        """``create`` or ``archive`` associations, at most :data:`ASSOCIATIONS`."""
        call = getattr(self._api("crm.associations.v4.batch_api"), verb)
        return self._do(lambda: call(source, target, {"inputs": list(inputs)}, **_RAW))

    def properties(self, object: str) -> list[dict[str, Any]]:
        found = self._ask(lambda: self._api("crm.properties.core_api").get_all(object, **_RAW))
        return list(found.get("results") or ())

    def create_property(self, object: str, body: Mapping[str, object]) -> Json:
        return self._do(lambda: self._api("crm.properties.core_api").create(object, dict(body), **_RAW))

    def pipelines(self, object: str) -> list[dict[str, Any]]:
        found = self._ask(lambda: self._api("crm.pipelines.pipelines_api").get_all(object, **_RAW))
        return list(found.get("results") or ())

    def owners(self, **asked: object) -> Json:
        """A page of owners."""
        return self._ask(lambda: self._api("crm.owners.owners_api").get_page(limit=BATCH, **asked, **_RAW))

    def list_named(self, object: str, which: str) -> dict[str, Any]:
        """A list by its id, or the object's list of this name."""
        api = self._api("crm.lists.lists_api")
        by_id = which.isascii() and which.isdigit()
        ask = (lambda: api.get_by_id(which, **_RAW)) if by_id else (lambda: api.get_by_name(which, object, **_RAW))
        return dict(self._ask(ask)["list"])

    def members(self, list_: str) -> Iterator[str]:
        """Ids of the records in a list."""
        api, asked = self._api("crm.lists.memberships_api"), dict[str, Any]()
        while True:
            page = self._ask(lambda: api.get_page(list_, limit=MEMBERS, **asked, **_RAW))
            yield from (str(one["recordId"]) for one in page["results"])
            after = ((page.get("paging") or {}).get("next") or {}).get("after")
            if not after:
                return
            asked["after"] = after

    def call(self, method: str, path: str, body: object = None) -> Json:
        """A call that the generated clients lack."""
        data = None if body is None else json.dumps(body)
        ask = self._ask if method == "GET" else self._do
        return ask(lambda: self.transport.request(method, self.settings.host + path, body=data))

    @property
    def served_at(self) -> datetime | None:
        """The server's own time, a second or so ago; None where it never said. Not this machine's: clocks differ."""
        return self.transport.served_at

    @property
    def calls(self) -> int:
        return self.transport.calls

    def allowance(self) -> int | None:
        """Calls of the day that the connection may still make, by the latest replies, else by one that is asked for.

        None for an OAuth app, which has no limit of the day.
        """
        if self.transport.left is None and not self.transport.token.renewable:
            with suppress(NotThereError, ScopeError):
                self.call("GET", _USAGE)  # its headers tell
        return self.transport.left

    def renew(self) -> None:
        self.transport.token.renew()

    def close(self) -> None:
        self.transport.close()

    def _ask(self, call: Callable[[], Any]) -> Json:
        return self._answer(call, writes=False)

    def _do(self, call: Callable[[], Any]) -> Json:
        return self._answer(call, writes=True)

    def _answer(self, call: Callable[[], Any], *, writes: bool) -> Json:
        try:
            return decoded(self.connection, call(), writes=writes)
        except DailyLimitError as error:
            raise QuotaError(self.connection, f"{error}{self._reset()}") from None

    def _reset(self) -> str:
        """When the day's count begins anew, as the account says it; empty where it does not."""
        try:
            reply = self.transport.request("GET", self.settings.host + _USAGE)
            results = decoded(self.connection, reply, writes=False)["results"]
            return f" (at {max(str(one['resetsAt']) for one in results)})"
        except (ConnectionFailedError, KeyError, TypeError, ValueError):
            return ""

    def _found(self, path: str) -> Any:
        """An API of the generated clients, such as ``crm.objects.batch_api``."""
        at: Any = self.sdk
        for name in path.split("."):
            at = getattr(at, name)
        return at

    def _made(self, package: Any, name: str, config: Mapping[str, Any]) -> Any:
        """How the generated clients are made: all of them on the one transport."""
        configuration = package.Configuration()
        configuration.host = config["host"]
        made = package.ApiClient(configuration=configuration)
        made.rest_client.pool_manager = self.transport
        return getattr(package, name)(api_client=made)
