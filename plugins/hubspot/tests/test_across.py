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


def noted(portal: PortalHarness, object_: str, values: dict[str, str], *ties: tuple[str, int]) -> str:
    """What somebody in HubSpot writes down, at contacts and companies by their ids and the type of association."""
    told = [
        {"to": {"id": id_}, "types": [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": of}]}
        for id_, of in ties
    ]
    signed = {"Authorization": f"Bearer {portal.served.token}"}
    body = {"properties": {"hs_timestamp": "2026-01-31T09:30:00Z", **values}, "associations": told}
    url = f"{portal.served.url}/crm/v3/objects/{object_}"
    made = portal.http.post(url, json=body, headers=signed, timeout=10)
    assert made.ok, made.text
    return str(made.json()["id"])


def tasks(project: Path) -> dict[str, tuple[Any, ...]]:
    """Salesforce's tasks by their subject: whom they are with, and what else is said."""
    wanted = ("WhoId", "Description", "Status", "ActivityDate")
    return {str(one["Subject"]): tuple(one[name] for name in wanted) for one in there(project, "Task").values()}


def test_what_was_written_down_in_hubspot_arrives_in_salesforce(
    project: Path, portal: PortalHarness, capsys: Any
) -> None:
    """By the job of the page: each once, at its person; edited, it is edited there; HubSpot's side stays as it is."""
    assert [main(["init", name, "--with", "activities"]) for name in ("hs", "sf")] == [0, 0]
    section = DOCS.read_text(encoding="utf-8").split("## Notes, calls and e-mails")[1].split("\n## ")[0]
    (jobs,) = re.findall(r"```yaml\n# leadbridge.yaml\njobs:\n(.*?)```", section, re.DOTALL)
    config = project / "leadbridge.yaml"
    config.write_text(config.read_text() + jobs)
    ada, bo = (
        portal.create({"lastname": n, "email": f"{n}@x.example", "company": "X", "lifecyclestage": "lead"})
        for n in ("Ada", "Bo")
    )
    note = noted(portal, "notes", {"hs_note_body": "Wants pumps"}, (bo, 202))
    noted(portal, "calls", {"hs_call_title": "Called", "hs_call_body": "Nobody in"}, (bo, 194))
    noted(portal, "emails", {"hs_email_subject": "Offer", "hs_email_text": "Hello", "hs_email_direction": "EMAIL"})
    noted(portal, "meetings", {"hs_meeting_title": "Demo", "hs_meeting_outcome": "SCHEDULED"}, (ada, 200))
    noted(portal, "tasks", {"hs_task_subject": "Ask again", "hs_task_status": "IN_PROGRESS"}, (ada, 204))
    before = {name: records_of(portal, name) for name in ("notes", "calls", "emails", "meetings", "tasks")}
    assert main(["mappings", "lint", "--live"]) == 0, capsys.readouterr().out
    assert main(["mappings", "test"]) == 0
    for job in ("people", "activities"):
        assert (main(["plan", job]), main(["apply", "--yes"])) == (0, 0), capsys.readouterr().out
    of = {str(one["LastName"]): id_ for id_, one in there(project, "Lead").items()}
    assert tasks(project) == {
        "Note": (of["Bo"], "Wants pumps", "Completed", "2026-01-31"),
        "Called": (of["Bo"], "Nobody in", "Completed", "2026-01-31"),
        "Offer": (None, "Hello", "Completed", "2026-01-31"),
        "Demo": (of["Ada"], None, "Not Started", "2026-01-31"),
        "Ask again": (of["Ada"], None, "In Progress", "2026-01-31"),
    }
    assert {name: records_of(portal, name) for name in before} == before
    portal.change("notes", update=[{"id": note, "hs_note_body": "Wants valves"}])
    assert main(["sync", "activities", "--yes"]) == 0
    assert tasks(project)["Note"][1] == "Wants valves"
    capsys.readouterr()
    assert main(["sync", "activities", "--yes"]) == 0
    assert "nothing to do" in capsys.readouterr().out
    assert main(["verify", "activities"]) == 0


def records_of(portal: PortalHarness, object_: str) -> list[dict[str, Raw]]:
    return [dict(one.values) for page in portal.connect().capture(object_) for one in page.records]


@pytest.mark.parametrize("roles", ["", ", roles: [lead, contact, account]"])
def test_nobody_is_made_in_either_and_nobody_is_asked(
    project: Path, portal: PortalHarness, org: Served, capsys: Any, roles: str
) -> None:
    """Those who work in either are read by a job without roles, or by one of their own, and no owner is a question."""
    config = project / "leadbridge.yaml"
    jobs = f"  all: {{sync: [sf, hs]{roles}}}\n  staff: {{sync: [sf, hs], roles: [user, queue]}}\n"
    config.write_text(config.read_text() + jobs)
    portal.create({**LEAD, "hubspot_owner_id": MATEO})
    users = there(project, "User")
    given = {"LastName": "King", "FirstName": "Ada", "Email": "ada@example.com", "Company": "Engines Ltd"}
    tell(portal, org, "Lead", **given, OwnerId=next(iter(users)))
    assert main(["mappings", "lint", "--live"]) == 0, capsys.readouterr().out
    for job in ("staff", "all"):
        assert (main(["plan", job]), main(["apply", "--yes"])) == (0, 0), capsys.readouterr().out
        assert main(["sync", job, "--yes"]) == 0
        capsys.readouterr()
        assert main(["sync", job, "--yes"]) == 0
        assert "nothing to do" in capsys.readouterr().out
    assert there(project, "User") == users
    capsys.readouterr()
    assert [main([listed]) for listed in ("reviews", "conflicts", "rejects")] == [0, 0, 0]
    assert capsys.readouterr() == ("", "No open questions.\nNo conflicts.\nNo open rejects.\n")


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


def test_activities_go_along_by_the_starters(project: Path, portal: PortalHarness, org: Served, capsys: Any) -> None:
    """In Salesforce a task goes over to the contact, and an event is only read; in HubSpot a note is told the company,
    once it may be written."""
    assert [main(["init", name, "--with", "activities"]) for name in ("hs", "sf")] == [0, 0]
    config = project / "leadbridge.yaml"
    jobs = "  here: {{convert: [{0}], policy: convert.yaml, mode: managed, brakes: {{convert: 100%}}}}\n"
    text = config.read_text()
    config.write_text(text + jobs.format("sf"))
    tell(portal, org, "Lead", LastName="King", Email="ada@example.com", Company="Engines Ltd")
    (lead,) = there(project, "Lead")
    for object_ in ("Task", "Event"):
        tell(portal, org, object_, Subject="Call back", WhoId=lead)
    capsys.readouterr()
    assert (main(["plan", "here"]), main(["apply", "--yes"])) == (0, 0), capsys.readouterr().out
    assert "sf: left with the leads, by mappings that say `write: never`: 1 record\n" in capsys.readouterr().out
    (contact,) = there(project, "Contact")
    assert [one["WhoId"] for name in ("Task", "Event") for one in there(project, name).values()] == [contact, lead]

    config.write_text(text + jobs.format("hs"))
    ada = portal.create(LEAD)
    noted(portal, "notes", {"hs_note_body": "Wants pumps"}, (ada, 202))
    notes = project / "mappings" / "hubspot.notes.yaml"
    notes.write_text(notes.read_text().replace("write: never\nfields", "fields"))
    assert (main(["plan", "here"]), main(["apply", "--yes"])) == (0, 0), capsys.readouterr().out
    (company,) = (one.ref.id for page in portal.connect().capture("companies") for one in page.records)
    (note,) = records_of(portal, "notes")
    assert (note["associations.contact"], note["associations.company"]) == (ada, company)
    assert note["hs_note_body"] == "Wants pumps"


def tell(portal: PortalHarness, org: Served, object_: str, **values: object) -> None:
    """Somebody in Salesforce makes a record."""
    made = {"object": object_, "create": [values]}
    portal.http.post(f"{org.control}/records", json=made, timeout=20).raise_for_status()
