"""Leads of a portal become its contacts: HubSpot has no conversion of its own, so LeadBridge carries it out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hubspot_portal import PortalHarness

from leadbridge.cli import main
from leadbridge.provider import Action
from leadbridge.starters import starter_folder
from leadbridge.values import Raw

PROJECT = """\
mappings: mappings/
connections:
  hs: {{provider: hubspot, token: "${{env:HS_TOKEN}}", host: "{url}"}}
jobs:
  convert: {{convert: [hs], policy: convert.yaml, unattended: true, brakes: {{create: 500, update: 500}}}}
"""
STARTERS = ("convert.yaml", "fields.yaml", "scoring.yaml", "stages.yaml")
ADA: dict[str, Raw] = {
    "email": "ada@example.com",
    "firstname": "Ada",
    "lastname": "King",
    "company": "Engines Ltd",
    "phone": "(415) 555-0100",
    "lifecyclestage": "salesqualifiedlead",
    "hs_lead_status": "CONNECTED",
}

Open = Callable[..., PortalHarness]


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Iterator[Open]:
    """Opens a portal with the switches given, and makes the current folder a project for it."""
    made: list[PortalHarness] = []

    def open_(**switches: Any) -> PortalHarness:
        portal = PortalHarness(tmp_path, **switches)
        made.append(portal)

        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("HS_TOKEN", portal.served.token)
        (tmp_path / "leadbridge.yaml").write_text(PROJECT.format(url=portal.served.url))
        (tmp_path / "mappings").mkdir()
        for name in STARTERS:
            shutil.copy(starter_folder() / name, tmp_path / "mappings" / name)
        policy = tmp_path / "mappings" / "convert.yaml"
        text = policy.read_text().replace("when: score >= 40", "when: has(record.email)")
        policy.write_text(text.replace("when: budget > 0", "when: has(record.company)"))
        assert main(["init", "hs", "--yes"]) == 0
        capsys.readouterr()
        return portal

    yield open_
    for portal in made:
        portal.close()


def records(portal: PortalHarness, object: str) -> dict[str, Mapping[str, Raw]]:
    return {one.ref.id: one.values for page in portal.connect().capture(object) for one in page.records}


def everything(portal: PortalHarness) -> dict[str, dict[str, dict[str, Raw]]]:
    """What users entered; stamps and what HubSpot reckons left out."""
    return {
        name: {
            id_: {n: raw for n, raw in values.items() if _is_entered(n)}
            for id_, values in records(portal, name).items()
        }
        for name in ("contacts", "companies", "deals", "leads")
    }


def _is_entered(name: str) -> bool:
    return (not name.startswith("hs_") and "date" not in name) or name in {"hs_lead_status", "hs_pipeline_stage"}


def convert(capsys: Any) -> dict[str, Any]:
    assert main(["plan", "convert", "--json"]) == 0
    capsys.readouterr()
    assert main(["apply", "--yes", "--json"]) in {0, 1}
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


@pytest.mark.parametrize("automations", [True, False])
def test_a_lead_becomes_a_contact_with_company_and_deal(opened: Open, capsys: Any, automations: bool) -> None:
    """What HubSpot does by itself once the deal is there is no edit, and nothing is planned for it."""
    portal = opened(automations=automations)
    id_ = portal.create(ADA)
    outcome = convert(capsys)
    assert outcome["counts"]["rejected"] == 0
    (company,) = records(portal, "companies")
    (deal,) = records(portal, "deals").values()
    contacts = records(portal, "contacts")
    assert set(contacts) == {id_}
    contact = contacts[id_]
    assert contact["lifecyclestage"] == "opportunity"
    assert contact["hs_lead_status"] == "OPEN_DEAL"
    assert contact["phone"] == "(415) 555-0100", "what says the same is not rewritten"
    assert contact["associations.company"] == company
    assert (deal["associations.company"], deal["associations.contact"]) == (company, id_)
    assert (deal["pipeline"], deal["dealstage"]) == ("default", "appointmentscheduled")
    (lead,) = records(portal, "leads").values()
    assert (lead["hs_pipeline_stage"], lead["associations.contact"]) == ("qualified-stage-id", id_)
    assert outcome.get("notes", []) == [], "what hangs on the record goes on hanging there"
    assert main(["convert", "convert"]) == 0
    assert "nothing to do" in capsys.readouterr().out


@pytest.mark.parametrize("automations", [True, False])
def test_it_is_undone_with_the_lifecycle_moved_back(opened: Open, capsys: Any, automations: bool) -> None:
    portal = opened(automations=automations)
    portal.create(ADA)
    before = everything(portal)
    outcome = convert(capsys)
    assert main(["undo", str(outcome["run"]), "--yes", "--json"]) == 0
    left = json.loads(capsys.readouterr().out)["left"]
    assert left == [], left
    assert everything(portal) == before


def test_an_undo_tells_the_stage_that_it_would_have_put_back(opened: Open, capsys: Any) -> None:
    """The lead's own record was a lead then and is a contact now: each stage is read as what it was."""
    portal = opened()
    id_ = portal.create(ADA)
    outcome = convert(capsys)
    portal.edit(id_, {"lifecyclestage": "customer"})
    assert main(["undo", str(outcome["run"]), "--yes"]) == 0
    assert f"hs:contacts:{id_} stage: customer, not prospect" in capsys.readouterr().out


