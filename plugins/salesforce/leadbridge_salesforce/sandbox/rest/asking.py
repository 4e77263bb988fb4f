"""A request to a resource, taken apart; and what every resource has at hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from leadbridge.sandbox import Call
from leadbridge_salesforce.sandbox.auth.sessions import Sessions
from leadbridge_salesforce.sandbox.bulk.ingest import Ingest
from leadbridge_salesforce.sandbox.bulk.query import QueryJobs
from leadbridge_salesforce.sandbox.dml.drafts import Manner
from leadbridge_salesforce.sandbox.dml.refusals import Refused, not_found
from leadbridge_salesforce.sandbox.limits import Limits
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.rest.answers import Answer
from leadbridge_salesforce.sandbox.schema import ObjectSchema
from leadbridge_salesforce.sandbox.soql.names import Surroundings
from leadbridge_salesforce.sandbox.soql.queries import Queries

Json = Any


@dataclass(frozen=True, slots=True)
class Api:
    """What all resources work on."""

    org: Org
    sessions: Sessions
    queries: Queries
    limits: Limits
    ingest: Ingest
    query_jobs: QueryJobs


@dataclass(frozen=True, slots=True)
class Asked:
    """One request.

    Attributes:
        path: behind the version, without slashes at its ends.
        parts: what the route's pattern found in the path.
        dispatch: answers another request in this one's place, for resources that hold requests.
    """

    api: Api
    call: Call
    version: str
    path: str
    dispatch: Callable[[Asked], Answer]
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def org(self) -> Org:
        return self.api.org

    @property
    def base(self) -> str:
        return f"/services/data/v{self.version}"

    @property
    def query(self) -> Mapping[str, str]:
        return dict(parse_qsl(self.call.query, keep_blank_values=True))

    def header(self, name: str) -> str:
        return self.call.headers.get(name.lower(), "")

    def json(self) -> Json:
        """The body. Raises Refused where it is no JSON."""
        try:
            return json.loads(self.call.body)
        except ValueError as error:
            raise _no_json(str(error)) from None

    def record(self) -> dict[str, Json]:
        """The body, where it must be an object. Raises Refused."""
        told = self.json()
        if not isinstance(told, dict):
            raise _no_json("Unexpected start of array or value, expected an object")
        return told

    def object(self) -> ObjectSchema:
        """The object that the path names. Raises Refused where the user sees none of this name."""
        found = self.org.seen.object(self.parts["object"])
        if found is None:
            raise not_found()
        return found

    def manner(self) -> Manner:
        """How the request's headers want rows saved."""
        assign = self.header("sforce-auto-assign") or "TRUE"
        chosen: bool | str = {"TRUE": True, "FALSE": False}.get(assign.upper(), assign)
        options = _options(self.header("sforce-duplicate-rule-header"), ";")
        allowed = options.get("allowsave", "").lower() == "true"
        return replace(self.org.manner(self.call), assign=chosen, allow_duplicates=allowed)

    def around(self) -> Surroundings:
        """What a query is compiled against: the org as the user sees it, today."""
        return Surroundings(self.org.seen, self.org.clock.now().date(), self.org.fiscal_start)

    def inner(self, call: Call, path: str) -> Asked:
        """A request that this one holds."""
        return replace(self, call=call, path=path)


def _options(header: str, separator: str) -> dict[str, str]:
    """``a=1; b=2`` as a mapping; names in lower case."""
    pairs = (part.partition("=") for part in header.replace(",", separator).split(separator))
    return {name.strip().lower(): value.strip() for name, _, value in pairs if name.strip()}


def _no_json(reason: str) -> Refused:
    return Refused("JSON_PARSER_ERROR", f"{reason} at [line:1, column:1]")
