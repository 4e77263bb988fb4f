"""Salesforce as a person uses it: from a file of leads to contacts that Salesforce made, in a stand-in of an org."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from leadbridge_salesforce.sandbox.schema import RecordTypeSchema
from leadbridge_salesforce.sandbox.stand_in import SalesforceSandbox

from leadbridge.cli import main
from leadbridge.demo import FILES
from leadbridge.sandbox import Fault, Options, Served, start

PROJECT = """\
mappings: mappings/
connections:
  fair: {{provider: csv, path: inbox/leads.csv}}
  sf:
    provider: salesforce
    auth: session
    domain: "{url}"
    session_token: "${{env:SF_TOKEN}}"
    conversion: {{queue_owner: {owner}}}
jobs:
  import: {{sync: [fair, sf], direction: one_way, roles: [lead], unattended: true}}
  convert: {{convert: [sf], into: sf, policy: convert.yaml, unattended: true}}
"""


REGIONS = "field: Region__c, values: {hot: EMEA, warm: APAC, cold: AMER}, unknown: keep"


@pytest.fixture
def served() -> Iterator[Served]:
    with start("salesforce", Options("demo", leads=12)) as made:
        yield made


@pytest.fixture
def project(served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SF_TOKEN", served.token)
    assert main(["init"]) == 0
    sandbox = served.sandbox
    assert isinstance(sandbox, SalesforceSandbox)
    (tmp_path / "leadbridge.yaml").write_text(PROJECT.format(url=served.url, owner=sandbox.staff.sellers[0]))
    shutil.copy(FILES / "inbox" / "webform.csv", tmp_path / "inbox" / "leads.csv")
    for name in ("accounts", "contacts"):
        (tmp_path / "mappings" / f"csv.{name}.yaml").unlink()
    assert main(["init", "sf"]) == 0
    assert main(["mappings", "suggest", "fair", "--out", "mappings/csv.leads.yaml", "--force"]) == 0
    capsys.readouterr()
    return tmp_path


def rows(served: Served, object: str, **where: Any) -> list[dict[str, Any]]:
    sandbox = served.sandbox
    assert isinstance(sandbox, SalesforceSandbox)
    return [dict(row) for row in sandbox.org.store.where(object, {"IsDeleted": 0, **where})]


def run(capsys: Any, *words: str) -> Any:
    main([*words, "--json"])
    return json.loads(capsys.readouterr().out)


def test_the_starters_fit_an_org(project: Path, capsys: Any) -> None:
    """What the org says of fields and picklists is in them."""
    assert main(["mappings", "lint", "-C", "sf"]) == 0


def test_values_that_a_record_type_has_not(project: Path, served: Served, capsys: Any) -> None:
    """A partner's lead can be of one region only; the org is asked once for each record type that new records get."""
    sandbox = served.sandbox
    assert isinstance(sandbox, SalesforceSandbox)
    partner = "012Sb0000000999IAA"
    narrow = RecordTypeSchema("Nordic", "Nordic", picklists={"Region__c": ("EMEA",)})
    sandbox.org.add_record_type("Lead", partner, narrow)
    file = project / "mappings" / "salesforce.leads.yaml"
    text = file.read_text().replace("field: Rating, values: {hot: Hot, warm: Warm, cold: Cold}", REGIONS)
    file.write_text(text)
    assert "option_not_allowed" not in {one["code"] for one in run(capsys, "check", "sf")["findings"]}
    on_create = f"on_create: {{RecordTypeId: {partner}}}"
    file.write_text(text.replace("fields:", f"{on_create}\nfields:", 1))
    served.sandbox.calls.clear()
    found = [one for one in run(capsys, "check", "sf")["findings"] if one["code"] == "option_not_allowed"]
    assert found
    assert "its record type has" in found[0]["message"]
    assert len([call for call in served.sandbox.calls.all() if "picklist-values" in call.path]) == 2
    assert main(["mappings", "lint", "-C", "sf"]) in {0, 1}
    assert "its record type has" in capsys.readouterr().out


