"""When somebody last had to do with a record: HubSpot keeps it by the activities that hang on the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from leadbridge_hubspot.sandbox.crm.linking import End, linked
from leadbridge_hubspot.sandbox.objects import ACTIVITIES, BY_ID, COMPANIES, CONTACTS, DEALS, Kind
from leadbridge_hubspot.sandbox.portal import Portal
from leadbridge_hubspot.sandbox.standard import LAST_ACTIVITY
from leadbridge_hubspot.sandbox.store import Record, State

_TOUCHED = (CONTACTS, COMPANIES, DEALS)


def touched_by(portal: Portal, kind: Kind, key: int) -> list[End]:
    """The records that an activity hangs on; none for what is no activity."""
    if kind not in ACTIVITIES:
        return []
    return [End(other.id, far) for other in _TOUCHED for far in linked(portal, End(kind.id, key), other.id)]


def touch(portal: Portal, ends: Iterable[End]) -> None:
    """Say anew of each when it was last dealt with; where that changes, the record changes."""
    for end in dict.fromkeys(ends):
        record = portal.store.get(end.object, end.id)
        if record is None or record.state is not State.LIVE or BY_ID.get(end.object) not in _TOUCHED:
            continue
        last = max(_moments(portal, end), default="")
        if last != record.properties.get(LAST_ACTIVITY, ""):
            kept = {name: value for name, value in record.properties.items() if name != LAST_ACTIVITY}
            if last:
                kept[LAST_ACTIVITY] = last
            portal.store.put(replace(record, properties=kept, modified=portal.now()), portal.now())


def after_link(portal: Portal, one: End, other: End) -> None:
    """An association was made or taken away: where one end is an activity, the other was dealt with, or was not."""
    kinds = {kind.id for kind in ACTIVITIES}
    touch(portal, [far for near, far in ((one, other), (other, one)) if near.object in kinds])


def _moments(portal: Portal, end: End) -> Iterator[str]:
    """When each of its activities was: what is still to come, and tasks that are not done, are not counted."""
    for kind in ACTIVITIES:
        for activity in portal.store.read(kind.id, linked(portal, end, kind.id)).values():
            at = activity.properties.get("hs_timestamp", "")
            if at and _done(kind, activity) and datetime.fromisoformat(at) <= portal.clock.now():
                yield at


def _done(kind: Kind, activity: Record) -> bool:
    return kind.name != "tasks" or activity.properties.get("hs_task_status") == "COMPLETED"
