"""The memory provider's harness for the contract, with a provider class of one's choice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from leadbridge.memory import MemoryProvider, MemorySettings, memory_crm
from leadbridge.provider import FieldDescription, ObjectDescription, Provider, Site
from leadbridge.testing import Harness
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

    def __init__(self, folder: Path, page_size: int, kind: type[MemoryProvider] = MemoryProvider) -> None:
        self.distinct = {
            "Company": (MISSING, None, "", "0"),
            "Employees": (MISSING, None, 0),
            "OptedOut": (MISSING, None, False),
        }
        self.folder = folder
        self.kind = kind
        self.page_size = page_size
        self.crm = memory_crm(str(folder))
        self.crm.define(LEAD)

    def connect(self) -> Provider:
        settings = MemorySettings(crm=str(self.folder), page_size=self.page_size)
        return self.kind(Site("memory", self.folder), settings)

    def sample(self, number: int) -> dict[str, Raw]:
        return {"Email": f"ada{number}@example.com", "Company": "Analytical", "Employees": number, "OptedOut": True}

    def create(self, values: Mapping[str, Raw]) -> str:
        return self.crm.create("Lead", values)

    def edit(self, id: str, values: Mapping[str, Raw]) -> None:
        self.crm.edit("Lead", id, values)

    def delete(self, id: str) -> None:
        self.crm.delete("Lead", id)

    def merge(self, loser: str, winner: str) -> bool:
        self.crm.merge("Lead", loser, winner)
        return True
