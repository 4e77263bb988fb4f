"""The Salesforce provider."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from leadbridge.conversions import ConvertRequest, ConvertResult, Prediction, Snapshots
from leadbridge.provider import (
    Action,
    Capabilities,
    ObjectDescription,
    Page,
    Provider,
    Result,
    Site,
    UnsupportedError,
)
from leadbridge.records import Record, Ref
from leadbridge.values import Raw
from leadbridge_salesforce import converting, reading
from leadbridge_salesforce.capturing import capture
from leadbridge_salesforce.client import Client
from leadbridge_salesforce.keys import key_field
from leadbridge_salesforce.native import Native
from leadbridge_salesforce.normalising import normalises
from leadbridge_salesforce.schema import Schemas, described
from leadbridge_salesforce.settings import SalesforceSettings
from leadbridge_salesforce.standard_mapping import OBJECTS
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
        native_conversion=True,
        read_back=True,
        checks_expected=False,
        at_once=10_000,  # from `bulk_from` rows on they go as one bulk job
    )

    settings: SalesforceSettings

    def __init__(self, site: Site, settings: SalesforceSettings) -> None:
        super().__init__(site, settings)
        self.capabilities = replace(
            self.capabilities,
            upsert_by_key=settings.key_field is not None,
            native_conversion=settings.conversion.native,
        )
        self.client = Client(site, settings)
        self.schemas = Schemas(self.client)
        self._writer = Writer(self.client, self.schemas)
        self._native = Native(site, self.client, self.schemas)

    def describe(self) -> Sequence[ObjectDescription]:
        """Once they are described, predicting asks nothing more."""
        found = [described(schema) for schema in self.schemas.visible(self.settings.objects)]
        if self.settings.conversion.native and {"Lead", *OBJECTS.values()} <= {one.name for one in found}:
            self._native.prepare()
        return found

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

    def predict(self, requests: Sequence[ConvertRequest], snapshots: Mapping[int, Snapshots]) -> Sequence[Prediction]:
        return self._conversion("predict").predictor.predict(requests, snapshots)

    def convert(self, requests: Sequence[ConvertRequest]) -> Sequence[ConvertResult]:
        return self._conversion("convert").converting.convert(requests)

    def converted(self, leads: Sequence[Ref]) -> Sequence[Mapping[str, Ref] | None]:
        return self._conversion("converted").converting.converted(leads)

    def estimate_conversions(self, requests: Iterable[ConvertRequest]) -> int:
        self._conversion("estimate_conversions")
        return converting.estimate(requests)

    def _conversion(self, method: str) -> Native:
        if not self.capabilities.native_conversion:
            raise UnsupportedError(self, method)
        return self._native

    def commit(self) -> None:
        """Nothing to do: see ``begin``."""

    def estimate(self, actions: Iterable[Action]) -> int:
        return self._writer.estimate(actions)

    def close(self) -> None:
        self.client.close()
