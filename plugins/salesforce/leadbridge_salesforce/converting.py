"""Native conversion: what a request asks of convertLead, and what its results say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from leadbridge.conversions import ConvertRequest, ConvertResult
from leadbridge.errors import ConnectionFailedError, UncertainError
from leadbridge.records import Record, Ref, Reject
from leadbridge_salesforce import costs, soap, soql
from leadbridge_salesforce.client import Client
from leadbridge_salesforce.costs import CONVERTED
from leadbridge_salesforce.drafting import is_id
from leadbridge_salesforce.failures import RETRY
from leadbridge_salesforce.prediction import (
    Status,
    opportunity_name,
    owner_refusal,
    status_refusal,
    taken_owner,
    taken_status,
)
from leadbridge_salesforce.reading import fetched
from leadbridge_salesforce.rejecting import rejected
from leadbridge_salesforce.schema import Schemas
from leadbridge_salesforce.soap import LeadConvert, LeadConvertResult
from leadbridge_salesforce.standard_mapping import NAMES, OBJECTS

_PAUSES: Final = (0.5, 2.0)  # seconds, before leads whose records were locked are sent again
_FRESH: Final = 60.0  # seconds for which what was looked at counts; then leads are looked at again before they are sent
_LOOK: Final = ("Id", "IsConverted", "IsDeleted", "OwnerId", "Company")

Lead = Mapping[str, Any]
"""What was seen of a lead: the fields of a look."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A request with the element of the call that asks for it."""

    request: ConvertRequest
    element: LeadConvert


