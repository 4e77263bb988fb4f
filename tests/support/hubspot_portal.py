"""A stand-in of a portal with the hands of its users, and the provider connected to it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import requests
import sqlalchemy as sa
from leadbridge_hubspot.provider import HubSpotProvider
from leadbridge_hubspot.sandbox.objects import BY_NAME
from leadbridge_hubspot.sandbox.stand_in import HubSpotSandbox
from leadbridge_hubspot.sandbox.store import RECORDS
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

    def flood(self, object: str, rows: Sequence[Mapping[str, str]]) -> list[int]:
        """Very many records of one moment at once, past the rules that watch over each of them."""
        portal, kind = self.sandbox.portal, BY_NAME[object]
        now = portal.now()
        with portal.store.lock:
            ids = [portal.store.new_id(kind.id) for _ in rows]
            common = {"object": kind.id, "created": now, "modified": now, "state": 0, "touched": now, "pending": 1}
            told = [{**common, "id": id_, "properties": json.dumps(row)} for id_, row in zip(ids, rows, strict=True)]
            portal.store.run(sa.insert(RECORDS), told)
        return ids

    def move_all(self, object: str, name: str, value: str) -> None:
        """One property of all records of an object changes at one moment."""
        store, now = self.sandbox.portal.store, self.sandbox.portal.now()
        changed = sa.func.json_set(RECORDS.c.properties, f"$.{name}", value)
        mine = sa.update(RECORDS).where(RECORDS.c.object == BY_NAME[object].id)
        with store.lock:
            store.run(mine.values(properties=changed, modified=now, touched=now, pending=1))

    def asked(self) -> list[tuple[str, str]]:
        """Method and path of what the API was asked since it was last looked at."""
        calls = self.sandbox.calls.all()
        self.sandbox.calls.clear()
        return [(one.method, one.path) for one in calls if not one.path.startswith("/_")]

    def control(self, path: str, **told: Any) -> Any:
        reply = self.http.post(f"{self.served.control}/{path}", json=told, timeout=60)
        assert reply.ok, reply.text
        return reply.json()

    def calls(self) -> int:
        return self.sandbox.limits.used

    def fault(self, kind: str, **more: Any) -> None:
        self.sandbox.faults.add(Fault(kind, **more))

    def close(self) -> None:
        self._open.close()
