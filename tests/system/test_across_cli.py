"""The main job across systems, by its commands: leads of HubSpot become Salesforce's contacts, and HubSpot is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from leadbridge.cli import main
from leadbridge.demo import copy_to, portal
from leadbridge.demo.standing import serving
from leadbridge.demo.steps import records
from leadbridge.jobs.workspace import load_workspace
from leadbridge.sandbox import Served

ADA, KLAUS, BRITTA, PETER, CHEN, MARA = (str(1001 + n) for n in range(6))
GRACE, MATEO, YUKI = "81001", "81002", "81003"


class Firm:
    """Both CRMs with the hands of their users, and the commands."""

    def __init__(self, folder: Path, hubspot: Served, salesforce: Served, capsys: Any) -> None:
        self.folder, self.hubspot, self.salesforce, self._capsys = folder, hubspot, salesforce, capsys

    def run(self, *command: str, status: int = 0) -> dict[str, Any]:
        self._capsys.readouterr()
        assert main([*command, "--json"]) == status, self._capsys.readouterr().err
        found: dict[str, Any] = json.loads(self._capsys.readouterr().out)
        return found

    def go(self, job: str) -> int:
        """Plan, approve, apply; gives the run's number. Nothing is refused."""
        self.run("plan", job)
        outcome = self.run("apply", "--yes", "--override", "update", "--override", "create")
        assert (outcome["state"], outcome["counts"]["rejected"]) == ("done", 0)
        return int(outcome["run"])

    def all(self, connection: str, object_: str) -> dict[str, dict[str, Any]]:
        found = records(load_workspace(self.folder), connection, (object_,))[object_]
        return {one.ref.id: dict(one.values) for one in found}

    def everything(self) -> dict[str, dict[str, dict[str, Any]]]:
        """What people entered in either; what a CRM stamps is left out."""
        return {
            f"{crm}:{name}": {
                id_: {n: raw for n, raw in values.items() if "date" not in n.lower()}
                for id_, values in self.all(crm, name).items()
            }
            for crm, objects in portal.HELD.items()
            for name in objects
        }

    def edit(self, crm: Served, object_: str, **values: str) -> None:
        """Somebody works there meanwhile."""
        told = {"object": object_, "update": [values]}
        requests.post(f"{crm.control}/records", json=told, timeout=20).raise_for_status()


@pytest.fixture
def firm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Iterator[Firm]:
    """The demo's project with its stand-ins; a company has another name than its account, somebody too low a score."""
    copy_to(tmp_path, portal.FILES, portal.STARTERS)
    monkeypatch.chdir(tmp_path)
    with serving(tmp_path, portal.STAND_INS) as (hubspot, salesforce):
        portal.fill(hubspot)
        made = Firm(tmp_path, hubspot, salesforce, capsys)
        made.edit(hubspot, "contacts", id=KLAUS, company="Bakery One")
        made.edit(hubspot, "contacts", id=MARA, budget="50000")
        made.go("staff")
        yield made


def test_leads_are_matched_or_made_in_salesforce_and_hubspot_is_told(firm: Firm) -> None:
    before = firm.everything()
    previewed = firm.run("plan", "large", "--preview")
    contacts = [row for row in previewed["rows"] if row["role"] == "contact" and row["connection"] == "sf"]
    assert not [one for row in contacts for one in row["changes"] if one["field"] == "owner"], "an id of HubSpot"
    kept = {one["rule"] for row in contacts for one in row["kept"] if one["field"] == "owner"}
    assert kept == {"kept out here: `leadbridge plan` looks up who that is there"}
    firm.go("large")
    accounts, contacts, here = (firm.all("sf", "Account"), firm.all("sf", "Contact"), firm.all("hs", "contacts"))
    users = {one["Email"].partition("@")[0]: id_ for id_, one in firm.all("sf", "User").items()}
    there = {id_: contacts[here[id_]["salesforce_contact"]] for id_ in (ADA, KLAUS, BRITTA)}
    assert here[ADA]["salesforce_contact"] in before["sf:Contact"], "the same e-mail address"
    assert accounts[there[KLAUS]["AccountId"]]["Name"] == "Beacon Foods GmbH", "the same domain"
    assert accounts[there[BRITTA]["AccountId"]]["Name"] == "Thiel Maschinenbau KG"
    assert len(accounts) - len(before["sf:Account"]) == 1
    for id_, one in there.items():
        assert here[id_]["salesforce_account"] == one["AccountId"]
        assert (here[id_]["lifecyclestage"], here[id_]["hs_lead_status"]) == ("opportunity", "OPEN_DEAL")
    assert [there[id_]["OwnerId"] for id_ in there] == [users["yuki"], users["mateo"], users["yuki"]]
    assert {here[id_]["lifecyclestage"] for id_ in (PETER, CHEN, MARA)} == {"lead"}
    assert firm.run("convert", "large", "--yes")["counts"].get("done", 0) == 0
    firm.go("contacts")
    owners = {id_: one["hubspot_owner_id"] for id_, one in firm.all("hs", "contacts").items()}
    assert owners == {ADA: YUKI, KLAUS: MATEO, BRITTA: YUKI, PETER: YUKI, CHEN: GRACE, MARA: MATEO}
    firm.edit(firm.salesforce, "Contact", Id=here[KLAUS]["salesforce_contact"], OwnerId=users["grace"])
    assert firm.run("sync", "contacts", "--yes")["counts"]["done"] == 1
    assert firm.all("hs", "contacts")[KLAUS]["hubspot_owner_id"] == GRACE
    assert firm.run("sync", "contacts", "--yes")["counts"].get("done", 0) == 0


def test_it_is_undone_but_for_what_was_edited_since(firm: Firm) -> None:
    before = firm.everything()
    run = firm.go("large")
    made = firm.all("hs", "contacts")[KLAUS]["salesforce_contact"]
    firm.edit(firm.salesforce, "Contact", Id=made, Title="Director")
    left = firm.run("undo", str(run), "--yes")["left"]
    assert any(made in json.dumps(one) for one in left), left
    after = firm.everything()
    assert set(after["sf:Contact"]) - set(before["sf:Contact"]) == {made}
    assert after["hs:contacts"] == before["hs:contacts"]
    assert after["sf:Account"] == before["sf:Account"]
    assert "release" in json.dumps(firm.run("plan", "large")), "what was undone waits"


def test_the_same_policy_converts_within_hubspot(firm: Firm) -> None:
    before = firm.everything()
    run = firm.go("small")
    after = firm.everything()
    changed = {name for name in before if after[name] != before[name]}
    assert changed == {"hs:contacts", "hs:companies", "hs:deals"}
    here = after["hs:contacts"]
    assert [here[id_]["lifecyclestage"] for id_ in (PETER, CHEN, MARA)] == ["opportunity", "opportunity", "lead"]
    assert after["hs:companies"][here[CHEN]["associations.company"]]["name"] == "Cobalt Foods", "the same domain"
    assert here[PETER]["associations.company"] not in before["hs:companies"]
    deals = [one for id_, one in after["hs:deals"].items() if id_ not in before["hs:deals"]]
    assert sorted((one["associations.contact"], one["hubspot_owner_id"]) for one in deals) == [
        (PETER, YUKI),
        (CHEN, GRACE),
    ]
    assert firm.run("convert", "small", "--yes")["counts"].get("done", 0) == 0
    assert firm.run("undo", str(run), "--yes")["left"] == []
    assert firm.everything() == before
