"""What goes along with a converted lead: campaign members and activities. Records of custom objects stay behind.

Source: Salesforce Help, *Considerations for Converting Leads*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from leadbridge_salesforce.sandbox.dml.drafts import Manner
from leadbridge_salesforce.sandbox.dml.saving import update
from leadbridge_salesforce.sandbox.org import Org
from leadbridge_salesforce.sandbox.store import Row, Stored


@dataclass(frozen=True, slots=True)
class Move:
    """Where to: the contact, and what activities are about from now on.

    ``owner`` takes over the open tasks of ``previous``, where they differ.
    """

    lead: str
    contact: str
    about: str
    owner: str
    previous: str


def latest_campaign(org: Org, lead: str) -> str | None:
    """The campaign that a lead joined last."""
    members = org.store.where("CampaignMember", {"LeadId": lead})
    last = max(members, key=lambda row: (str(row["CreatedDate"]), str(row["Id"])), default=None)
    return str(last["CampaignId"]) if last else None


def move(org: Org, going: Move, manner: Manner) -> None:
    _members(org, going, manner)
    for kind in ("Task", "Event"):
        rows = org.store.where(kind, {"WhoId": going.lead})
        _save(org, kind, {str(row["Id"]): _activity(going, row) for row in rows}, manner)


def _members(org: Org, going: Move, manner: Manner) -> None:
    """A member row keeps its lead and gets the contact, unless the contact is in the campaign already."""
    taken = {row["CampaignId"] for row in org.store.where("CampaignMember", {"ContactId": going.contact})}
    rows = org.store.where("CampaignMember", {"LeadId": going.lead})
    changes: Mapping[str, Mapping[str, Stored]] = {
        str(row["Id"]): {"ContactId": going.contact} for row in rows if row["CampaignId"] not in taken
    }
    _save(org, "CampaignMember", changes, manner)


def _activity(going: Move, row: Row) -> Mapping[str, Stored]:
    changes: dict[str, Stored] = {"WhoId": going.contact}
    if row["WhatId"] is None:
        changes["WhatId"] = going.about
    if not row.get("IsClosed") and row["OwnerId"] == going.previous:
        changes["OwnerId"] = going.owner
    return changes


def _save(org: Org, object: str, changes: Mapping[str, Mapping[str, Stored]], manner: Manner) -> None:
    if changes:
        for saved in update(org, object, list(changes.items()), manner):
            if saved.refused is not None:
                raise saved.refused
