"""The main job across systems: a lead of HubSpot becomes Salesforce's contact, and HubSpot is told."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hubspot_replies import Portal, furnished, served

from leadbridge.cli import main
from leadbridge.sandbox import Options, Served, start
from leadbridge.starters import starter_folder

PROJECT = """\
mappings: mappings/
connections:
  hs: {{provider: hubspot, token: "${{env:HS_TOKEN}}", objects: [contacts, companies, deals]}}
  sf: {{provider: salesforce, auth: session, domain: "{url}", session_token: "${{env:SF_TOKEN}}"}}
jobs:
  people: {{sync: [hs, sf], roles: [lead, contact, account], unattended: true, brakes: {{create: 500, update: 500}}}}
  convert: {{convert: [hs, sf], into: sf, policy: convert.yaml, unattended: true, brakes: {{create: 500, update: 500}}}}
"""
STARTERS = ("convert.yaml", "fields.yaml", "scoring.yaml", "stages.yaml")


@pytest.fixture
def portal() -> Iterator[Portal]:
    portal = furnished()
    with served(portal) as mock:
        mock.add_passthru("http://127.0.0.1")  # where the org is
        yield portal


@pytest.fixture
def org(portal: Portal) -> Iterator[Served]:
    with start("salesforce", Options("empty")) as made:
        yield made


@pytest.fixture
def project(portal: Portal, org: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HS_TOKEN", "secret")
    monkeypatch.setenv("SF_TOKEN", org.token)
    (tmp_path / "leadbridge.yaml").write_text(PROJECT.format(url=org.url))
    (tmp_path / "mappings").mkdir()
    for name in STARTERS:
        shutil.copy(starter_folder() / name, tmp_path / "mappings" / name)
    policy = tmp_path / "mappings" / "convert.yaml"
    policy.write_text(policy.read_text().replace("when: score >= 40", "when: has(record.email)"))
    assert (main(["init", "hs", "--yes"]), main(["init", "sf", "--yes"])) == (0, 0)
    (tmp_path / "mappings" / "hubspot.leads.yaml").unlink()
    return tmp_path


def test_a_lead_of_hubspot_is_converted_in_salesforce(project: Path, portal: Portal, capsys: Any) -> None:
    """It is planned, carried out once, told to HubSpot, and then everybody is in step."""
    lead = portal.add(
        "0-1", email="ada@example.com", firstname="Ada", lastname="King", company="Engines Ltd", lifecyclestage="lead"
    )
    portal.edit("0-1", lead, {"phone": "(415) 555-0100"})
    assert (main(["plan", "people"]), main(["apply", "--yes"])) == (0, 0)
    assert (main(["plan", "convert"]), main(["apply", "--yes"])) == (0, 0)
    assert "sf converts it by itself" in capsys.readouterr().out
    told = portal.records["0-1"][lead]["properties"]
    assert (told["hs_lead_status"], told["phone"]) == ("OPEN_DEAL", "(415) 555-0100")
    assert main(["sync", "people"]) == 0
    capsys.readouterr()
    assert main(["sync", "people"]) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert len(portal.there("0-1")) == 1
