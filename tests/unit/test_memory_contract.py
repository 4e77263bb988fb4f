"""The memory provider keeps the provider contract, with pages of one record and of many."""

from __future__ import annotations

from pathlib import Path

from memory_harness import MemoryHarness

from leadbridge.testing import Harness, ProviderContract


class TestOnePage(ProviderContract):
    def make(self, tmp_path: Path) -> Harness:
        return MemoryHarness(tmp_path, page_size=200)


class TestManyPages(ProviderContract):
    def make(self, tmp_path: Path) -> Harness:
        return MemoryHarness(tmp_path, page_size=1)


class TestWithoutConversion(ProviderContract):
    def make(self, tmp_path: Path) -> Harness:
        return MemoryHarness(tmp_path, page_size=200, converts=False)
