"""tap-salesforce, the Singer tap: signs in at login.salesforce.com, describes every object, reads by SystemModstamp."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from leadbridge_salesforce.sandbox.stand_in import SalesforceSandbox
from programs import run
from tunnel import tunnel

from leadbridge.sandbox import Served

STREAMS = {"Lead", "Contact", "Account", "Opportunity", "Task", "CampaignMember", "User"}


@pytest.fixture
def config(org: Served, tmp_path: Path) -> Path:
    assert isinstance(org.sandbox, SalesforceSandbox)
    file = tmp_path / "config.json"
    told = {
        "client_id": org.sandbox.app.client_id,
        "client_secret": org.sandbox.app.client_secret,
        "refresh_token": next(iter(org.sandbox.sessions.refresh)),
        "start_date": "2020-01-01T00:00:00Z",
        "api_type": "REST",
        "select_fields_by_default": "true",
        "quota_percent_total": "95",
        "quota_percent_per_run": "95",
    }
    file.write_text(json.dumps(told), encoding="utf-8")
    return file


def test_it_reads_the_whole_org_and_then_what_changed(tap: Path, org: Served, config: Path, tmp_path: Path) -> None:
    port = int(org.url.rpartition(":")[2])
    with tunnel(port) as proxy:
        env = {"REQUESTS_CA_BUNDLE": str(org.ca), "HTTPS_PROXY": proxy, "NO_PROXY": "localhost,127.0.0.1"}
        catalog = json.loads(run([tap, "--config", config, "--discover"], env))
        chosen = tmp_path / "catalog.json"
        chosen.write_text(json.dumps({"streams": [_selected(stream) for stream in catalog["streams"]]}))
        first = _messages(run([tap, "--config", config, "--properties", chosen], env))
        assert isinstance(org.sandbox, SalesforceSandbox)
        store = org.sandbox.org.store
        counted = Counter(message["stream"] for message in first if message["type"] == "RECORD")
        assert counted == {name: len(store.where(name)) for name in STREAMS}
        state = tmp_path / "state.json"
        state.write_text(json.dumps([m for m in first if m["type"] == "STATE"][-1]["value"]))
        lead = str(store.where("Lead")[0]["Id"])
        org.sandbox.clock.advance(3600)
        store.update("Lead", lead, {"Title": "Changed", "SystemModstamp": org.sandbox.org.now()})
        again = _messages(run([tap, "--config", config, "--properties", chosen, "--state", state], env))
    assert [m["record"]["Title"] for m in again if _is(m, "Lead") and m["record"]["Id"] == lead] == ["Changed"]


def _selected(stream: dict[str, Any]) -> dict[str, Any]:
    """The stream as its user would mark it."""
    for part in stream["metadata"]:
        if not part["breadcrumb"]:
            part["metadata"]["selected"] = stream["stream"] in STREAMS
    return stream


def _messages(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines() if line.startswith("{")]


def _is(message: dict[str, Any], stream: str) -> bool:
    return bool(message["type"] == "RECORD" and message["stream"] == stream)
