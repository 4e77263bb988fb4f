"""One connection at work. Imported when a connection is first used: what it needs is heavy, and an extra."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence

from leadbridge.provider import Action, Lack, ObjectDescription, Page, Site
from leadbridge.records import Record, Ref
from leadbridge.values import MISSING, Raw
from leadbridge_salesforce import capturing, keys, normalising, reading
from leadbridge_salesforce.client import Client
from leadbridge_salesforce.native import Native
from leadbridge_salesforce.picklists import Picklists
from leadbridge_salesforce.schema import Schemas, described
from leadbridge_salesforce.settings import SalesforceSettings
from leadbridge_salesforce.standard_mapping import OBJECTS
from leadbridge_salesforce.writing import Writer


class Org:
    """The parts of one connection, put together. Nothing is sent before the first call."""

    def __init__(self, site: Site, settings: SalesforceSettings) -> None:
        self.settings = settings
        self.client = Client(site, settings)
        self.schemas = Schemas(self.client)
        self.picklists = Picklists(self.client)
        self.writer = Writer(self.client, self.schemas)
        self.native = Native(site, self.client, self.schemas)

    def describe(self) -> list[ObjectDescription]:
        also = self.native.unasked if self.settings.conversion.native and "Lead" in self.settings.objects else []
        for answer in self.schemas.together(self.settings.objects, also):
            self.native.take(*answer)
        found = [described(schema) for schema in self.schemas.visible(self.settings.objects)]
        if self.settings.conversion.native and {"Lead", *OBJECTS.values()} <= {one.name for one in found}:
            self.native.prepare()
        return found

    def capture(self, object: str, cursor: str | None) -> Iterator[Page]:
        return capturing.capture(self.client, self.schemas, object, cursor)

    def read(self, refs: Sequence[Ref]) -> list[Record | None]:
        began, found = time.monotonic(), reading.read(self.client, self.schemas, refs)
        if self.settings.conversion.native:
            self.native.converting.saw((one for one in found if one and one.ref.object == "Lead"), began)
        return found

    def find(self, action: Action) -> str | None:
        return reading.find(self.client, self.schemas, action)

    def keyed(self, object: str) -> bool:
        return keys.key_field(self.schemas.get(object), self.settings) is not None

    def lacks(self) -> list[Lack]:
        return list(keys.lacks(self.schemas, self.settings))

    def supply(self, lack: Lack) -> None:
        keys.supply(self.client, self.schemas, lack)

    def allowance(self) -> int | None:
        """By the latest reply; where none told of late, one is asked for."""
        if self.client.quota.left is None:
            self.client.get("limits")
        return self.client.quota.left

    def narrowed(self, object: str, on_create: Mapping[str, Raw]) -> Mapping[str, tuple[str, ...]]:
        return self.picklists.under(self.schemas.get(object), on_create.get("RecordTypeId", MISSING))

    def normalises(self, object: str, field: str, sent: Raw, stored: Raw) -> bool:
        schema = self.schemas.known(object)
        known = None if schema is None else schema.fields.get(field)
        return known is not None and normalising.normalises(known, sent, stored)
