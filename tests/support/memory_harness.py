"""The memory provider's harness for the contract, with a provider class of one's choice."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from leadbridge.memory import MemoryConversion, MemoryCrm, MemoryProvider, MemorySettings, memory_crm
from leadbridge.provider import FieldDescription, ObjectDescription, Provider, Site
from leadbridge.testing import ConversionHands, Harness
from leadbridge.values import MISSING, Raw

LEAD = ObjectDescription(
    "Lead",
    (
        FieldDescription("Email", required=True),
        FieldDescription("Company", length=40),
        FieldDescription("Employees", type="integer"),
        FieldDescription("OptedOut", type="boolean"),
        FieldDescription("Phone"),
        FieldDescription("Status"),
    ),
    writable=True,
)


ACCOUNT = ObjectDescription(
    "Account", (FieldDescription("Name", required=True), FieldDescription("Phone")), writable=True
)
CONTACT = ObjectDescription(
    "Contact",
    (FieldDescription("Email", required=True), FieldDescription("Phone"), FieldDescription("AccountId")),
    writable=True,
)
OPPORTUNITY = ObjectDescription(
    "Opportunity", (FieldDescription("Name"), FieldDescription("Stage"), FieldDescription("AccountId")), writable=True
)
CONVERSION = MemoryConversion(
    objects={"lead": "Lead", "account": "Account", "contact": "Contact", "opportunity": "Opportunity"},
    fields={
        "account": {"Name": "Company", "Phone": "Phone"},
        "contact": {"Email": "Email", "Phone": "Phone"},
        "opportunity": {"Name": "Company"},
    },
    names={"contact": {"AccountId": "account"}, "opportunity": {"AccountId": "account"}},
    takes={"lead": ("Status",), "opportunity": ("Name",)},
    defaults={"opportunity": {"Stage": "Prospecting"}},
    statuses={"Status": frozenset({"Converted"})},
)


class MemoryHands(ConversionHands):
    objects = CONVERSION.objects
    wanted: ClassVar = {"lead": {"Status": "Converted"}}
    field = "Company"

    def __init__(self, crm: MemoryCrm) -> None:
        self.crm = crm

    def create(self, role: str, number: int, account: str = "") -> str:
        name, email = f"Analytical {number}", f"ada{number}@example.com"
        values: dict[str, dict[str, Raw]] = {
            "lead": {"Email": email, "Company": name, "Phone": f"+4930{number}"},
            "account": {"Name": f"{name} Ltd"},
            "contact": {"Email": f"a.{email}", "AccountId": account},
        }
        return self.crm.create(self.objects[role], values[role])

    def edit(self, role: str, id: str, values: Mapping[str, Raw]) -> None:
        self.crm.edit(self.objects[role], id, values)

    def ids(self, role: str) -> list[str]:
        return list(self.crm.records(self.objects[role]))


class MemoryHarness(Harness):
    object = "Lead"
    field = "Company"

    def __init__(
        self, folder: Path, page_size: int, kind: type[MemoryProvider] = MemoryProvider, *, converts: bool = True
    ) -> None:
        self.distinct = {
            "Company": (MISSING, None, "", "0"),
            "Employees": (MISSING, None, 0),
            "OptedOut": (MISSING, None, False),
        }
        self.folder = folder
        self.kind = kind
        self.page_size = page_size
        self.crm = memory_crm(str(folder))
        self.crm.conversion = CONVERSION if converts else None
        for description in (LEAD, ACCOUNT, CONTACT, OPPORTUNITY):
            self.crm.define(description)

    def connect(self) -> Provider:
        settings = MemorySettings(crm=str(self.folder), page_size=self.page_size, calls=100_000)
        return self.kind(Site("memory", self.folder), settings)

    def sample(self, number: int) -> dict[str, Raw]:
        return {"Email": f"ada{number}@example.com", "Company": "Analytical", "Employees": number, "OptedOut": True}

    def create(self, values: Mapping[str, Raw]) -> str:
        return self.crm.create("Lead", values)

    def edit(self, id: str, values: Mapping[str, Raw]) -> None:
        self.crm.edit("Lead", id, values)

    def delete(self, id: str) -> None:
        self.crm.delete("Lead", id)

    def erase(self, id: str) -> bool:
        self.crm.erase("Lead", id)
        return True

    def merge(self, loser: str, winner: str) -> bool:
        self.crm.merge("Lead", loser, winner)
        return True

    def calls(self) -> int:
        return self.crm.calls

    def conversions(self) -> MemoryHands:
        return MemoryHands(self.crm)
