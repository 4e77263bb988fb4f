"""The main job across systems: a lead of HubSpot becomes Salesforce's contact, and HubSpot is told."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hubspot_portal import PortalHarness

from leadbridge.cli import main
from leadbridge.demo.steps import records
from leadbridge.jobs.workspace import load_workspace
from leadbridge.records import Ref
from leadbridge.sandbox import Options, Served, start
from leadbridge.starters import starter_folder
from leadbridge.values import Raw

PROJECT = """\
mappings: mappings/
connections:
  hs: {{provider: hubspot, token: "${{env:HS_TOKEN}}", host: "{hubspot}"}}
  sf: {{provider: salesforce, auth: session, domain: "{salesforce}", session_token: "${{env:SF_TOKEN}}"}}
jobs:
  people: {{sync: [hs, sf], roles: [lead, contact, account], unattended: true, brakes: {{create: 500, update: 500}}}}
  convert: {{convert: [hs, sf], into: sf, policy: convert.yaml, unattended: true, brakes: {{create: 500, update: 500}}}}
"""
DOCS = Path(__file__).parents[3] / "docs" / "hubspot.md"
LEAD: dict[str, Raw] = {
    "email": "ada@example.com",
    "firstname": "Ada",
    "lastname": "King",
    "company": "Engines Ltd",
    "lifecyclestage": "lead",
    "phone": "(415) 555-0100",
}
MATEO, YUKI = "81002", "81003"
STARTERS = ("convert.yaml", "fields.yaml", "scoring.yaml", "stages.yaml")


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[PortalHarness]:
    harness = PortalHarness(tmp_path)
    yield harness
    harness.close()


@pytest.fixture
def org() -> Iterator[Served]:
    with start("salesforce", Options("empty")) as made:
        yield made


@pytest.fixture
def project(portal: PortalHarness, org: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HS_TOKEN", portal.served.token)
    monkeypatch.setenv("SF_TOKEN", org.token)
    (tmp_path / "leadbridge.yaml").write_text(PROJECT.format(hubspot=portal.served.url, salesforce=org.url))
    (tmp_path / "mappings").mkdir()
    for name in STARTERS:
        shutil.copy(starter_folder() / name, tmp_path / "mappings" / name)
    policy = tmp_path / "mappings" / "convert.yaml"
    policy.write_text(policy.read_text().replace("when: score >= 40", "when: has(record.email)"))
    assert (main(["init", "hs", "--yes"]), main(["init", "sf", "--yes"])) == (0, 0)
    return tmp_path


def test_a_lead_of_hubspot_is_converted_in_salesforce(project: Path, portal: PortalHarness, capsys: Any) -> None:
    """It is planned, carried out once, told to HubSpot, and then everybody is in step."""
    lead = portal.create(LEAD)
    assert (main(["plan", "people"]), main(["apply", "--yes"])) == (0, 0)
    assert (main(["plan", "convert"]), main(["apply", "--yes"])) == (0, 0)
    assert "sf converts it by itself" in capsys.readouterr().out
    (record,) = portal.connect().read([Ref("hs", "contacts", lead)])
    assert record is not None
    told = record.values
    assert (told["hs_lead_status"], told["phone"]) == ("OPEN_DEAL", "(415) 555-0100")
    assert told["lifecyclestage"] == "opportunity", "it is a contact here from now on, and kept in step"
    for _ in range(2):  # the company is made, and then named by the contact
        assert main(["sync", "people"]) == 0
    capsys.readouterr()
    assert main(["sync", "people"]) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert len([one for page in portal.connect().capture("contacts") for one in page.records]) == 1


def documented(project: Path) -> None:
    """Put the files of the page's section on activities where they say that they belong."""
    section = DOCS.read_text(encoding="utf-8").split("## Notes, calls and e-mails")[1].split("\n## ")[0]
    for name, text in re.findall(r"```yaml\n# (\S+)\n(.*?)```", section, re.DOTALL):
        file = project / name
        if name == "leadbridge.yaml":
            file.write_text(file.read_text() + text.removeprefix("jobs:\n"))
        else:
            file.write_text(text)


