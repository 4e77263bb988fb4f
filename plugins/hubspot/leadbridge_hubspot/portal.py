"""One connection at work. Imported when a connection is first used: what it needs is heavy, and an extra."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from leadbridge.provider import Action, Lack, ObjectDescription, Page, Site
from leadbridge.records import Record, Ref
from leadbridge.values import Raw
from leadbridge_hubspot import capturing, costs, keys, normalising, reading
from leadbridge_hubspot.client import Client
from leadbridge_hubspot.lists import Lists
from leadbridge_hubspot.schema import Schemas, described
from leadbridge_hubspot.settings import HubSpotSettings
from leadbridge_hubspot.writing import Writer


class Portal:
    """The parts of one connection, put together. Nothing is sent before the first call."""

    def __init__(self, site: Site, settings: HubSpotSettings) -> None:
        self.settings = settings
        self.client = Client(site, settings)
        self.schemas = Schemas(self.client)
        self.lists = Lists(self.client)
        self.writer = Writer(self.client, self.schemas)
        self.wanted: Mapping[str, Collection[str]] = {}

    def describe(self) -> list[ObjectDescription]:
        seen = self.schemas.visible(self.settings.objects)
        return [replace(described(schema), limit=self.lists.limit(schema.name)) for schema in seen]

    def capture(self, object: str, cursor: str | None, *, limited: bool = True) -> Iterator[Page]:
        """``limited``: to the members of its list, where it has one."""
        schema = self.schemas.get(object)
        if object in self.wanted:
            schema = schema.narrowed(self.wanted[object])
        return capturing.capture(self.client, schema, cursor, lambda: self.lists.read(object) if limited else None)

    def read(self, refs: Sequence[Ref]) -> list[Record | None]:
        return reading.read(self.client, self.schemas, refs)

    def find(self, action: Action) -> str | None:
        return reading.find(self.client, self.schemas, action)

    def keyed(self, object: str) -> bool:
        return keys.key_property(self.schemas.get(object), self.settings) is not None

    def lacks(self) -> list[Lack]:
        return list(keys.lacks(self.schemas, self.settings))

    def supply(self, lack: Lack) -> None:
        keys.supply(self.client, self.schemas, lack)

    def estimate(self, actions: Iterable[Action]) -> int:
        return costs.writes(actions)

    def estimate_reads(self, refs: Iterable[Ref]) -> int:
        return costs.reads(ref.object for ref in refs)

    def normalises(self, object: str, field: str, sent: Raw, stored: Raw) -> bool:
        schema = self.schemas.known(object)
        known = None if schema is None else schema.fields.get(field)
        return known is not None and normalising.normalises(known, sent, stored)