def test_from_a_file_to_contacts(project: Path, served: Served, capsys: Any) -> None:
    before = {name: len(rows(served, name)) for name in ("Lead", "Contact", "Account")}
    assert main(["plan", "import"]) == 1  # the file has bad rows
    assert main(["apply", "--yes"]) in {0, 1}
    written = len(rows(served, "Lead")) - before["Lead"]
    assert written > 40
    capsys.readouterr()
    assert main(["sync", "import"]) == 0
    assert len(rows(served, "Lead")) == before["Lead"] + written
    assert main(["verify", "import"]) == 0
    main(["plan", "convert"])
    said = capsys.readouterr().out
    assert "no undo takes this back: a converted lead stays converted" in said
    assert "sf converts it by itself" in said
    assert main(["apply", "--yes"]) == 1  # one lead may belong to two accounts: a question
    converted = rows(served, "Lead", IsConverted=1)
    assert converted
    assert len(rows(served, "Contact")) > before["Contact"]
    assert {row["Status"] for row in converted} == {"Closed - Converted"}
    contacts = {row["Id"] for row in rows(served, "Contact")}
    assert {row["ConvertedContactId"] for row in converted} <= contacts
    assert main(["convert", "convert"]) in {0, 1}
    assert len(rows(served, "Contact")) == len(contacts)


def test_what_a_duplicate_rule_stops_is_a_question(project: Path, served: Served, capsys: Any) -> None:
    """Somebody of that name comes into the org under another address, after the plan was made."""
    (project / "inbox" / "leads.csv").write_text("Email,Last Name,Company\nada@new.example,Lovelace,Engines\n")
    assert main(["mappings", "suggest", "fair", "--out", "mappings/csv.leads.yaml", "--force"]) == 0
    sandbox = served.sandbox
    assert isinstance(sandbox, SalesforceSandbox)
    compares = {"LastName": "LastName"}
    rule = {"name": "L", "object": "Lead", "matches": "Lead", "compares": compares, "action": "block"}
    assert requests.post(f"{served.control}/rules", json={"duplicate": rule}, timeout=5).ok
    at = f"{served.url}/services/data/v67.0/sobjects/Lead"
    lead = {"LastName": "Lovelace", "Company": "Engines", "Email": "ada@old.example"}
    assert main(["plan", "import"]) == 0
    made = requests.post(at, json=lead, headers={"Authorization": f"Bearer {served.token}"}, timeout=5)
    assert main(["apply", "--yes"]) == 1
    capsys.readouterr()
    (asked,) = run(capsys, "reviews")["reviews"]
    assert (asked["kind"], asked["body"]["refs"]) == ("duplicate", [["sf", "Lead", made.json()["id"]]])
    assert main(["reviews"]) == 0
    assert "sf found Lead 00Q" in capsys.readouterr().out
    assert main(["reviews", "answer", "duplicate", "same"]) == 0
    assert main(["sync", "import"]) == 1  # which of two addresses counts is a question of a first contact
    assert main(["reviews", "answer", "field", "fair"]) == 0
    assert main(["sync", "import"]) == 0
    (now,) = rows(served, "Lead", LastName="Lovelace")
    assert now["Email"] == "ada@new.example"
    capsys.readouterr()
    assert (run(capsys, "reviews")["reviews"], run(capsys, "rejects")["rejects"]) == ([], [])


def test_a_conversion_whose_reply_is_lost_is_done_once(project: Path, served: Served, capsys: Any) -> None:
    """The connection drops after Salesforce has converted the leads."""
    main(["plan", "convert"])
    before = len(rows(served, "Contact"))
    served.sandbox.faults.add(Fault("drop_after", path="Soap"))
    main(["apply", "--yes"])
    served.sandbox.faults.clear()
    main(["resume"])
    converted = rows(served, "Lead", IsConverted=1)
    assert converted
    made = len(rows(served, "Contact")) - before
    assert 0 < made <= len(converted)
    capsys.readouterr()
    assert main(["verify", "convert"]) == 0
    capsys.readouterr()
    assert main(["convert", "convert"]) == 0
    assert len(rows(served, "Contact")) == before + made
    capsys.readouterr()
    assert run(capsys, "rejects")["rejects"] == []