def notes_of(org: Served) -> list[tuple[Any, Any, Any]]:
    rows = org.sandbox.org.store.where("Task", {"Status": "Completed"})  # type: ignore[attr-defined]
    return [(row["Description"], row["WhoId"], row["ActivityDate"]) for row in rows]


def test_a_note_in_hubspot_arrives_in_salesforce_at_its_person(
    project: Path, portal: PortalHarness, org: Served, capsys: Any
) -> None:
    """By the two files of the page, once; edited, it is edited there; HubSpot's side stays as it is."""
    documented(project)
    names = ("Ada", "Bo")
    people = [
        portal.create({"lastname": n, "email": f"{n}@x.example", "company": "X", "lifecyclestage": "lead"})
        for n in names
    ]
    told = {"hs_note_body": "Called; wants pumps", "hs_timestamp": "2026-01-31T09:30:00Z"}
    tie = {"to": {"id": people[1]}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}]}
    signed = {"Authorization": f"Bearer {portal.served.token}"}
    body = {"properties": told, "associations": [tie]}
    made = portal.http.post(f"{portal.served.url}/crm/v3/objects/notes", json=body, headers=signed, timeout=10).json()
    assert main(["mappings", "lint", "--live"]) == 0, capsys.readouterr().out
    assert main(["mappings", "test"]) == 0
    for job in ("people", "notes"):
        assert (main(["plan", job]), main(["apply", "--yes"])) == (0, 0), capsys.readouterr().out
    leads = org.sandbox.org.store.where("Lead", {"LastName": "Bo"})  # type: ignore[attr-defined]
    assert notes_of(org) == [("Called; wants pumps", leads[0]["Id"], "2026-01-31")]
    portal.change("notes", update=[{"id": made["id"], "hs_note_body": "Wants valves"}])
    assert main(["sync", "notes", "--yes"]) == 0
    assert [text for text, _, _ in notes_of(org)] == ["Wants valves"]
    capsys.readouterr()
    assert main(["sync", "notes", "--yes"]) == 0
    assert "nothing to do" in capsys.readouterr().out


def there(project: Path, object_: str) -> dict[str, dict[str, Any]]:
    found = records(load_workspace(project), "sf", (object_,))[object_]
    return {one.ref.id: dict(one.values) for one in found}


def test_salesforces_own_conversion_keeps_whose_it_is(
    project: Path, portal: PortalHarness, org: Served, capsys: Any
) -> None:
    """HubSpot's owner becomes that of the lead and of the contact; who takes it over there is told to HubSpot."""
    mappings = project / "mappings"
    for file in mappings.glob("*.yaml"):
        if file.name.startswith(("hubspot.contacts", "salesforce.leads", "salesforce.contacts")):
            file.write_text(re.sub(r"owner: {field: (\w+), write: never}", r"owner: \1", file.read_text()))
    config = project / "leadbridge.yaml"
    config.write_text(f"{config.read_text()}  staff: {{sync: [sf, hs], roles: [user]}}\n")
    lead = portal.create({**LEAD, "hubspot_owner_id": MATEO})
    assert (main(["plan", "staff"]), main(["apply", "--yes"])) == (0, 0)
    assert (main(["plan", "people"]), main(["apply", "--yes"])) == (0, 0)
    (made,) = there(project, "Lead").values()
    users = {str(one["Email"]).partition("@")[0]: id_ for id_, one in there(project, "User").items()}
    assert made["OwnerId"] == users["mateo"]
    assert (main(["plan", "convert"]), main(["apply", "--yes"])) == (0, 0)
    ((contact, one),) = there(project, "Contact").items()
    assert one["OwnerId"] == users["mateo"]
    told = {"object": "Contact", "update": [{"Id": contact, "OwnerId": users["yuki"]}]}
    portal.http.post(f"{org.control}/records", json=told, timeout=20).raise_for_status()
    for _ in range(3):
        assert main(["sync", "people"]) == 0
    (record,) = portal.connect().read([Ref("hs", "contacts", lead)])
    assert record is not None
    assert record.values["hubspot_owner_id"] == YUKI
    capsys.readouterr()
    assert main(["sync", "people"]) == 0
    assert "nothing to do" in capsys.readouterr().out
