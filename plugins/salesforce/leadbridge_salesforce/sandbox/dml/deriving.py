"""Fields that the platform works out when a record is saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from leadbridge_salesforce.sandbox.dml.drafts import Draft
from leadbridge_salesforce.sandbox.dml.refusals import required
from leadbridge_salesforce.sandbox.schema.picklists import STAGES
from leadbridge_salesforce.sandbox.store import Store

_RESPONDED: Final = frozenset({"responded", "registered", "attended"})
_STAGES: Final = {stage.name.lower(): stage for stage in STAGES}


def derive(draft: Draft, store: Store) -> None:
    """Fill in what follows from the rest of the record. Raises Refused where something else is needed for it."""
    work = _BY_OBJECT.get(draft.schema.name)
    if work is not None:
        work(draft, store)


def full_name(row: Mapping[str, object]) -> str:
    parts = (row.get(name) for name in ("FirstName", "MiddleName", "LastName", "Suffix"))
    return " ".join(str(part) for part in parts if part)


def _person(draft: Draft, store: Store) -> None:
    draft.after["Name"] = full_name(draft.after)[:121] or None


def _opportunity(draft: Draft, store: Store) -> None:
    after, stage = draft.after, _STAGES.get((draft.value("StageName") or "").lower())
    if stage is not None and draft.touches(["StageName"]):
        after |= {"IsClosed": int(stage.closed), "IsWon": int(stage.won), "ForecastCategory": stage.forecast}
        if "Probability" not in draft.changes:
            after["Probability"] = float(stage.probability)
    amount, likely = after.get("Amount"), after.get("Probability")
    known = isinstance(amount, int | float) and isinstance(likely, int | float)
    after["ExpectedRevenue"] = round(float(amount) * float(likely) / 100, 2) if known and amount else None  # type: ignore[arg-type]


def _task(draft: Draft, store: Store) -> None:
    draft.after["IsClosed"] = int((draft.value("Status") or "").lower() == "completed")
    _activity(draft, store)


def _event(draft: Draft, store: Store) -> None:
    start = draft.value("StartDateTime") or draft.value("ActivityDateTime")
    if start:
        draft.after["ActivityDate"] = start[:10]
    _activity(draft, store)


def _activity(draft: Draft, store: Store) -> None:
    """An activity belongs to the account of what, or of whom, it is about."""
    if not draft.touches(["WhoId", "WhatId"]):
        return
    what, who = draft.value("WhatId") or "", draft.value("WhoId") or ""
    if what.startswith("001"):
        draft.after["AccountId"] = what
        return
    row = store.get("Opportunity", what) if what.startswith("006") else None
    row = row or (store.get("Contact", who) if who.startswith("003") else None)
    draft.after["AccountId"] = row["AccountId"] if row else None


def _member(draft: Draft, store: Store) -> None:
    if not draft.value("LeadId") and not draft.value("ContactId"):
        raise required(["LeadId", "ContactId"])
    responded = (draft.value("Status") or "").lower() in _RESPONDED
    draft.after["HasResponded"] = int(responded)
    if responded and not draft.after.get("FirstRespondedDate"):
        draft.after["FirstRespondedDate"] = str(draft.after["SystemModstamp"])[:10]


_BY_OBJECT: Final[Mapping[str, Callable[[Draft, Store], None]]] = {
    "Lead": _person,
    "Contact": _person,
    "User": _person,
    "Opportunity": _opportunity,
    "Task": _task,
    "Event": _event,
    "CampaignMember": _member,
}
