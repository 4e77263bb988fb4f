"""What a portal does by itself: the lifecycle follows deals, and people follow their company. It never moves back.

That a record says when it was last dealt with cannot be switched off.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa

from leadbridge_hubspot.sandbox.crm import activities
from leadbridge_hubspot.sandbox.crm.linking import End, linked
from leadbridge_hubspot.sandbox.crm.rules import earlier
from leadbridge_hubspot.sandbox.objects import BY_ID, COMPANIES, CONTACTS, DEALS, Kind
from leadbridge_hubspot.sandbox.portal import Event, Portal
from leadbridge_hubspot.sandbox.store import HISTORY, Record, State

_STAGE = "lifecyclestage"


def after_save(portal: Portal, kind: Kind, record: Record, old: Mapping[str, str]) -> None:
    """Follow up a record that was saved. ``old`` is what it held before."""
    activities.touch(portal, activities.touched_by(portal, kind, record.id))
    if not portal.switches.automations:
        return
    if kind is DEALS:
        won = record.properties.get("hs_is_closed_won") == "true"
        if not old or (won and old.get("hs_is_closed_won") != "true"):
            _push_deal(portal, record.id, "customer" if won else "opportunity")
    if kind is COMPANIES and record.properties.get(_STAGE, "") != old.get(_STAGE, ""):
        _push(portal, End(COMPANIES.id, record.id), CONTACTS, record.properties.get(_STAGE, ""))


def after_link(portal: Portal, one: End, other: End) -> None:
    """Follow up an association that was made."""
    activities.after_link(portal, one, other)
    for deal in (end for end in (one, other) if end.object == DEALS.id and portal.switches.automations):
        record = portal.store.get(DEALS.id, deal.id)
        if record is not None:
            won = record.properties.get("hs_is_closed_won") == "true"
            _push_deal(portal, deal.id, "customer" if won else "opportunity")


def _push_deal(portal: Portal, deal: int, stage: str) -> None:
    for kind in (COMPANIES, CONTACTS):
        _push(portal, End(DEALS.id, deal), kind, stage)


def _push(portal: Portal, source: End, kind: Kind, stage: str) -> None:
    if not stage:
        return
    for record in portal.store.read(kind.id, linked(portal, source, kind.id)).values():
        before = record.properties.get(_STAGE, "")
        if record.state is State.LIVE and earlier(before, stage):
            _move(portal, record, stage)


def _move(portal: Portal, record: Record, stage: str) -> None:
    now = portal.now()
    moved = replace(record, properties={**record.properties, _STAGE: stage}, modified=now)
    portal.store.put(moved, now)
    row = {"at": now, "object": record.object, "id": record.id, "property": _STAGE, "value": stage}
    portal.store.run(sa.insert(HISTORY), [row])
    told = {"propertyName": _STAGE, "propertyValue": stage, "changeSource": "AUTOMATION"}
    portal.happened(Event(record.object, "propertyChange", record.id, told))
    after_save(portal, BY_ID[record.object], moved, record.properties)
