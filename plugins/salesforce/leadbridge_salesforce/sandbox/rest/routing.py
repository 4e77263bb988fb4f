"""Which resource answers which path."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

from leadbridge.sandbox import Call
from leadbridge_salesforce.sandbox.auth.sessions import expired
from leadbridge_salesforce.sandbox.dml.refusals import Refused, not_found
from leadbridge_salesforce.sandbox.rest import (
    changes,
    collections,
    composite,
    custom_fields,
    describes,
    jobs,
    platform,
    queries,
    records,
    tree,
)
from leadbridge_salesforce.sandbox.rest.answers import Answer, refusal
from leadbridge_salesforce.sandbox.rest.asking import Api, Asked
from leadbridge_salesforce.sandbox.soql.faults import QueryError
from leadbridge_salesforce.sandbox.switches import FIRST_VERSION

Resource = Callable[[Asked], Answer]
Route = tuple[str, str, Resource]
"""Methods, a pattern of the path behind the version, and what answers. The first that fits is taken."""

OBJECT: Final = r"(?P<object>\w+)"
ID: Final = r"(?P<id>[^/]+)"
KEY: Final = r"(?P<key>\w+)/(?P<value>.+)"

ROUTES: Final[tuple[Route, ...]] = (
    ("GET", "", platform.resources),
    ("GET", "limits", platform.limits),
    ("GET", "query", queries.query),
    ("GET", "queryAll", queries.query_all),
    ("GET", r"query(?:All)?/(?P<locator>[^/]+)", queries.more),
    ("GET", "sobjects", describes.describe_global),
    ("GET", f"sobjects/{OBJECT}", describes.basic),
    ("GET", f"sobjects/{OBJECT}/describe", describes.describe),
    ("GET", f"sobjects/{OBJECT}/updated", changes.updated),
    ("GET", f"sobjects/{OBJECT}/deleted", changes.deleted),
    ("GET", f"ui-api/object-info/{OBJECT}/picklist-values/(?P<record_type>[^/]+)", describes.picklist_values),
    ("POST", "tooling/sobjects/CustomField", custom_fields.make),
    ("POST", f"sobjects/{OBJECT}", records.make),
    ("GET", f"sobjects/{OBJECT}/{ID}", records.read),
    ("PATCH", f"sobjects/{OBJECT}/{ID}", records.change),
    ("DELETE", f"sobjects/{OBJECT}/{ID}", records.remove),
    ("GET", f"sobjects/{OBJECT}/{KEY}", records.read_by_key),
    ("PATCH", f"sobjects/{OBJECT}/{KEY}", records.upsert_by_key),
    ("POST", "composite/sobjects", collections.make),
    ("PATCH", "composite/sobjects", collections.change),
    ("DELETE", "composite/sobjects", collections.remove),
    ("GET POST", f"composite/sobjects/{OBJECT}", collections.read),
    ("PATCH", rf"composite/sobjects/{OBJECT}/(?P<key>\w+)", collections.upsert_by_key),
    ("POST", f"composite/tree/{OBJECT}", tree.plant),
    ("POST", "composite/batch", composite.batch),
    ("POST", "composite", composite.composite),
    *jobs.ROUTES,
)

_PATH: Final = re.compile(r"/services/data/v(?P<version>\d+\.\d)(?:/(?P<path>.*))?")


class Rest:
    """The REST API of one org."""

    def __init__(self, api: Api, routes: tuple[Route, ...] = ROUTES) -> None:
        self._api = api
        self._routes = [(methods.split(), re.compile(pattern), resource) for methods, pattern, resource in routes]

    def answer(self, call: Call) -> Answer:
        """The reply to a request from outside: its version and session are looked at first."""
        if call.path.rstrip("/") == "/services/data":
            return platform.versions(self._api.org)
        found = _PATH.fullmatch(call.path)
        try:
            if found is None:
                raise not_found()
            version = found["version"]
            self._check_length(call)
            self._check_version(version)
            self._api.sessions.check(bearer(call))
            self._api.limits.spend()
        except Refused as refused:
            return refusal(refused, "")
        return self.dispatch(Asked(self._api, call, version, (found["path"] or "").strip("/"), self.dispatch))

    def dispatch(self, asked: Asked) -> Answer:
        """The reply to a request that may be part of another one."""
        try:
            return self._resource(asked)()
        except Refused as refused:
            return refusal(refused, asked.base)
        except QueryError as error:
            return refusal(Refused(error.code, error.message), asked.base)
        except RecursionError:
            return refusal(Refused("JSON_PARSER_ERROR", "nested too deep at [line:1, column:1]"), asked.base)

    def _resource(self, asked: Asked) -> Callable[[], Answer]:
        fitting = [
            (methods, partial(resource, replace(asked, parts=found.groupdict())))
            for methods, pattern, resource in self._routes
            if (found := pattern.fullmatch(asked.path))
        ]
        for methods, answer in fitting:
            if asked.call.method in methods or (asked.call.method == "HEAD" and "GET" in methods):
                return answer
        if not fitting:
            raise not_found()
        allowed = ", ".join(sorted({method for methods, _ in fitting for method in methods}))
        message = f"HTTP Method '{asked.call.method}' not allowed. Allowed are {allowed}"
        raise Refused("METHOD_NOT_ALLOWED", message, status=405)

    def _check_length(self, call: Call) -> None:
        most = self._api.org.switches.longest_address
        if most and len(call.path) + len(call.query) > most:
            raise Refused("URI_TOO_LONG", "The length of the URI exceeds the limit", status=414)

    def _check_version(self, version: str) -> None:
        number = float(version)
        if number < FIRST_VERSION:
            raise Refused("GONE", "The requested resource is no longer available", status=410)
        if number > self._api.org.switches.newest_version or not number.is_integer():
            raise not_found()


def bearer(call: Call) -> str:
    """The token of a request. Raises Refused where it brings none."""
    kind, _, token = call.headers.get("authorization", "").partition(" ")
    if kind.lower() not in {"bearer", "oauth"} or not token.strip():
        raise expired()
    return token.strip()
