"""Merging: what pointed to the losers points to the winner, and the losers go, with a note where to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from leadbridge_salesforce.sandbox.dml.drafts import Given, Manner
from leadbridge_salesforce.sandbox.dml.refusals import Refused, converted_lead, cross_reference, deleted
from leadbridge_salesforce.sandbox.dml.saving import update
from leadbridge_salesforce.sandbox.store import Stored

if TYPE_CHECKING:
    from leadbridge_salesforce.sandbox.org import Org

MOST_LOSERS: Final = 2
"""SOAP reference, merge: up to three records become one."""


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did: the winner, the losers, and the records that point to the winner now."""

    id: str
    losers: tuple[str, ...]
    moved: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Merge:
    """What is to be merged: ``values`` are set in the winner."""

    object: str
    winner: str
    losers: tuple[str, ...]
    values: Given


def merge(org: Org, wanted: Merge, manner: Manner) -> Merged:
    """Merge records of one object. Raises Refused, and nothing is done."""
    schema, winner, losers = org.seen.object(wanted.object), wanted.winner, wanted.losers
    if schema is None or not schema.mergeable:
        raise Refused("INVALID_TYPE", f"entity type {wanted.object} does not support merge")
    if not 1 <= len(set(losers)) <= MOST_LOSERS or winner in losers:
        message = "merge requests take one or two records to merge, other than the master record"
        raise Refused("INVALID_OPERATION", message)
    with org.store.transaction():
        _check(org, schema.name, [winner, *losers])
        (saved,) = update(org, schema.name, [(winner, wanted.values)], manner)
        if saved.refused:
            raise saved.refused
        moved = [child for loser in losers for child in _move(org, schema.name, loser, winner, manner)]
        for loser in losers:
            gone: dict[str, Stored] = {"IsDeleted": 1, "MasterRecordId": winner, "SystemModstamp": manner.stamp}
            org.store.update(schema.name, loser, {**gone, "LastModifiedDate": manner.stamp})
    return Merged(winner, tuple(losers), tuple(moved))


def _check(org: Org, object: str, ids: Sequence[str]) -> None:
    found = org.store.read(object, ids)
    for key in ids:
        row = found.get(key)
        if row is None:
            raise cross_reference()
        if row["IsDeleted"]:
            raise deleted()
        if row.get("IsConverted"):
            raise converted_lead()


def _move(org: Org, object: str, loser: str, winner: str, manner: Manner) -> list[str]:
    """Point what pointed to the loser to the winner; a second membership of a campaign goes instead."""
    moved = []
    for child in org.store.schema.children(object):
        if child.field == "MasterRecordId" or child.field.startswith("Converted"):
            continue
        for row in org.store.where(child.child, {child.field: loser}):
            change: dict[str, str | int] = {child.field: winner}
            if child.child == "CampaignMember" and org.store.where(
                child.child, {"CampaignId": row["CampaignId"], child.field: winner}
            ):
                change = {"IsDeleted": 1}
            if org.store.schema.by_name[child.child.lower()].has("SystemModstamp"):
                change["SystemModstamp"] = manner.stamp
            org.store.update(child.child, str(row["Id"]), change)
            moved.append(str(row["Id"]))
    return moved
