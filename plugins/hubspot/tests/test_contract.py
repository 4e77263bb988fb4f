"""The contract that every provider passes, against a stand-in of a portal over real HTTP."""

from __future__ import annotations

from pathlib import Path

from hubspot_portal import PortalHarness

from leadbridge.testing import ProviderContract


class TestHubSpot(ProviderContract):
    def make(self, tmp_path: Path) -> PortalHarness:
        return PortalHarness(tmp_path)


class TestOldestVersion(ProviderContract):
    def make(self, tmp_path: Path) -> PortalHarness:
        return PortalHarness(tmp_path, {"api_version": "v3"}, shuffled_batches=False, numeric_association_ids=False)


class TestNewestVersion(ProviderContract):
    """With what nobody knows of it the other way round."""

    def make(self, tmp_path: Path) -> PortalHarness:
        return PortalHarness(
            tmp_path, {"api_version": "2026-09"}, dated_multi_status=False, merged_in_archive=True, merged_read=True
        )
