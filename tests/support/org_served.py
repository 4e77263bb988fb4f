"""The Salesforce sandbox over HTTP, and a client that knows nothing of its inside."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import requests
from leadbridge_salesforce.sandbox.stand_in import SalesforceSandbox

from leadbridge.sandbox import Options, Served, Switch, serve


class Client:
    """Requests with the sandbox's own token; paths are behind the API version unless they begin with a slash."""

    def __init__(self, served: Served, version: str = "67.0") -> None:
        assert isinstance(served.sandbox, SalesforceSandbox)
        self.sandbox = served.sandbox
        self.url = served.url
        self.control_url = served.control
        self.base = f"/services/data/v{version}"
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.headers["Authorization"] = f"Bearer {served.token}"

    def ask(self, method: str, path: str, told: Any = None, **headers: str) -> requests.Response:
        """``Sforce_Auto_Assign="FALSE"`` sends that header."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        where = self.url + (path if path.startswith("/") else f"{self.base}/{path}")
        return self.http.request(method, where, json=told, headers=sent, timeout=20)

    def get(self, path: str, **query: str) -> Any:
        reply = self.http.get(f"{self.url}{self.base}/{path}", params=query, timeout=20)
        assert reply.status_code == 200, reply.text
        return reply.json()

    def make(self, object: str, **given: Any) -> str:
        reply = self.ask("POST", f"sobjects/{object}", given)
        assert reply.status_code == 201, reply.text
        return str(reply.json()["id"])

    def lead(self, **given: Any) -> str:
        return self.make("Lead", **{"LastName": "Byron", "Company": "Analytical", **given})

    def row(self, key: str) -> Mapping[str, Any]:
        """The record as the store holds it."""
        org = self.sandbox.org
        found = org.store.get(org.store.schema.by_prefix[key[:3]].name, key)
        assert found is not None
        return found

    def control(self, method: str, path: str, **told: Any) -> Any:
        reply = requests.request(method, self.control_url + path, json=told, timeout=20)
        assert reply.status_code == 200, reply.text
        return reply.json()


@contextmanager
def served_org(seed: str = "empty", leads: int = 0, version: str = "67.0", **switches: Switch) -> Iterator[Client]:
    with serve(SalesforceSandbox(Options(seed, leads, switches=switches))) as served:
        client = Client(served, version)
        yield client
        client.http.close()


def code_of(reply: requests.Response) -> tuple[int, str]:
    """Status, and the code of the one error."""
    (error,) = reply.json()
    return reply.status_code, error["errorCode"]
