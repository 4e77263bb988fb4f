"""The contract that every provider passes, against replies kept in memory."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hubspot_replies import Portal, served
from leadbridge_hubspot.provider import HubSpotProvider
from leadbridge_hubspot.settings import HubSpotSettings

from leadbridge.provider import Site
from leadbridge.testing import Harness, ProviderContract
from leadbridge.values import Raw


class Replies(Harness):
    object = "contacts"
    field = "lastname"
    distinct: Mapping[str, tuple[Raw, ...]] = {"age": (None, "0"), "agreed": (None, "false")}

    def __init__(self, folder: Path) -> None:
        self.site = Site("hs", folder)
        self.portal = Portal()
        self._served = served(self.portal)
        self._served.__enter__()

    def connect(self) -> HubSpotProvider:
        return HubSpotProvider(self.site, HubSpotSettings(token="secret", objects=("contacts",)))

    def sample(self, number: int) -> dict[str, Raw]:
        return {"email": f"p{number}@example.com", "lastname": f"Person {number}"}

    def create(self, values: Mapping[str, Raw]) -> str:
        return self.portal.add("0-1", **{name: str(raw or "") for name, raw in values.items()})

    def edit(self, id: str, values: Mapping[str, Raw]) -> None:
        self.portal.edit("0-1", id, {name: str(raw or "") for name, raw in values.items()})

    def delete(self, id: str) -> None:
        self.portal.archive("0-1", id)

    def merge(self, loser: str, winner: str) -> bool:
        self.portal.merge("0-1", loser, winner)
        return True

    def close(self) -> None:
        self._served.__exit__(None, None, None)


class TestHubSpot(ProviderContract):
    def make(self, tmp_path: Path) -> Replies:
        return Replies(tmp_path)
