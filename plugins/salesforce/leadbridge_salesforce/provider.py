"""The Salesforce provider. What it needs besides LeadBridge is imported when a connection is first used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from leadbridge.conversions import ConvertRequest, ConvertResult, Prediction, Snapshots
from leadbridge.errors import UsageError
from leadbridge.provider import (
    Action,
    Capabilities,
    Lack,
    ObjectDescription,
    Page,
    Provider,
    Result,
    Site,
    UnsupportedError,
)
from leadbridge.records import Record, Ref
from leadbridge.values import Raw
from leadbridge_salesforce.conversion_file import LeadConvertSettingsFile
from leadbridge_salesforce.costs import reads
from leadbridge_salesforce.settings import SalesforceSettings

if TYPE_CHECKING:
    from leadbridge_salesforce.native import Native
    from leadbridge_salesforce.org import Org


class SalesforceProvider(Provider):
    """One connection to an org. What is written shows at once; ``begin`` and ``commit`` have nothing to do."""

    name = "salesforce"
    settings_model = SalesforceSettings
    conversion_file = LeadConvertSettingsFile()
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
        converts_at_once=2_000,  # twenty calls of a hundred
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

    @cached_property
    def org(self) -> Org:
        """Raises UsageError where the extra is not installed."""
        try:
            from leadbridge_salesforce.org import Org
        except ImportError as error:
            missing = f"connection {self.site.connection!r} needs {error.name}, which is not installed"
            raise UsageError(f"{missing}; run: pip install 'leadbridge[salesforce]'") from error
        return Org(self.site, self.settings)

    def describe(self) -> Sequence[ObjectDescription]:
        """Once they are described, predicting asks nothing more."""
        return self.org.describe()

    def capture(self, object: str, cursor: str | None = None) -> Iterator[Page]:
        return self.org.capture(object, cursor)

    def read(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        return self.org.read(refs)

    def refresh(self) -> None:
        self.org.client.renew()

    def lacks(self) -> Sequence[Lack]:
        return self.org.lacks()

    def supply(self, lack: Lack) -> None:
        self.org.supply(lack)

    def begin(self) -> None:
        """Nothing to take: every write is durable at once."""

    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        return self.org.writer.write(actions)

    def keyed(self, object: str) -> bool:
        return self.org.keyed(object)

    def find(self, actions: Sequence[Action]) -> Sequence[str | None]:
        return [self.org.find(action) for action in actions]

    def narrowed(self, object: str, on_create: Mapping[str, Raw]) -> Mapping[str, tuple[str, ...]]:
        """By record type: the one that ``on_create`` names as RecordTypeId, or the user's default one."""
        return self.org.narrowed(object, on_create)

    def normalises(self, object: str, field: str, sent: Raw, stored: Raw) -> bool:
        return self.org.normalises(object, field, sent, stored)

    def predict(self, requests: Sequence[ConvertRequest], snapshots: Mapping[int, Snapshots]) -> Sequence[Prediction]:
        return self._conversion("predict").predictor.predict(requests, snapshots)

    def convert(self, requests: Sequence[ConvertRequest]) -> Sequence[ConvertResult]:
        return self._conversion("convert").converting.convert(requests)

    def converted(self, leads: Sequence[Ref]) -> Sequence[Mapping[str, Ref] | None]:
        return self._conversion("converted").converting.converted(leads)

    def estimate_conversions(self, requests: Iterable[ConvertRequest]) -> int:
        return self._conversion("estimate_conversions").converting.estimate(requests)

    def _conversion(self, method: str) -> Native:
        if not self.capabilities.native_conversion:
            raise UnsupportedError(self, method)
        return self.org.native

    def commit(self) -> None:
        """Nothing to do: see ``begin``."""

    def allowance(self) -> int | None:
        """What ``daily_share`` leaves of the org's API calls of the last 24 hours."""
        return self.org.allowance()

    def estimate(self, actions: Iterable[Action]) -> int:
        return self.org.writer.estimate(actions)

    def estimate_reads(self, refs: Iterable[Ref]) -> int:
        return reads(ref.object for ref in refs)

    def close(self) -> None:
        if "org" in self.__dict__:
            self.org.client.close()