class Converting:
    """Converts leads by SOAP. ``statuses`` gives the converted ones, the org's default first."""

    def __init__(self, client: Client, schemas: Schemas, statuses: Callable[[], Sequence[Status]]) -> None:
        self._client = client
        self._schemas = schemas
        self._statuses = statuses
        self._how = client.settings.conversion
        self._seen: tuple[float, Mapping[str, Lead]] = (0.0, {})

    def saw(self, records: Iterable[Record], at: float) -> None:
        """Leads that were read just now, at this moment of the monotonic clock, all fields: the next conversion takes
        that for its look at them."""
        told = (record.values for record in records if record.values.keys() >= set(_LOOK))
        self._seen = at, {str(lead["Id"])[:15]: {name: lead[name] for name in _LOOK} for lead in told}

    def convert(self, requests: Sequence[ConvertRequest]) -> list[ConvertResult]:
        """Each lead is looked at just before: one that is converted already must never be sent again.

        Raises what the client raises, where nothing was done or nobody knows.
        """
        looked, seen = self._looked(requests)
        accounts = self._accounts(requests)
        results: list[ConvertResult] = []
        sent = False
        for at in range(0, len(requests), CONVERTED):
            part = requests[at : at + CONVERTED]
            try:
                if time.monotonic() - looked > _FRESH:
                    looked, seen = time.monotonic(), self._leads(requests[at:])
                results += self._part(part, seen, accounts)
            except ConnectionFailedError:
                if not sent:
                    raise
                results += [ConvertResult(one.number, "uncertain") for one in part]
            sent = True
        return results

    def _part(
        self, part: Sequence[ConvertRequest], seen: Mapping[str, Lead], accounts: Mapping[str, str]
    ) -> list[ConvertResult]:
        checked = [(one, self._ready(one, seen.get(one.lead.id[:15]), accounts)) for one in part]
        refused = [ConvertResult(one.number, "rejected", reject=r) for one, r in checked if isinstance(r, Reject)]
        ready = [one for _, one in checked if isinstance(one, _Ready)]
        return refused + (self._convert(ready) if ready else [])

    def _looked(self, requests: Sequence[ConvertRequest]) -> tuple[float, Mapping[str, Lead]]:
        """When, and what of each lead. What was read before is good for one conversion: after a lost reply the leads
        are looked at anew."""
        (at, seen), self._seen = self._seen, (0.0, {})
        if time.monotonic() - at <= _FRESH and all(one.lead.id[:15] in seen for one in requests):
            return at, seen
        return time.monotonic(), self._leads(requests)

    def _leads(self, requests: Sequence[ConvertRequest]) -> dict[str, dict[str, Any]]:
        ids = [request.lead.id for request in requests if is_id(request.lead.id)]
        rows = fetched(self._client, "Lead", _LOOK, ids)
        return {str(row["Id"])[:15]: row for row in rows if not row.get("IsDeleted")}

    def _accounts(self, requests: Sequence[ConvertRequest]) -> dict[str, str]:
        """Contact -> its account, where a request names a contact alone: Salesforce wants both."""
        alone = [request.into["contact"] for request in requests if _is_alone(request)]
        ids = [one for one in alone if is_id(one)]
        queries = soql.by_values(self._schemas.get("Contact"), ("Id", "AccountId"), "Id", ids) if ids else ()
        found = (row for query in queries for row in self._client.rows(query))
        return {str(row["Id"])[:15]: str(row["AccountId"]) for row in found if row["AccountId"]}

    def _ready(self, request: ConvertRequest, lead: Lead | None, accounts: Mapping[str, str]) -> _Ready | Reject:
        if lead is None:
            return Reject("gone", f"Lead {request.lead.id} is not there any more", "plan again")
        if lead["IsConverted"]:
            return Reject("converted", f"Lead {request.lead.id} was converted; its contact took over")
        into = dict(request.into)
        if "contact" in into and "account" not in into:
            into["account"] = accounts.get(into["contact"][:15], "")
        bad = next((role for role, id_ in into.items() if not is_id(id_)), None)
        if bad is not None:
            return Reject(
                "gone", f"the {bad} that the lead was to go into is not there, or has no account", "plan again"
            )
        refusal = status_refusal(request, self._statuses())
        refusal = refusal or owner_refusal(request, str(lead["OwnerId"]), self._how.queue_owner)
        return refusal or _Ready(request, self._element(request, lead, into))

    def _element(self, request: ConvertRequest, lead: Lead, into: Mapping[str, str]) -> LeadConvert:
        wants = "opportunity" in request.makes or "opportunity" in into
        existing = into.get("opportunity", "")
        return LeadConvert(
            account_id=into.get("account", ""),
            contact_id=into.get("contact", ""),
            converted_status=taken_status(request, self._statuses()) or "",
            do_not_create_opportunity=not wants,
            lead_id=request.lead.id,
            opportunity_id=existing,
            opportunity_name=opportunity_name(request, lead.get("Company")) if wants and not existing else "",
            overwrite_lead_source=self._how.overwrite_lead_source and "contact" in into,
            owner_id=taken_owner(request, str(lead["OwnerId"]), self._how.queue_owner) or "",
            send_notification_email=self._how.notify_owner,
        )

    def _convert(self, part: Sequence[_Ready]) -> list[ConvertResult]:
        """Leads that a lock kept out are sent again: each is converted whole, or not at all."""
        results: list[ConvertResult] = []
        waiting = list(part)
        for attempt, pause in enumerate((*_PAUSES, None)):
            try:
                pairs = self._called(waiting)
            except ConnectionFailedError as error:
                if not attempt:
                    raise
                raise UncertainError(self._client.connection, str(error)) from error
            locked = [(one, said) for one, said in pairs if said.error.code in RETRY and not said.success]
            busy = {one.request.number for one, _ in locked} if pause is not None else set()
            results += [self._result(one, said) for one, said in pairs if one.request.number not in busy]
            waiting = [one for one, _ in locked] if pause is not None else []
            if pause is None or not waiting:
                break
            time.sleep(pause)
        return results

    def _called(self, ready: Sequence[_Ready]) -> list[tuple[_Ready, LeadConvertResult]]:
        allow = self._client.settings.allow_duplicates
        said = soap.convert_leads(self._client, [one.element for one in ready], allow_duplicates=allow)
        return list(zip(ready, said, strict=True))

    def _result(self, ready: _Ready, said: LeadConvertResult) -> ConvertResult:
        request = ready.request
        if not said.success:
            matched = [Ref(request.lead.connection, *found) for found in said.matched]
            reject = rejected(said.error, str(request.lead), matched)
            return ConvertResult(request.number, "rejected", reject=reject)
        ids = {"account": said.account_id, "contact": said.contact_id, "opportunity": said.opportunity_id}
        return ConvertResult(request.number, "done", dict(_refs(request.lead.connection, ids)))

    def estimate(self, requests: Iterable[ConvertRequest]) -> int:
        leads = [_is_alone(request) for request in requests]
        return costs.conversions(len(leads), alone=sum(leads))

    def converted(self, leads: Sequence[Ref]) -> list[Mapping[str, Ref] | None]:
        """Read from the org now."""
        schema = self._schemas.get("Lead")
        columns = ("Id", "IsConverted", *(name for name in NAMES["lead"] if schema.has(name)))
        ids = [lead.id for lead in leads if is_id(lead.id)]
        queries = soql.by_values(schema, columns, "Id", ids) if ids else ()
        rows = {str(row["Id"])[:15]: row for query in queries for row in self._client.rows(query)}
        return [_became(lead, rows.get(lead.id[:15])) for lead in leads]


def _is_alone(request: ConvertRequest) -> bool:
    return "contact" in request.into and "account" not in request.into


def _became(lead: Ref, row: Mapping[str, Any] | None) -> Mapping[str, Ref] | None:
    if row is None or not row["IsConverted"]:
        return None
    ids = {role: row.get(name) for name, role in NAMES["lead"].items()}
    return dict(_refs(lead.connection, ids))


def _refs(connection: str, ids: Mapping[str, str | None]) -> Iterator[tuple[str, Ref]]:
    for role, id_ in ids.items():
        if id_:
            yield role, Ref(connection, OBJECTS[role], id_)
