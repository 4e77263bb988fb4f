"""The Salesforce provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from leadbridge.provider import Action, Capabilities, ObjectDescription, Page, Provider, Result, Site
from leadbridge.records import Record, Ref
from leadbridge.values import Raw
from leadbridge_salesforce import reading
from leadbridge_salesforce.capturing import capture
from leadbridge_salesforce.client import Client
from leadbridge_salesforce.keys import key_field
from leadbridge_salesforce.normalising import normalises
from leadbridge_salesforce.schema import Schemas, described
from leadbridge_salesforce.settings import SalesforceSettings
from leadbridge_salesforce.writing import Writer


class SalesforceProvider(Provider):
    """One connection to an org. What is written shows at once; ``begin`` and ``commit`` have nothing to do."""

    name = "salesforce"
    settings_model = SalesforceSettings
    capabilities = Capabilities(
        wire="typed",
        incremental=True,
        deletes=True,
        merges=True,
        writes=True,
        upsert_by_key=True,
        read_back=True,
        checks_expected=False,
        at_once=10_000,  # from `bulk_from` rows on they go as one bulk job
    )

    settings: SalesforceSettings

    def __init__(self, site: Site, settings: SalesforceSettings) -> None:
        super().__init__(site, settings)
        if settings.key_field is None:
            self.capabilities = replace(self.capabilities, upsert_by_key=False)
        self.client = Client(site, settings)
        self.schemas = Schemas(self.client)
        self._writer = Writer(self.client, self.schemas)

    def describe(self) -> Sequence[ObjectDescription]:
        return [described(schema) for schema in self.schemas.visible(self.settings.objects)]

    def capture(self, object: str, cursor: str | None = None) -> Iterator[Page]:
        return capture(self.client, self.schemas, object, cursor)

    def read(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        return reading.read(self.client, self.schemas, refs)

    def refresh(self) -> None:
        self.client.renew()

    def begin(self) -> None:
        """Nothing to take: every write is durable at once."""

    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        return self._writer.write(actions)

    def keyed(self, object: str) -> bool:
        return key_field(self.schemas.get(object), self.settings) is not None

    def find(self, actions: Sequence[Action]) -> Sequence[str | None]:
        return [reading.find(self.client, self.schemas, action) for action in actions]

    def normalises(self, object: str, field: str, sent: Raw, stored: Raw) -> bool:
        schema = self.schemas.known(object)
        known = None if schema is None else schema.fields.get(field)
        return known is not None and normalises(known, sent, stored)

    def commit(self) -> None:
        """Nothing to do: see ``begin``."""

    def estimate(self, actions: Iterable[Action]) -> int:
        return self._writer.estimate(actions)

    def close(self) -> None:
        self.client.close()
