"""A stand-in of a portal with the hands of its users, and the provider connected to it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests
from leadbridge_hubspot.provider import HubSpotProvider
from leadbridge_hubspot.sandbox.stand_in import HubSpotSandbox
from leadbridge_hubspot.settings import HubSpotSettings

from leadbridge.provider import Site
from leadbridge.sandbox import Fault, Options, Switch, start
from leadbridge.testing import Harness
from leadbridge.values import Raw

CALM: Mapping[str, Switch] = {"index_lag": 0, "merge_mints_id": False, "automations": False, "burst": 100_000}
"""Of what the contract's rules say nothing: they look at once, and count no calls."""


class PortalHarness(Harness):
    """A portal without records, and somebody who works in it."""

    object = "contacts"
    field = "lastname"
    distinct: Mapping[str, tuple[Raw, ...]] = {"jobtitle": (None, "0", "false")}

    def __init__(self, folder: Path, settings: Mapping[str, Any] | None = None, **switches: Switch) -> None:
        self.folder = folder
        self._settings = dict(settings or {})
        self._open = ExitStack()
        self.served = self._open.enter_context(start("hubspot", Options("empty", switches={**CALM, **switches})))
        sandbox = self.served.sandbox
        assert isinstance(sandbox, HubSpotSandbox)
        self.sandbox = sandbox
        self.http = self._open.enter_context(requests.Session())
        for name in ("contacts", "companies", "deals"):
            self.control("properties", object=name, present=True)

    def connect(self, **settings: Any) -> HubSpotProvider:
        told = {"token": self.served.token, "host": self.served.url, **self._settings, **settings}
        return HubSpotProvider(Site("hs", self.folder), HubSpotSettings(**told))

    def sample(self, number: int) -> dict[str, Raw]:
        return {"email": f"ada{number}@example.com", "firstname": "Ada", "lastname": f"King {number}"}

    def create(self, values: Mapping[str, Raw]) -> str:
        return self.make(self.object, values)

    def make(self, object: str, values: Mapping[str, Raw]) -> str:
        given = {name: raw for name, raw in values.items() if raw is not None}
        (new,) = self.change(object, create=[given])
        return str(new)

    def edit(self, id: str, values: Mapping[str, Raw]) -> None:
        given = {name: raw or "" for name, raw in values.items()}
        self.change(self.object, update=[{"id": id, **given}])

    def delete(self, id: str) -> None:
        self.change(self.object, archive=[id])

    def merge(self, loser: str, winner: str) -> bool:
        self.change(self.object, merge=[winner, loser])
        return True

    def change(self, object: str, **told: Any) -> list[Any]:
        ids: list[Any] = self.control("records", object=object, **told)["ids"]
        return ids

    def control(self, path: str, **told: Any) -> Any:
        reply = self.http.post(f"{self.served.control}/{path}", json=told, timeout=10)
        assert reply.ok, reply.text
        return reply.json()

    def fault(self, kind: str, **more: Any) -> None:
        self.sandbox.faults.add(Fault(kind, **more))

    def close(self) -> None:
        self._open.close()
