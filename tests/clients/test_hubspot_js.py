"""@hubspot/api-client, HubSpot's own client for JavaScript."""

from __future__ import annotations

import json
from pathlib import Path

from hubspot_served import served_portal
from programs import run

HERE = Path(__file__).parent


def test_records_batches_search_and_associations(node_modules: Path) -> None:
    with served_portal("demo", 30, burst=10_000) as portal:
        known = portal.get("objects/contacts")["results"][0]["properties"]["email"]
        told = {"url": portal.url, "token": portal.sandbox.token, "known": known}
        env = {"NODE_PATH": str(node_modules), "TOLD": json.dumps(told)}
        found = json.loads(run(["node", HERE / "hubspot.js"], env))
    assert found["read"] == {"email": "ada@js.example", "companies": [found["firm"], found["firm"]]}
    assert found["upserted"] == [True, True]
    assert found["missing"] == {"errors": 1, "ids": ["7"]}
    assert found["found"] == [known]
    assert sorted(found["linked"]) == [1, 279]
    assert found["everybody"] == 33
    assert found["refused"]["code"] == 409
    assert found["refused"]["message"].endswith(f"Existing ID: {found['ada']}")
    assert {"email", "lifecyclestage"} <= set(found["properties"])
    assert found["owners"] == ["81001", "81002", "81003"]
    assert found["stages"][-2:] == ["closedwon", "closedlost"]
    assert found["leads"] == 10