def test_leads_that_were_converted_elsewhere_are_let_be(project: Path, served: Served, capsys: Any) -> None:
    """An org is full of them; the state knows nothing of them, or knew them as leads."""
    main(["plan", "convert"])
    main(["apply", "--yes"])
    shutil.rmtree(project / ".leadbridge")
    converted = {row["Id"] for row in rows(served, "Lead", IsConverted=1)}
    assert converted
    capsys.readouterr()
    told = run(capsys, "plan", "convert")
    assert "convert" not in told["writes"].get("sf", {})
    assert not {one["id"] for one in told["rows"]} & converted
    previewed = run(capsys, "plan", "convert", "--preview")
    refs = {record["ref"] for one in previewed["conversions"] for record in one["records"]}
    assert not refs & {f"sf:Lead:{id_}" for id_ in converted}
    assert run(capsys, "rejects")["rejects"] == []


def test_an_object_that_is_hidden_is_named(project: Path, served: Served, capsys: Any) -> None:
    """After the plan was made; nothing is written."""
    main(["plan", "convert"])
    requests.post(f"{served.control}/access", json={"object": "Contact", "hide": True}, timeout=20).raise_for_status()
    capsys.readouterr()
    assert main(["apply", "--yes"]) == 2
    said = "its user sees no 'Contact', of which salesforce.contacts.yaml speaks; give it the permission"
    assert said in " ".join(capsys.readouterr().err.split())
    assert rows(served, "Lead", IsConverted=1) == []


def test_what_an_undo_took_back_is_not_broken(project: Path, served: Served, capsys: Any) -> None:
    """Salesforce keeps the leads converted; their new contacts and accounts are gone."""
    main(["plan", "convert"])
    capsys.readouterr()
    converted = run(capsys, "apply", "--yes")
    number = len(rows(served, "Lead", IsConverted=1))
    run(capsys, "undo", str(converted["run"]), "--yes")
    assert len(rows(served, "Lead", IsConverted=1)) == number > 0
    (found,) = run(capsys, "verify", "convert")["conversions"]
    assert (found["converted"], found["undone"], found["broken"]) == (number, number, 0)
    assert main(["verify", "convert"]) == 0
    assert "UNDONE" in capsys.readouterr().out
    assert run(capsys, "convert", "convert", "--yes")["counts"].get("done", 0) == 0


def test_what_salesforce_was_asked(project: Path, served: Served, capsys: Any) -> None:
    """A second run without changes reads, and writes nothing."""
    main(["plan", "import"])
    main(["apply", "--yes"])
    main(["sync", "import"])
    served.sandbox.calls.clear()
    main(["sync", "import"])
    asked = {call.path.partition("/v67.0/")[2] for call in served.sandbox.calls.all() if call.method != "GET"}
    assert asked == {"composite"}  # what the objects are


def test_records_that_salesforce_made_are_looked_at_together(project: Path, served: Served, capsys: Any) -> None:
    """Not lead by lead: that would cost two calls for each."""
    main(["plan", "convert"])
    served.sandbox.calls.clear()
    main(["apply", "--yes"])
    assert len(rows(served, "Lead", IsConverted=1)) > 5
    looked = [call.path.rsplit("/", 1)[-1] for call in served.sandbox.calls.all() if "composite/sobjects/" in call.path]
    assert sorted(set(looked)) == ["Account", "Contact", "Lead"]
    assert len(looked) <= 6  # the effects, and what follows them


