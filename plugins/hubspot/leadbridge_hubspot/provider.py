"""The HubSpot provider. What it needs besides LeadBridge is imported when a connection is first used."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from leadbridge.errors import UsageError
from leadbridge.provider import Action, Capabilities, Lack, ObjectDescription, Page, Provider, Result, Site
from leadbridge.records import Record, Ref
from leadbridge.values import Raw
from leadbridge_hubspot.settings import HubSpotSettings

if TYPE_CHECKING:
    from leadbridge_hubspot.portal import Portal


class HubSpotProvider(Provider):
    """One connection to an account. What is written shows at once; ``begin`` and ``commit`` have nothing to do."""

    name = "hubspot"
    settings_model = HubSpotSettings
    capabilities = Capabilities(
        wire="text",
        incremental=True,
        deletes=True,
        merges=True,
        writes=True,
        upsert_by_key=True,
        read_back=True,
        checks_expected=False,
    )

    settings: HubSpotSettings

    def __init__(self, site: Site, settings: HubSpotSettings) -> None:
        super().__init__(site, settings)
        self.capabilities = replace(self.capabilities, upsert_by_key=settings.key_property is not None)

    @cached_property
    def portal(self) -> Portal:
        """Raises UsageError where the extra is not installed."""
        try:
            from leadbridge_hubspot.portal import Portal
        except ImportError as error:
            missing = f"connection {self.site.connection!r} needs {error.name}, which is not installed"
            raise UsageError(f"{missing}; run: pip install 'leadbridge[hubspot]'") from error
        return Portal(self.site, self.settings)

    def describe(self) -> Sequence[ObjectDescription]:
        return self.portal.describe()

    def wants(self, fields: Mapping[str, Collection[str]]) -> None:
        """What fits into one search is found by it; more must be searched for first, and then read."""
        self.portal.wanted = dict(fields)

    def capture(self, object: str, cursor: str | None = None) -> Iterator[Page]:
        return self.portal.capture(object, cursor)

    def unlimited(self, object: str) -> Iterator[Page]:
        return self.portal.capture(object, None, limited=False)

    def outside(self, object: str, ids: Sequence[str]) -> Collection[str]:
        return self.portal.lists.outside(object, ids)

    def read(self, refs: Sequence[Ref]) -> Sequence[Record | None]:
        return self.portal.read(refs)

    def refresh(self) -> None:
        self.portal.client.renew()

    def lacks(self) -> Sequence[Lack]:
        return self.portal.lacks()

    def supply(self, lack: Lack) -> None:
        self.portal.supply(lack)

    def begin(self) -> None:
        """Nothing to take: every write is durable at once."""

    def write(self, actions: Sequence[Action]) -> Sequence[Result]:
        return self.portal.writer.write(actions)

    def keyed(self, object: str) -> bool:
        return self.portal.keyed(object)

    def find(self, actions: Sequence[Action]) -> Sequence[str | None]:
        return [self.portal.find(action) for action in actions]

    def normalises(self, object: str, field: str, sent: Raw, stored: Raw) -> bool:
        return self.portal.normalises(object, field, sent, stored)

    def commit(self) -> None:
        """Nothing to do: see ``begin``."""

    def allowance(self) -> int | None:
        """What ``daily_share`` leaves of the account's API calls of the day; OAuth apps have no such limit."""
        return self.portal.client.allowance()

    def estimate(self, actions: Iterable[Action]) -> int:
        return self.portal.estimate(actions)

    def estimate_reads(self, refs: Iterable[Ref]) -> int:
        return self.portal.estimate_reads(refs)

    def close(self) -> None:
        if "portal" in self.__dict__:
            self.portal.client.close()
