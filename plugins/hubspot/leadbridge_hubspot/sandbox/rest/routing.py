"""Which resource answers which path."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from leadbridge.sandbox import Call
from leadbridge_hubspot.sandbox.auth import Tokens, check_scope
from leadbridge_hubspot.sandbox.limits import Limits, Spent, too_many
from leadbridge_hubspot.sandbox.objects import ACTIVITIES, BY_NAME
from leadbridge_hubspot.sandbox.portal import Portal
from leadbridge_hubspot.sandbox.refusals import Refused
from leadbridge_hubspot.sandbox.rest import account, associations, batches, forms, lists, objects, properties
from leadbridge_hubspot.sandbox.rest.answers import Answer, refusal
from leadbridge_hubspot.sandbox.rest.asking import Asked
from leadbridge_hubspot.sandbox.rest.paths import placed

Resource = Callable[[Asked], Answer]
Route = tuple[str, str, str, Resource]
"""Method, part of the API, a pattern of the path behind its prefix, and what answers. The first that fits is taken."""

_OBJECT: Final = r"(?P<object>[\w-]+)"
_ID: Final = r"(?P<id>[^/]+)"
_PAIR: Final = r"(?P<from>[\w-]+)/(?P<to>[\w-]+)"
_TO: Final = r"(?P<to>[\w-]+)"

ROUTES: Final[tuple[Route, ...]] = (
    ("GET", "objects", _OBJECT, objects.page),
    ("POST", "objects", _OBJECT, objects.make),
    ("POST", "objects", f"{_OBJECT}/search", objects.look),
    ("POST", "objects", f"{_OBJECT}/merge", objects.join),
    ("POST", "objects", "(?P<object>contacts|contact|0-1)/gdpr-delete", objects.forget),
    ("POST", "objects", f"{_OBJECT}/batch/read", batches.read),
    ("POST", "objects", f"{_OBJECT}/batch/create", batches.create),
    ("POST", "objects", f"{_OBJECT}/batch/update", batches.change),
    ("POST", "objects", f"{_OBJECT}/batch/upsert", batches.upsert),
    ("POST", "objects", f"{_OBJECT}/batch/archive", batches.remove),
    ("GET", "objects", f"{_OBJECT}/{_ID}", objects.read),
    ("PATCH", "objects", f"{_OBJECT}/{_ID}", objects.change),
    ("DELETE", "objects", f"{_OBJECT}/{_ID}", objects.remove),
    ("GET", "objects", f"{_OBJECT}/{_ID}/associations/{_TO}", associations.page),
    ("PUT", "objects", f"{_OBJECT}/{_ID}/associations/default/{_TO}/(?P<to_id>[^/]+)", associations.put_default),
    ("PUT", "objects", f"{_OBJECT}/{_ID}/associations/{_TO}/(?P<to_id>[^/]+)", associations.put),
    ("DELETE", "objects", f"{_OBJECT}/{_ID}/associations/{_TO}/(?P<to_id>[^/]+)", associations.remove),
    ("POST", "associations", f"{_PAIR}/batch/read", associations.batch_read),
    ("POST", "associations", f"{_PAIR}/batch/create", associations.batch_create),
    ("POST", "associations", f"{_PAIR}/batch/associate/default", associations.batch_default),
    ("POST", "associations", f"{_PAIR}/batch/archive", associations.batch_archive),
    ("POST", "associations", f"{_PAIR}/batch/labels/archive", associations.batch_archive_labels),
    ("GET", "associations", f"{_PAIR}/labels", associations.labels),
    ("POST", "associations", f"{_PAIR}/labels", associations.add_label),
    ("GET", "properties", _OBJECT, properties.page),
    ("POST", "properties", _OBJECT, properties.make),
    ("GET", "properties", f"{_OBJECT}/(?P<name>[^/]+)", properties.read),
    ("PATCH", "properties", f"{_OBJECT}/(?P<name>[^/]+)", properties.change),
    ("DELETE", "properties", f"{_OBJECT}/(?P<name>[^/]+)", properties.remove),
    ("GET", "property-validations", _OBJECT, properties.validations),
    ("POST", "lists", "", lists.make),
    ("POST", "lists", "search", lists.look),
    ("GET", "lists", f"object-type-id/{_OBJECT}/name/(?P<name>.+)", lists.read_by_name),
    ("GET", "lists", _ID, lists.read),
    ("DELETE", "lists", _ID, lists.remove),
    ("GET", "lists", f"{_ID}/memberships", lists.members),
    ("PUT", "lists", f"{_ID}/memberships/add", lists.add),
    ("PUT", "lists", f"{_ID}/memberships/remove", lists.take_out),
    ("PUT", "lists", f"{_ID}/memberships/add-and-remove", lists.change),
    ("POST", "submissions", r"(?P<portal>\d+)/(?P<form>[\w-]+)", forms.submit),
    ("GET", "owners", "", account.owners),
    ("GET", "owners", _ID, account.owner),
    ("GET", "pipelines", _OBJECT, account.pipelines),
    ("GET", "pipelines", f"{_OBJECT}/{_ID}", account.pipeline),
    ("GET", "pipelines", f"{_OBJECT}/{_ID}/stages", account.stages),
)
_COMPILED: Final = [(method, area, re.compile(pattern), resource) for method, area, pattern, resource in ROUTES]


class Rest:
    """The API of one portal."""

    def __init__(self, portal: Portal, tokens: Tokens, limits: Limits) -> None:
        self._portal = portal
        self._tokens = tokens
        self._limits = limits

    def answer(self, call: Call) -> Answer:
        place = placed(call.path)
        try:
            if place is None:
                raise _no_path()
            area, rest, version = place
            if area == "oauth":
                return self._oauth(call, rest)
            self._tokens.check(self._portal, call)
            policy = self._limits.spend(self.sort(call))
            if policy:
                return too_many(policy, retry_after=self._portal.switches.retry_after)
            if area == "account-info":
                return self._account(rest)
            return self._found(call, area, rest, version)
        except Refused as refused:
            return refusal(refused)

    def sort(self, call: Call) -> Spent:
        """What limits a call counts against."""
        place = placed(call.path)
        area, rest = (place[0], place[1]) if place else ("", "")
        return Spent(
            search=area == "objects" and rest.endswith("/search"),
            associations=area == "associations" or "/associations/" in f"/{rest}/",
            oauth=self._tokens.is_oauth(call),
        )

    def _found(self, call: Call, area: str, rest: str, version: str) -> Answer:
        fitting = [(m, found, r) for m, a, p, r in _COMPILED if a == area and (found := p.fullmatch(rest))]
        for method, found, resource in fitting:
            if call.method == method:
                asked = Asked(self._portal, call, version, rest, found.groupdict())
                self._check_scope(area, asked)
                return resource(asked)
        if fitting:
            raise Refused(405, "METHOD_NOT_ALLOWED", f"Method {call.method} is not allowed here")
        raise _no_path()

    def _check_scope(self, area: str, asked: Asked) -> None:
        if area == "owners":
            check_scope(self._portal, "crm.objects.owners.read")
        if area == "lists":
            check_scope(self._portal, f"crm.lists.{'read' if asked.call.method == 'GET' else 'write'}")
        if area == "submissions":
            check_scope(self._portal, "forms")
        kind = BY_NAME.get(asked.parts.get("object", ""))
        if kind is None or area not in ("objects", "properties"):
            return
        name = "contacts" if kind in ACTIVITIES else kind.name
        reads = asked.call.method == "GET" or asked.rest.endswith(("/search", "/batch/read"))
        part = "objects" if area == "objects" or name == "leads" else "schemas"
        check_scope(self._portal, f"crm.{part}.{name}.{'read' if reads else 'write'}")
        if kind.name == "emails" and reads:
            check_scope(self._portal, "sales-email-read")

    def _oauth(self, call: Call, rest: str) -> Answer:
        if call.method == "POST" and rest == "token":
            return self._tokens.grant(self._portal, call)
        if call.method == "GET" and rest.startswith("access-tokens/"):
            return self._tokens.inspect(self._portal, rest.removeprefix("access-tokens/"))
        raise _no_path()

    def _account(self, rest: str) -> Answer:
        if rest == "api-usage/daily/private-apps":
            return account.usage(self._portal, self._limits)
        if rest == "details":
            return account.details(self._portal)
        raise _no_path()


def _no_path() -> Refused:
    return Refused(404, "OBJECT_NOT_FOUND", "The requested resource does not exist")