def test_the_lead_record_that_somebody_works_on_is_moved_to_qualified(opened: Open, capsys: Any) -> None:
    portal = opened()
    id_ = portal.create(ADA)
    told = {"hs_lead_name": "Engines", "hs_pipeline_stage": "connected-stage-id", "associations.contact": id_}
    (made,) = portal.connect().write([Action(1, "create", "leads", values=told, key="engines")])
    worked = made.id or ""
    assert convert(capsys)["counts"]["rejected"] == 0
    leads = records(portal, "leads")
    assert set(leads) == {worked}
    (deal,) = records(portal, "deals")
    assert leads[worked]["hs_pipeline_stage"] == "qualified-stage-id"
    assert leads[worked]["associations.deal"] == deal


def test_a_refused_deal_leaves_the_lead_as_it_was(opened: Open, capsys: Any) -> None:
    """The contact was written before it: its stage goes back, though HubSpot lets none go back in one call."""
    portal = opened()
    portal.create(ADA)
    before = everything(portal)
    portal.control("validations", object="deals", property="dealname", rule="MAX_LENGTH", arguments=["3"])
    assert convert(capsys)["counts"]["rejected"] >= 1
    assert everything(portal) == before
    portal.http.delete(f"{portal.served.control}/validations", timeout=10).raise_for_status()
    assert main(["rejects", "retry", "--yes"]) == 0
    assert {one["lifecyclestage"] for one in records(portal, "contacts").values()} == {"opportunity"}
    assert len(records(portal, "deals")) == 1


@pytest.mark.parametrize("call", range(1, 7))
def test_a_dropped_connection_at_any_write_ends_the_same(opened: Open, capsys: Any, call: int) -> None:
    """Whether HubSpot carried the call out or not; what is left is done on resume."""
    portal = opened(automations=True)
    id_ = portal.create(ADA)
    assert main(["plan", "convert"]) == 0
    portal.fault("drop_after", after=call - 1, path="/batch/")
    main(["apply", "--yes"])
    portal.sandbox.faults.clear()
    assert main(["resume"]) == 0
    capsys.readouterr()
    sizes = {name: len(records(portal, name)) for name in ("contacts", "companies", "deals", "leads")}
    assert sizes == dict.fromkeys(sizes, 1)
    assert records(portal, "contacts")[id_]["lifecyclestage"] == "opportunity"
    assert main(["convert", "convert"]) == 0
    assert "nothing to do" in capsys.readouterr().out


NOTES = """\
kind: mapping
provider: hubspot
object: notes
role: activity
fields:
  kind: {value: note}
  body: hs_note_body
  person: {field: associations.contact, write: never}
  organisation: associations.company
  opportunity: associations.deal
"""


def test_notes_of_the_lead_hang_on_company_and_deal_as_well(opened: Open, capsys: Any, tmp_path: Path) -> None:
    portal = opened()
    id_ = portal.create(ADA)
    (tmp_path / "mappings" / "hubspot.notes.yaml").write_text(NOTES)
    told = {"hs_note_body": "rang", "hs_timestamp": "2026-11-27T10:00:00.000Z", "associations.contact": id_}
    portal.connect().write([Action(1, "create", "notes", values=told, key="note")])
    assert convert(capsys)["counts"]["rejected"] == 0
    (note,) = records(portal, "notes").values()
    (company,), (deal,) = records(portal, "companies"), records(portal, "deals")
    assert {note[f"associations.{to}"] for to in ("contact", "company", "deal")} == {id_, company, deal}
