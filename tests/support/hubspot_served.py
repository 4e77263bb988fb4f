"""The HubSpot sandbox over HTTP, and a client that knows nothing of its inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from leadbridge_hubspot.sandbox.stand_in import HubSpotSandbox

from leadbridge.sandbox import Options, Served, Switch, serve


class Client:
    """Requests with the sandbox's own token; paths are behind ``/crm/v3`` unless they begin with a slash."""

    def __init__(self, served: Served) -> None:
        assert isinstance(served.sandbox, HubSpotSandbox)
        self.sandbox = served.sandbox
        self.url = served.url
        self.control_url = served.control
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["Authorization"] = f"Bearer {served.token}"

    def ask(self, method: str, path: str, told: Any = None, **query: str) -> requests.Response:
        where = self.url + (path if path.startswith("/") else f"/crm/v3/{path}")
        return self.http.request(method, where, json=told, params=query, timeout=120)

    def get(self, path: str, **query: str) -> Any:
        return self._right(self.ask("GET", path, **query), 200)

    def post(self, path: str, told: Any, status: int = 200) -> Any:
        return self._right(self.ask("POST", path, told), status)

    def make(self, object: str, *ties: tuple[str, int], **given: str) -> str:
        """A record; ties are another record's id and an association type."""
        associations = [
            {"to": {"id": to}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": kind}]}
            for to, kind in ties
        ]
        told = {"properties": given, "associations": associations}
        return str(self.post(f"objects/{object}", told, 201)["id"])

    def set(self, object: str, key: str, **given: Any) -> Mapping[str, Any]:
        return dict(self._right(self.ask("PATCH", f"objects/{object}/{key}", {"properties": given}), 200))

    def value(self, object: str, key: str, name: str) -> Any:
        return self.get(f"objects/{object}/{key}", properties=name)["properties"].get(name)

    def search(self, object: str, *filters: Mapping[str, Any], **told: Any) -> Any:
        """One group of filters; the index has seen everything by then."""
        self.sandbox.clock.advance(60)
        return self.post(f"objects/{object}/search", {"filterGroups": [{"filters": list(filters)}], **told})

    def link(self, source: str, key: str, target: str, other: str, *types: int) -> None:
        told = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": one} for one in types]
        self._right(self.ask("PUT", f"/crm/v4/objects/{source}/{key}/associations/{target}/{other}", told), 201)

    def ties(self, source: str, key: str, target: str) -> dict[str, list[int]]:
        """Id of the other record -> types."""
        results = self.get(f"/crm/v4/objects/{source}/{key}/associations/{target}")["results"]
        return {str(one["toObjectId"]): [t["typeId"] for t in one["associationTypes"]] for one in results}

    def control(self, method: str, path: str, /, **told: Any) -> Any:
        return self._right(requests.request(method, self.control_url + path, json=told, timeout=120), 200)

    def _right(self, reply: requests.Response, status: int) -> Any:
        assert reply.status_code == status, reply.text
        return reply.json()


@contextmanager
def served_portal(seed: str = "empty", leads: int = 0, **switches: Switch) -> Iterator[Client]:
    with serve(HubSpotSandbox(Options(seed, leads, switches=switches))) as served:
        client = Client(served)
        yield client
        client.http.close()


def code_of(reply: requests.Response) -> tuple[int, str]:
    """Status, and the code of the first detail, else the category."""
    told = reply.json()
    details = told.get("errors") or [{}]
    return reply.status_code, details[0].get("code") or told.get("category") or told.get("policyName")
