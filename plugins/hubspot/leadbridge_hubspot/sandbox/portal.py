"""One portal: its records, what an administrator set up, and how it behaves."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from leadbridge.sandbox import Clock, Faults
from leadbridge_hubspot.sandbox.link_types import CUSTOM, STANDARD, LinkType
from leadbridge_hubspot.sandbox.objects import Kind
from leadbridge_hubspot.sandbox.properties import Property, taken
from leadbridge_hubspot.sandbox.standard import KEY, PIPELINES, Pipeline, standard_properties
from leadbridge_hubspot.sandbox.store import KEPT, Record, Store
from leadbridge_hubspot.sandbox.switches import Switches

PORTAL_ID: Final = 4711001
Json = Any


@dataclass(frozen=True, slots=True)
class Owner:
    """Who records belong to. ``user`` stays known when the owner was archived."""

    id: str
    user: int
    email: str
    first: str
    last: str
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a record, for webhooks: a subscription type's end and what is told beside it."""

    object: str
    what: str
    id: int
    told: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Validation:
    """A rule of an administrator on a property."""

    object: str
    property: str
    rule: str
    arguments: tuple[str, ...] = ()


class Portal:
    """The state behind all endpoints. Hold ``store.lock`` while a request is answered."""

    def __init__(self, store: Store, clock: Clock, faults: Faults, switches: Switches) -> None:
        self.store = store
        self.clock = clock
        self.faults = faults
        self.switches = switches
        self.id = PORTAL_ID
        self.owners: dict[str, Owner] = {}
        self.pipelines: Mapping[str, tuple[Pipeline, ...]] = PIPELINES
        self.validations: list[Validation] = []
        self.hidden_scopes: set[str] = set()
        """Scopes that the app was not granted."""
        self.events: list[Event] = []
        """What the request that is answered has done so far."""
        self.began = clock.now()
        self.properties = standard_properties()
        self.link_types: list[LinkType] = list(STANDARD)
        self._adopt()

    def now(self) -> int:
        return int(self.clock.now().timestamp() * 1000)

    def happened(self, event: Event) -> None:
        self.events.append(event)

    def property(self, kind: Kind, name: str) -> Property | None:
        """A property that is in use."""
        found = self.properties[kind.id].get(name)
        return None if found is None or found.archived else found

    def set_property(self, kind: Kind, changed: Property) -> None:
        self.properties[kind.id][changed.name] = changed
        self.keep("property", f"{kind.id}/{changed.name}", changed.kept())

    def drop_key(self, kind: Kind) -> None:
        """Take LeadBridge's own property away, as in a portal that has not met it yet."""
        self.properties[kind.id].pop(KEY, None)

    def links_of(self, source: str, target: str) -> Iterator[LinkType]:
        return (one for one in self.link_types if (one.source, one.target) == (source, target))

    def add_label(self, source: str, target: str, label: str, inverse: str) -> list[LinkType]:
        """A custom label in both directions."""
        number = max((t.id for t in self.link_types if t.category == CUSTOM), default=0) + 1
        there = LinkType(source, target, number, CUSTOM, label, number + 1)
        back = LinkType(target, source, number + 1, CUSTOM, inverse, number)
        self.link_types += [there, back]
        self.keep("label", str(number), [source, target, label, inverse])
        return [there, back]

    def keep(self, kind: str, name: str, told: Json) -> None:
        row = {"kind": kind, "name": name, "told": json.dumps(told)}
        self.store.run(sa.insert(KEPT).prefix_with("OR REPLACE"), [row])

    def kept(self, kind: str) -> dict[str, Json]:
        rows = self.store.rows(sa.select(KEPT).where(KEPT.c.kind == kind).order_by(KEPT.c.name))
        return {row["name"]: json.loads(row["told"]) for row in rows}

    def forget(self, kind: str, name: str) -> None:
        self.store.run(sa.delete(KEPT).where(KEPT.c.kind == kind, KEPT.c.name == name))

    def stamped(self, record: Record, kind: Kind) -> dict[str, str]:
        """A record's properties with those that HubSpot keeps itself."""
        return {
            **record.properties,
            kind.created: iso(record.created),
            kind.modified: iso(record.modified),
            "hs_object_id": str(record.id),
        }

    def _adopt(self) -> None:
        """Find again what was set up when the file was used before."""
        for name, told in self.kept("property").items():
            where, _, called = name.partition("/")
            found = replace(taken(told), custom=not told["hubspotDefined"])
            standard = self.properties[where].get(called)
            if standard is not None and not found.custom:
                found = replace(standard, options=found.options)
            self.properties[where][called] = found
        for _, told in sorted(self.kept("label").items(), key=lambda pair: int(pair[0])):
            source, target, label, inverse = told
            self.add_label(source, target, label, inverse)


def iso(milliseconds: int) -> str:
    """As every reply shows a moment."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"
