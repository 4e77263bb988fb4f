"""The contract that every provider passes, against a stand-in of an org over real HTTP."""

from __future__ import annotations

from pathlib import Path

from salesforce_org import OrgHarness

from leadbridge.testing import ProviderContract


class TestSalesforce(ProviderContract):
    def make(self, tmp_path: Path) -> OrgHarness:
        return OrgHarness(tmp_path)


class TestWithoutNativeConversion(ProviderContract):
    def make(self, tmp_path: Path) -> OrgHarness:
        return OrgHarness(tmp_path, {"conversion": {"native": False}})