def used_since(served: Served, calls: dict[str, Any]) -> int:
    """API calls since the brakes were looked at, which tell how many of the day's share were left."""
    sandbox = served.sandbox
    assert isinstance(sandbox, SalesforceSandbox)
    share = Decimal("0.8") * int(sandbox.switches["daily_calls"])
    return sandbox.limits.used - (math.ceil(share) - int(calls["left"]))


@pytest.mark.parametrize("fault", ["", "unavailable", "lock"])
def test_calls_are_as_planned(project: Path, served: Served, capsys: Any, fault: str) -> None:
    """Promise 9, for creates and for conversions by the org itself; what goes wrong comes out of the share for it."""
    for job in ("import", "convert"):
        planned = run(capsys, "plan", job)["calls"]["sf"]
        served.sandbox.faults.clear()
        if fault:
            served.sandbox.faults.add(Fault(fault, method="POST", after=1))
        calls = run(capsys, "apply", "--yes")["calls"]["sf"]
        assert (calls["needed"], calls["spare"]) == (planned["needed"], planned["spare"])
        most = calls["needed"] + (calls["spare"] if fault else 0)
        assert 0 < used_since(served, calls) <= most


def test_a_plan_over_the_budget_is_stopped(project: Path, served: Served, capsys: Any) -> None:
    """The org's share of the day is looked at when a plan is made, and again before it is carried out."""
    planned = run(capsys, "plan", "import")
    calls = planned["calls"]["sf"]
    assert calls["left"] > 10_000
    assert main(["plan", "import", "--limit", "0"]) == 0
    assert f"API calls in sf: up to {calls['needed'] + calls['spare']} (10 of them for" in capsys.readouterr().out
    before = len(rows(served, "Lead"))
    sandbox = served.sandbox
    assert isinstance(sandbox, SalesforceSandbox)
    at_first = sandbox.limits.used
    assert main(["check", "sf"]) in {0, 1}
    opening = sandbox.limits.used - at_first

    def leave(calls: int) -> None:
        sandbox.switch("daily_calls", math.ceil((sandbox.limits.used + opening + calls) / Decimal("0.8")))

    leave(calls["needed"])
    assert main(["apply", "--yes"]) == 3
    said = capsys.readouterr().err
    assert "add --override budget" in said
    assert "Nothing was written" in said
    leave(calls["needed"] + 5)
    assert main(["plan", "import", "--limit", "0"]) == 3
    assert len(rows(served, "Lead")) == before
    leave(calls["needed"])
    assert main(["apply", "--yes", "--override", "budget"]) in {0, 1}
    assert len(rows(served, "Lead")) > before


def test_an_undo_over_the_budget_is_stopped_and_can_be_told_to_go_on(
    project: Path, served: Served, capsys: Any
) -> None:
    before = len(rows(served, "Lead"))
    run(capsys, "plan", "import")
    imported = run(capsys, "apply", "--yes")
    sandbox = served.sandbox
    assert isinstance(sandbox, SalesforceSandbox)
    made = len(rows(served, "Lead"))
    assert made > before

    def leave(calls: int) -> None:
        sandbox.switch("daily_calls", math.ceil((sandbox.limits.used + calls) / Decimal("0.8")))

    leave(12)
    assert main(["undo", str(imported["run"]), "--yes"]) == 3
    said = " ".join(capsys.readouterr().err.split())
    assert "API calls (10 of them for retries), and the budget has" in said
    assert said.endswith("or add --override budget. Nothing was written.")
    assert len(rows(served, "Lead")) == made
    assert main(["undo", str(imported["run"]), "--yes", "--override", "create"]) == 2
    assert "an undo knows one brake, budget" in capsys.readouterr().err
    leave(12)
    undone = run(capsys, "undo", str(imported["run"]), "--yes", "--override", "budget")
    assert (undone["state"], len(rows(served, "Lead"))) == ("done", before)
    assert 0 < used_since(served, undone["calls"]["sf"]) <= undone["calls"]["sf"]["needed"]
