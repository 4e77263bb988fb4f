"""A stand-in of an org with the hands of its users, and the provider connected to it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests
from leadbridge_salesforce.provider import SalesforceProvider
from leadbridge_salesforce.sandbox.dml.merging import Merge, merge
from leadbridge_salesforce.sandbox.stand_in import SalesforceSandbox
from leadbridge_salesforce.settings import SalesforceSettings

from leadbridge.provider import Site
from leadbridge.sandbox import Fault, Options, start
from leadbridge.sandbox.base import Switch
from leadbridge.testing import Harness
from leadbridge.testing.harness import ConversionHands
from leadbridge.values import Raw

NUMBERS = ("AnnualRevenue",)


class OrgHarness(Harness):
    """An org without records, and somebody who works in it."""

    object = "Lead"
    field = "Company"
    distinct: Mapping[str, tuple[Raw, ...]] = {
        "Title": (None, "0", "false"),
        "NumberOfEmployees": (None, 0),
        "HasOptedOutOfEmail": (False, True),
    }

    def __init__(self, folder: Path, settings: Mapping[str, Any] | None = None, **switches: Switch) -> None:
        self.folder = folder
        self._settings = dict(settings or {})
        self._open = ExitStack()
        self.served = self._open.enter_context(start("salesforce", Options("empty", switches=switches)))
        sandbox = self.served.sandbox
        assert isinstance(sandbox, SalesforceSandbox)
        self.sandbox = sandbox
        self.http = self._open.enter_context(requests.Session())

    def connect(self, **settings: Any) -> SalesforceProvider:
        signed = {"auth": "session", "session_token": self.served.token, "domain": self.served.url}
        return SalesforceProvider(
            Site("sf", self.folder), SalesforceSettings(**{**signed, **self._settings, **settings})
        )

    def sample(self, number: int) -> dict[str, Raw]:
        return {"LastName": f"King {number}", "Company": f"Ada {number}, Ltd", "Email": f"ada{number}@x.example"}

    def create(self, values: Mapping[str, Raw]) -> str:
        return self.make(self.object, values)

    def make(self, object: str, values: Mapping[str, Raw]) -> str:
        (new,) = self.change(object, create=[dict(values)])
        return str(new)

    def edit(self, id: str, values: Mapping[str, Raw]) -> None:
        self.change(self.object, update=[{"Id": id, **values}])

    def delete(self, id: str) -> None:
        self.change(self.object, delete=[id])

    def merge(self, loser: str, winner: str) -> bool:
        org = self.sandbox.org
        with org.store.lock:
            merge(org, Merge(self.object, winner, (loser,), {}), org.manner())
        return True

    def change(self, object: str, **told: Any) -> list[Any]:
        reply = self.http.post(f"{self.served.control}/records", json={"object": object, **told}, timeout=60)
        assert reply.ok, reply.text
        ids: list[Any] = reply.json()["ids"]
        return ids

    def calls(self) -> int:
        return self.sandbox.limits.used

    def conversions(self) -> ConversionHands:
        return OrgHands(self)

    def fault(self, kind: str, **more: Any) -> None:
        self.sandbox.faults.add(Fault(kind, **more))

    def rows(self, object: str) -> list[dict[str, Any]]:
        return [dict(row) for row in self.sandbox.org.store.where(object, {"IsDeleted": 0})]

    def close(self) -> None:
        self._open.close()


class OrgHands(ConversionHands):
    """Leads and what they go into."""

    objects: Mapping[str, str] = {
        "lead": "Lead",
        "account": "Account",
        "contact": "Contact",
        "opportunity": "Opportunity",
    }
    wanted: Mapping[str, Mapping[str, Raw]] = {"lead": {"Status": "Closed - Converted"}}
    field = "Title"

    def __init__(self, harness: OrgHarness) -> None:
        self._harness = harness

    def create(self, role: str, number: int, account: str = "") -> str:
        values: dict[str, Raw] = {
            "lead": self.lead(number),
            "account": {"Name": f"Acme {number}"},
            "contact": {"LastName": f"Known {number}", "AccountId": account or None},
        }[role]
        return self._harness.make(self.objects[role], values)

    def lead(self, number: int) -> dict[str, Raw]:
        return {
            **self._harness.sample(number),
            "FirstName": "Ada",
            "Title": "Analyst",
            "Phone": "+14155550100",
            "MobilePhone": "+14155550101",
            "Website": "https://x.example",
            "Industry": "Technology",
            "Rating": "Hot",
            "LeadSource": "Web",
            "AnnualRevenue": 1000,
            "NumberOfEmployees": 5,
            "Street": "1 Main St",
            "City": "Ulm",
            "Country": "Germany",
            "Description": "Wants tea.",
            "HasOptedOutOfEmail": True,
            "Region__c": "EMEA",
            "Budget__c": 100,
            "Source_Detail__c": "Hall 4",
            "Consent_Date__c": "2026-01-31T09:30:00.000Z",
        }

    def edit(self, role: str, id: str, values: Mapping[str, Raw]) -> None:
        self._harness.change(self.objects[role], update=[{"Id": id, **values}])

    def ids(self, role: str) -> list[str]:
        return [str(row["Id"]) for row in self._harness.rows(self.objects[role])]
