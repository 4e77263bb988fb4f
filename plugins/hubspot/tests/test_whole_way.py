"""HubSpot as a person uses it from the command line, in a stand-in of a portal."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hubspot_portal import PortalHarness

from leadbridge.cli import main
from leadbridge.starters import starter_folder

PROJECT = """\
mappings: mappings/
connections:
  fair: {{provider: csv, path: inbox/leads.csv, key: E-Mail}}
  hs: {{provider: hubspot, token: "${{env:HS_TOKEN}}", host: "{url}"}}
jobs:
  import: {{sync: [fair, hs], roles: [lead], unattended: true, brakes: {{create: 500, update: 500}}}}
"""
LEADS = """\
E-Mail,First,Last,Company,Phone,Budget
ada@example.com,Ada,King,Analytical Engines Ltd,+14155550100,5000
grace@example.com,Grace,Hopper,Compilers Inc,+14155550101,
"""
MAPPING = """\
kind: mapping
provider: csv
object: leads.csv
role: lead
key: E-Mail
fields: {email: E-Mail, first_name: First, last_name: Last, company: Company, phone: Phone, budget: Budget}
"""


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[PortalHarness]:
    harness = PortalHarness(tmp_path)
    yield harness
    harness.close()


@pytest.fixture
def project(portal: PortalHarness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HS_TOKEN", portal.served.token)
    (tmp_path / "leadbridge.yaml").write_text(PROJECT.format(url=portal.served.url))
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "leads.csv").write_text(LEADS)
    (tmp_path / "mappings").mkdir()
    for name in ("convert.yaml", "fields.yaml", "scoring.yaml", "stages.yaml"):
        shutil.copy(starter_folder() / name, tmp_path / "mappings" / name)
    (tmp_path / "mappings" / "csv.leads.yaml").write_text(MAPPING)
    assert main(["init", "hs", "--yes"]) == 0
    capsys.readouterr()
    return tmp_path


def contacts(portal: PortalHarness) -> dict[str, dict[str, Any]]:
    """E-mail -> properties, as somebody else sees them."""
    crm = portal.connect()
    records = [record for page in crm.capture("contacts") for record in page.records]
    return {str(record.values["email"]): dict(record.values) for record in records}


def test_the_mappings_fit_the_portal(project: Path, capsys: Any) -> None:
    assert main(["mappings", "lint", "-C", "hs"]) == 0, capsys.readouterr().out


def test_init_leaves_out_what_the_account_does_not_have(project: Path, portal: PortalHarness, capsys: Any) -> None:
    """By its licence, or because `objects` does not name it: lint would find fault with the file."""
    for file in (project / "mappings").glob("hubspot.*"):
        file.unlink()
    portal.control("switches", leads_object=False)
    assert main(["init", "hs", "--yes"]) == 0
    assert "Left out, for 'hs' has no such object: leads.\n" in capsys.readouterr().out
    assert not (project / "mappings" / "hubspot.leads.yaml").exists()
    assert main(["mappings", "lint", "-C", "hs"]) == 0, capsys.readouterr().out


def test_leads_come_to_hubspot_and_what_is_edited_there_comes_back(
    project: Path, portal: PortalHarness, capsys: Any
) -> None:
    assert main(["plan", "import"]) == 0
    assert contacts(portal) == {}
    assert main(["apply", "--yes"]) == 0
    made = contacts(portal)
    assert sorted(made) == ["ada@example.com", "grace@example.com"]
    assert (made["ada@example.com"]["firstname"], made["ada@example.com"]["lifecyclestage"]) == ("Ada", "lead")
    assert made["ada@example.com"]["leadbridge_key"]
    capsys.readouterr()
    assert main(["sync", "import"]) == 0
    assert "nothing to do" in capsys.readouterr().out
    portal.edit(made["ada@example.com"]["hs_object_id"], {"lastname": "Lovelace"})
    assert main(["sync", "import"]) == 0
    assert "Lovelace" in (project / "inbox" / "leads.csv").read_text()
    capsys.readouterr()
    assert main(["sync", "import"]) == 0
    assert "nothing to do" in capsys.readouterr().out


def test_an_import_is_undone(project: Path, portal: PortalHarness, capsys: Any) -> None:
    assert (main(["plan", "import"]), main(["apply", "--yes"])) == (0, 0)
    capsys.readouterr()
    assert main(["runs", "--json"]) == 0
    run = json.loads(capsys.readouterr().out)["runs"][0]["run"]
    assert main(["undo", str(run), "--yes"]) == 0
    assert contacts(portal) == {}


def test_somebody_whom_hubspot_forgot_is_found_by_a_rebaseline(
    project: Path, portal: PortalHarness, capsys: Any
) -> None:
    """No list or bin tells of them. With `hard_delete: erasure` they are erased elsewhere, not those in the bin."""
    config = project / "leadbridge.yaml"
    config.write_text(config.read_text().replace("{provider: hubspot,", "{provider: hubspot, hard_delete: erasure,"))
    more = "cy@example.com,Cy,Fox,Foxes,,\nbo@example.com,Bo,Day,Days,,\n"
    (project / "inbox" / "leads.csv").write_text(LEADS + more)
    assert (main(["plan", "import"]), main(["apply", "--yes"])) == (0, 0)
    made = contacts(portal)
    portal.change("contacts", erase=[made["ada@example.com"]["hs_object_id"]])
    portal.delete(made["grace@example.com"]["hs_object_id"])
    capsys.readouterr()
    assert main(["verify", "import", "--json"]) in {0, 1}
    assert sum(one["missing"] for one in json.loads(capsys.readouterr().out)["objects"]) == 2
    assert main(["plan", "import", "--rebaseline"]) in {0, 1}
    assert main(["apply", "--yes"]) in {0, 1}
    kept = (project / "inbox" / "leads.csv").read_text()
    assert ("ada@" in kept, "grace@" in kept) == (False, True)
    capsys.readouterr()
    assert main(["reviews", "--json"]) == 0
    assert [one["kind"] for one in json.loads(capsys.readouterr().out)["reviews"]] == ["delete"]
    assert main(["sync", "import"]) == 0


@pytest.mark.parametrize("stamps", [True, False])
def test_a_contact_that_comes_out_of_the_bin_is_in_step_again(
    project: Path, portal: PortalHarness, capsys: Any, stamps: bool
) -> None:
    """By itself where HubSpot stamps it, which is not known; else by a rebaseline. The question settles itself."""
    portal.control("switches", restore_stamps=stamps)
    assert (main(["plan", "import"]), main(["apply", "--yes"])) == (0, 0)
    ada = contacts(portal)["ada@example.com"]["hs_object_id"]
    portal.delete(ada)
    assert main(["sync", "import"]) == 1
    portal.sandbox.clock.advance(3600)
    assert main(["sync", "import"]) == 0
    portal.change("contacts", restore=[ada])
    portal.sandbox.clock.advance(60)
    capsys.readouterr()
    if not stamps:
        assert (main(["sync", "import"]), "nothing to do" in capsys.readouterr().out) == (0, True)
        assert main(["plan", "import", "--rebaseline"]) == 0
        assert main(["apply", "--yes"]) == 0
    assert main(["sync", "import"]) == 0
    capsys.readouterr()
    assert main(["reviews", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["reviews"] == []
    file = project / "inbox" / "leads.csv"
    file.write_text(file.read_text().replace("Ada,King", "Ada,Byron"))
    assert main(["sync", "import"]) == 0
    assert contacts(portal)["ada@example.com"]["lastname"] == "Byron"


def test_an_address_that_another_contact_has_beside_its_own_is_a_question(
    project: Path, portal: PortalHarness, capsys: Any
) -> None:
    """HubSpot refuses the create and names the contact; *same* links the two, and no second one is made."""
    other = portal.create({"email": "ada@example.com", "lifecyclestage": "lead"})
    known = portal.create({"email": "king@example.com", "lastname": "King", "lifecyclestage": "lead"})
    portal.merge(other, known)
    assert (main(["plan", "import"]), main(["apply", "--yes"])) == (0, 1)
    capsys.readouterr()
    assert main(["reviews", "--json"]) == 0
    (question,) = json.loads(capsys.readouterr().out)["reviews"]
    assert (question["kind"], question["body"]["refs"]) == ("duplicate", [["hs", "contacts", known]])
    assert main(["reviews", "answer", str(question["id"]), "same"]) == 0
    main(["sync", "import"])
    made = contacts(portal)
    assert sorted(made) == ["ada@example.com", "grace@example.com"]
    assert made["ada@example.com"]["hs_object_id"] == known
    capsys.readouterr()
    assert main(["rejects", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["rejects"] == []


@pytest.mark.parametrize("fault", ["", "burst", "locked", "gateway"])
def test_calls_are_as_planned(project: Path, portal: PortalHarness, capsys: Any, fault: str) -> None:
    """Promise 9, for creates, for updates with another company or stage, and for what is deleted again."""
    daily = int(portal.sandbox.switches["daily"])
    more = "".join(f"p{n}@example.com,Ada,N{n},Firm {n},+1415555{n:04},\n" for n in range(130))
    (project / "inbox" / "leads.csv").write_text(LEADS + more)
    for round_ in range(2):
        assert main(["plan", "import", "--json"]) in {0, 1}
        planned = json.loads(capsys.readouterr().out)["calls"]["hs"]
        portal.sandbox.faults.clear()
        if fault:
            portal.fault(fault, method="POST", after=1)
        assert main(["apply", "--yes", "--json"]) in {0, 1}
        told = json.loads(capsys.readouterr().out)
        calls = told["calls"]["hs"]
        assert (calls["needed"], calls["spare"]) == (planned["needed"], planned["spare"])
        used = portal.calls() - (math.ceil(Decimal("0.8") * daily) - calls["left"])
        assert 0 < used <= calls["needed"] + (calls["spare"] if fault else 0)
        assert told["counts"]["done"] >= 129, round_
        edited = more.replace("Ada", "Eva")
        (project / "inbox" / "leads.csv").write_text(LEADS + edited)


def test_a_plan_over_the_budget_is_stopped(project: Path, portal: PortalHarness, capsys: Any) -> None:
    assert main(["plan", "import"]) == 0
    assert "API calls in hs: up to 13 (10 of them for retries), of 199," in capsys.readouterr().out
    before = portal.calls()
    assert main(["check", "hs"]) == 0
    opening = portal.calls() - before
    portal.sandbox.switch("daily", math.ceil((portal.calls() + opening + 1) / Decimal("0.8")))
    assert main(["apply", "--yes"]) == 3
    assert "the budget has" in capsys.readouterr().err
    portal.sandbox.switch("daily", 250_000)
    assert contacts(portal) == {}


@pytest.mark.parametrize(
    ("fault", "says"),
    [("migrating", "moving the account to another place (477); run again in 120 minutes"), ("daily", "")],
)
def test_what_was_not_begun_is_brought_by_the_run_that_is_named(
    project: Path, portal: PortalHarness, capsys: Any, fault: str, says: str
) -> None:
    """`resume` has nothing to do with it: nothing of that run is open."""
    assert main(["plan", "import"]) == 0
    portal.fault(fault, path="batch/create", times=1, seconds=7200)
    capsys.readouterr()
    assert main(["apply", "--yes"]) == 4
    told = capsys.readouterr()
    assert "  leadbridge sync import\n" in told.out
    assert "resume" not in told.out
    assert says in told.err
    assert main(["sync", "import"]) == 0
    assert len(contacts(portal)) == 2


def test_an_allowance_that_nobody_told_of_is_asked_for(portal: PortalHarness) -> None:
    """Of the account, in one call."""
    crm, before = portal.connect(), portal.calls()
    assert portal.calls() == before
    left = crm.allowance()
    assert portal.calls() == before + 1
    assert left == math.ceil(Decimal("0.8") * int(portal.sandbox.switches["daily"])) - portal.calls()
