"""Two records become one."""

from __future__ import annotations

from dataclasses import replace

import sqlalchemy as sa

from leadbridge_hubspot.sandbox.crm import activities
from leadbridge_hubspot.sandbox.crm.keys import hold, let_go
from leadbridge_hubspot.sandbox.crm.linking import End, link, linked, unlink_all
from leadbridge_hubspot.sandbox.objects import CONTACTS, KINDS, Kind
from leadbridge_hubspot.sandbox.portal import Event, Portal
from leadbridge_hubspot.sandbox.store import FORWARDS, Record, State


def merge(portal: Portal, kind: Kind, primary: int, other: int) -> Record:
    """The record that results: a new one, or the primary one, by the switch. Both must be live."""
    first, second = (portal.store.read(kind.id, [key])[key] for key in (primary, other))
    mints = portal.switches.merge_mints_id
    key, now = (portal.store.new_id(kind.id) if mints else primary), portal.now()
    record = Record(kind.id, key, _merged(kind, first, second), min(first.created, second.created), now)
    gone = [first, second] if mints else [second]
    with portal.store.transaction():
        for old in (first, second):
            let_go(portal, kind, old.id)
        portal.store.put(record, now)
        hold(portal, kind, key, record.properties)
        for old in gone:
            _forward(portal, kind, old, key, now)
        activities.touch(portal, [End(kind.id, key)])
        told = {
            "primaryObjectId": primary,
            "mergedObjectIds": [other],
            "newObjectId": key,
            "numberOfPropertiesMoved": len(record.properties.keys() - first.properties.keys()),
        }
        portal.happened(Event(kind.id, "merge", key, told))
    return portal.store.read(kind.id, [key])[key]


def _merged(kind: Kind, first: Record, second: Record) -> dict[str, str]:
    """The primary record's values, and the other's where it has none."""
    values = {**second.properties, **first.properties}
    earlier = [one.properties.get("hs_merged_object_ids", "") for one in (first, second)]
    ids = [part for text in earlier for part in text.split(";") if part]
    values["hs_merged_object_ids"] = ";".join(dict.fromkeys([*ids, str(first.id), str(second.id)]))
    if kind is CONTACTS:
        addresses = [
            address
            for one in (first, second)
            for address in (one.properties.get("email", ""), *one.properties.get("hs_additional_emails", "").split(";"))
            if address and address != values.get("email")
        ]
        if addresses:
            values["hs_additional_emails"] = ";".join(dict.fromkeys(addresses))
    return values


def _forward(portal: Portal, kind: Kind, old: Record, key: int, now: int) -> None:
    """Lead the old id to the new one, and take its associations there."""
    for other in KINDS:
        for far, types in linked(portal, End(kind.id, old.id), other.id).items():
            if (other.id, far) != (kind.id, key):
                link(portal, End(kind.id, key), End(other.id, far), types)
    unlink_all(portal, End(kind.id, old.id))
    portal.store.put(replace(old, state=State.MERGED, archived=now, modified=now), now)
    portal.store.run(sa.insert(FORWARDS), [{"object": kind.id, "old": old.id, "new": key}])
    portal.happened(Event(kind.id, "deletion", old.id))
