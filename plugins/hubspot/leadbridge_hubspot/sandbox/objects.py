"""The kinds of records, by their type ids. Source: HubSpot's guide on understanding the CRM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """
    Attributes:
        id: the type id, which every path takes.
        name, singular: other names that paths take.
        created, modified: the properties that hold a record's stamps.
        shown: what replies hold where no properties were asked for.
        searched: what a search by text looks at.
    """

    id: str
    name: str
    singular: str
    created: str = "hs_createdate"
    modified: str = "hs_lastmodifieddate"
    shown: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()

    @property
    def default(self) -> tuple[str, ...]:
        return (*self.shown, self.created, self.modified, "hs_object_id")


KINDS: Final = (
    Kind(
        "0-1",
        "contacts",
        "contact",
        "createdate",
        "lastmodifieddate",
        ("email", "firstname", "lastname"),
        ("email", "firstname", "lastname", "phone", "company"),
    ),
    Kind("0-2", "companies", "company", "createdate", shown=("name", "domain"), searched=("name", "domain", "phone")),
    Kind(
        "0-3",
        "deals",
        "deal",
        "createdate",
        shown=("dealname", "amount", "closedate", "pipeline", "dealstage"),
        searched=("dealname",),
    ),
    Kind(
        "0-136",
        "leads",
        "lead",
        "createdate",
        shown=("hs_lead_name",),
        searched=("hs_lead_name",),
    ),
    Kind("0-46", "notes", "note", searched=("hs_note_body",)),
    Kind("0-27", "tasks", "task", searched=("hs_task_subject",)),
    Kind("0-48", "calls", "call", searched=("hs_call_title",)),
    Kind("0-49", "emails", "email", searched=("hs_email_subject",)),
    Kind("0-47", "meetings", "meeting", searched=("hs_meeting_title",)),
)
CONTACTS, COMPANIES, DEALS, LEADS = KINDS[:4]
ACTIVITIES: Final = KINDS[4:]
MERGEABLE: Final = (CONTACTS, COMPANIES, DEALS)
BY_NAME: Final = {name: kind for kind in KINDS for name in (kind.id, kind.name, kind.singular)}
BY_ID: Final = {kind.id: kind for kind in KINDS}
