"""The memory provider keeps the provider contract, with pages of one record and of many."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from leadbridge.memory import MemoryProvider, MemorySettings, memory_crm
from leadbridge.provider import FieldDescription, ObjectDescription, Provider, Site
from leadbridge.testing import Harness, ProviderContract
from leadbridge.values import MISSING, Raw

LEAD = ObjectDescription(
    "Lead",
    (
        FieldDescription("Email", required=True),
        FieldDescription("Company", length=40),
        FieldDescription("Employees", type="integer"),
        FieldDescription("OptedOut", type="boolean"),
    ),
    writable=True,
)


class MemoryHarness(Harness):
    object = "Lead"
    field = "Company"

    def __init__(self, folder: Path, page_size: int) -> None:
        self.distinct = {
            "Company": (MISSING, None, "", "0"),
            "Employees": (MISSING, None, 0),
            "OptedOut": (MISSING, None, False),
        }
        self.folder = folder
        self.page_size = page_size
        self.crm = memory_crm(str(folder))
        self.crm.define(LEAD)

    def connect(self) -> Provider:
        settings = MemorySettings(crm=str(self.folder), page_size=self.page_size)
        return MemoryProvider(Site("memory", self.folder), settings)

    def sample(self, number: int) -> dict[str, Raw]:
        return {"Email": f"ada{number}@example.com", "Company": "Analytical", "Employees": number, "OptedOut": True}

    def create(self, values: Mapping[str, Raw]) -> str:
        return self.crm.create("Lead", values)

    def edit(self, id: str, values: Mapping[str, Raw]) -> None:
        self.crm.edit("Lead", id, values)

    def delete(self, id: str) -> None:
        self.crm.delete("Lead", id)


class TestOnePage(ProviderContract):
    def make(self, tmp_path: Path) -> Harness:
        return MemoryHarness(tmp_path, page_size=200)


class TestManyPages(ProviderContract):
    def make(self, tmp_path: Path) -> Harness:
        return MemoryHarness(tmp_path, page_size=1)
