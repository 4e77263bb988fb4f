"""Values by which a record is the only one: e-mail addresses of a contact, and unique properties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from leadbridge_hubspot.sandbox.objects import COMPANIES, CONTACTS, Kind
from leadbridge_hubspot.sandbox.portal import Portal
from leadbridge_hubspot.sandbox.refusals import already_exists, invalid
from leadbridge_hubspot.sandbox.store import FORWARDS, KEYS, State, as_id


def keys_of(portal: Portal, kind: Kind, values: Mapping[str, str]) -> set[tuple[str, str]]:
    """Property and value of all that nobody else may have. Secondary addresses count as e-mail addresses."""
    found = {
        (name, values[name]) for name, prop in portal.properties[kind.id].items() if prop.unique and values.get(name)
    }
    if kind is CONTACTS:
        addresses = [values.get("email", ""), *values.get("hs_additional_emails", "").split(";")]
        found |= {("email", address.lower()) for address in addresses if address}
    if kind is COMPANIES and portal.switches.domain_unique and values.get("domain"):
        found.add(("domain", values["domain"].lower()))
    return found


def holder(portal: Portal, kind: Kind, name: str, value: str) -> int | None:
    """Who has this value of a key."""
    wanted = sa.select(KEYS.c.id).where(
        KEYS.c.object == kind.id,
        KEYS.c.property == name,
        KEYS.c.value == (value.strip().lower() if name in {"email", "domain"} else value),
    )
    return next((int(row["id"]) for row in portal.store.rows(wanted)), None)


def hold(portal: Portal, kind: Kind, key: int, values: Mapping[str, str]) -> None:
    """Take the record's keys for it alone. Raises Refused where another record has one of them."""
    wanted = keys_of(portal, kind, values)
    for name, value in sorted(wanted):
        other = holder(portal, kind, name, value)
        if other is not None and other != key:
            if name == "email":
                raise already_exists("Contact", other)
            if name == "domain":
                raise already_exists("Company", other)
            message = f"propertyName={name} already has value {value} on record {other}"
            raise invalid(message, "CONFLICTING_UNIQUE_VALUE", name)
    let_go(portal, kind, key)
    rows = [{"object": kind.id, "property": name, "value": value, "id": key} for name, value in wanted]
    portal.store.run(sa.insert(KEYS), rows)


def let_go(portal: Portal, kind: Kind, key: int) -> None:
    portal.store.run(sa.delete(KEYS).where(KEYS.c.object == kind.id, KEYS.c.id == key))


def can_identify(portal: Portal, kind: Kind, name: str) -> bool:
    """Whether records can be addressed by this property."""
    prop = portal.property(kind, name)
    return (kind is CONTACTS and name == "email") or (prop is not None and prop.unique)


def check_identifies(portal: Portal, kind: Kind, name: str) -> None:
    """Raises Refused where it cannot."""
    if not can_identify(portal, kind, name):
        raise invalid(f"Unable to perform update/upsert by non-unique {kind.id} property {name}", "NON_UNIQUE", name)


def found(portal: Portal, kind: Kind, told: str, id_property: str = "") -> int | None:
    """The live record that an id, or a value of a key, means; the one that it was merged into, if it was."""
    if id_property and id_property != "hs_object_id":
        check_identifies(portal, kind, id_property)
        return holder(portal, kind, id_property, told)
    number = as_id(told)
    if number is None:
        return None
    key = survivor(portal, kind, number)
    record = portal.store.get(kind.id, key)
    return key if record is not None and record.state is State.LIVE else None


def found_all(portal: Portal, kind: Kind, told: Iterable[str]) -> dict[str, int | None]:
    """What each of many ids means, as :func:`found` says it."""
    ids = {one: as_id(one) for one in told}
    there = portal.store.read(kind.id, [key for key in ids.values() if key is not None])
    live = {key for key, record in there.items() if record.state is State.LIVE}
    return {one: key if key in live else found(portal, kind, one) for one, key in ids.items()}


def survivor(portal: Portal, kind: Kind, key: int) -> int:
    """Where merges lead from an id; itself where it was not merged."""
    wanted = sa.select(FORWARDS.c.new).where(FORWARDS.c.object == kind.id)
    while rows := portal.store.rows(wanted.where(FORWARDS.c.old == key)):
        key = int(rows[0]["new"])
    return key
