"""The contract that every provider passes, against a stand-in of a portal over real HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from hubspot_portal import PortalHarness

from leadbridge.testing import ProviderContract
from leadbridge.values import Raw


class DealsHarness(PortalHarness):
    object = "deals"
    field = "dealname"
    distinct: Mapping[str, tuple[Raw, ...]] = {"amount": (None, "0")}

    def sample(self, number: int) -> dict[str, Raw]:
        return {"dealname": f"Tea for {number}", "amount": str(number)}


class TestHubSpot(ProviderContract):
    def make(self, tmp_path: Path) -> PortalHarness:
        return PortalHarness(tmp_path, automations=True)


class TestDeals(ProviderContract):
    """Of which nothing but the key tells one from another."""

    def make(self, tmp_path: Path) -> PortalHarness:
        return DealsHarness(tmp_path)


class TestWithoutKey(ProviderContract):
    def make(self, tmp_path: Path) -> PortalHarness:
        return PortalHarness(tmp_path, {"key_property": None})


class TestOldestVersion(ProviderContract):
    def make(self, tmp_path: Path) -> PortalHarness:
        return PortalHarness(tmp_path, {"api_version": "v3"}, shuffled_batches=False, numeric_association_ids=False)


class TestNewestVersion(ProviderContract):
    """With what nobody knows of it the other way round."""

    def make(self, tmp_path: Path) -> PortalHarness:
        return PortalHarness(
            tmp_path, {"api_version": "2026-09"}, dated_multi_status=False, merged_in_archive=True, merged_read=True
        )
