"""Making, changing and archiving records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from leadbridge_hubspot.sandbox.crm import activities, automations
from leadbridge_hubspot.sandbox.crm.keys import hold, let_go
from leadbridge_hubspot.sandbox.crm.linking import End, has_primary_contact, link, linked, unlink_all
from leadbridge_hubspot.sandbox.crm.rules import check_new, check_required, check_validations, staged, with_pipeline
from leadbridge_hubspot.sandbox.crm.values import InvalidValueError, read
from leadbridge_hubspot.sandbox.link_types import LinkType
from leadbridge_hubspot.sandbox.objects import CONTACTS, LEADS, Kind
from leadbridge_hubspot.sandbox.portal import Event, Portal
from leadbridge_hubspot.sandbox.refusals import Fault, invalid_values
from leadbridge_hubspot.sandbox.store import HISTORY, Record, State

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tie:
    """An association that a new record comes with."""

    to: End
    types: tuple[LinkType, ...]


def create(portal: Portal, kind: Kind, given: Given, ties: Sequence[Tie] = (), *, strict: bool = False) -> Record:
    """A new record. ``strict``: what an administrator requires of new records is looked at. Raises Refused."""
    values = _read(portal, kind, given, {})
    contacts = sum(tie.to.object == CONTACTS.id and any(t.primary for t in tie.types) for tie in ties)
    check_new(portal, kind, values, contacts)
    if strict:
        check_required(portal, kind, values)
    with_pipeline(portal, kind, values)
    with portal.store.transaction():
        key, now = portal.store.new_id(kind.id), portal.now()
        hold(portal, kind, key, values)
        record = Record(kind.id, key, _filled(values), now, now)
        _put(portal, record, {})
        for tie in ties:
            link(portal, End(kind.id, key), tie.to, tie.types)
        portal.happened(Event(kind.id, "creation", key, {"changeFlag": "NEW"}))
        automations.after_save(portal, kind, record, {})
    return _again(portal, record)


def update(portal: Portal, kind: Kind, key: int, given: Given) -> Record:
    """A live record, changed. Raises Refused, and KeyError where there is none."""
    old = portal.store.read(kind.id, [key])[key]
    values = dict(old.properties) | _read(portal, kind, given, old.properties)
    if kind.name in ("contacts", "companies") and "lifecyclestage" in given:
        values["lifecyclestage"] = staged(portal, old.properties.get("lifecyclestage", ""), values["lifecyclestage"])
    with_pipeline(portal, kind, values)
    with portal.store.transaction():
        hold(portal, kind, key, values)
        record = replace(old, properties=_filled(values), modified=portal.now())
        _put(portal, record, old.properties)
        automations.after_save(portal, kind, record, old.properties)
    return _again(portal, record)


def archive(portal: Portal, kind: Kind, key: int) -> None:
    """Into the bin; leads whose primary contact goes go with it. Nothing happens to what is not there."""
    record = portal.store.get(kind.id, key)
    if record is None or record.state is not State.LIVE:
        return
    now = portal.now()
    leads = linked(portal, End(kind.id, key), LEADS.id) if kind is CONTACTS else {}
    touched = activities.touched_by(portal, kind, key)
    with portal.store.transaction():
        portal.store.put(replace(record, state=State.ARCHIVED, archived=now, modified=now), now)
        let_go(portal, kind, key)
        unlink_all(portal, End(kind.id, key))
        activities.touch(portal, touched)
        portal.happened(Event(kind.id, "deletion", key))
        drop_lost_leads(portal, leads)


def restore(portal: Portal, kind: Kind, key: int) -> None:
    """Out of the bin, without its associations. Raises Refused where another record has one of its keys by now."""
    record = portal.store.read(kind.id, [key])[key]
    now = portal.now()
    with portal.store.transaction():
        hold(portal, kind, key, record.properties)
        stamp = now if portal.switches.restore_stamps else record.modified
        portal.store.put(replace(record, state=State.LIVE, archived=None, modified=stamp), now)
        portal.happened(Event(kind.id, "restore", key))


def drop_lost_leads(portal: Portal, leads: Mapping[int, object] | Sequence[int]) -> None:
    """Archive those that have no primary contact any more."""
    for lead in leads:
        if not has_primary_contact(portal, lead):
            archive(portal, LEADS, lead)


def erase(portal: Portal, kind: Kind, key: int) -> None:
    """Forget a person for good; only the id stays taken."""
    archive(portal, kind, key)
    now = portal.now()
    record = portal.store.read(kind.id, [key])[key]
    with portal.store.transaction():
        portal.store.put(replace(record, properties={}, state=State.ERASED, archived=now), now)
        portal.store.run(sa.delete(HISTORY).where(HISTORY.c.object == kind.id, HISTORY.c.id == key))
    portal.happened(Event(kind.id, "privacyDeletion", key))


def _read(portal: Portal, kind: Kind, given: Given, old: Mapping[str, str]) -> dict[str, str]:
    """Every value as it is kept. Raises Refused with all that is wrong."""
    values: dict[str, str] = {}
    faults: list[Fault] = []
    for name, told in given.items():
        try:
            values[name] = _value(portal, kind, name, told, old.get(name, ""))
        except InvalidValueError as error:
            faults.append(error.fault(name))
    faults += check_validations(portal, kind, values)
    if faults:
        raise invalid_values(faults, portal.id)
    return values


def _value(portal: Portal, kind: Kind, name: str, told: Any, old: str) -> str:
    prop = portal.property(kind, name)
    if prop is None:
        raise InvalidValueError("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
    if prop.read_only or prop.calculated:
        raise InvalidValueError("READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.')
    if name in ("pipeline", "dealstage", "hs_pipeline", "hs_pipeline_stage") and isinstance(told, str):
        return told  # looked at together
    return read(portal, prop, told, old)


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _put(portal: Portal, record: Record, old: Mapping[str, str]) -> None:
    now = portal.now()
    portal.store.put(record, now)
    names = [n for n in {**old, **record.properties} if old.get(n, "") != record.properties.get(n, "")]
    rows = [
        {
            "at": record.modified,
            "object": record.object,
            "id": record.id,
            "property": name,
            "value": record.properties.get(name, ""),
        }
        for name in names
    ]
    portal.store.run(sa.insert(HISTORY), rows)
    for row in rows:
        told = {"propertyName": row["property"], "propertyValue": row["value"]}
        portal.happened(Event(record.object, "propertyChange", record.id, told))


def _again(portal: Portal, record: Record) -> Record:
    """As it is after what HubSpot does by itself."""
    return portal.store.read(record.object, [record.id])[record.id]
