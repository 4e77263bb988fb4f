"""Leads in CSV folders converted from the command line: looked at, approved, written, run again, undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from syncing import call, edit

from leadbridge.cli import main

FILES = {
    "leadbridge.yaml": """\
connections:
  crm: {provider: csv, path: crm/, key: id}
jobs:
  convert: {convert: [crm], policy: convert.yaml}
""",
    "mappings/leads.yaml": """\
kind: mapping
provider: csv
object: leads.csv
role: lead
fields:
  first_name: first
  last_name: last
  email: email
  company: company
  status: status
  budget: {field: budget, as: decimal}
""",
    "mappings/contacts.yaml": """\
kind: mapping
provider: csv
object: contacts.csv
role: contact
fields:
  first_name: first
  last_name: last
  email: email
  organisation: account
""",
    "mappings/accounts.yaml": """\
kind: mapping
provider: csv
object: accounts.csv
role: account
fields: {name: name}
""",
    "mappings/opportunities.yaml": """\
kind: mapping
provider: csv
object: opportunities.csv
role: opportunity
fields:
  name: name
  amount: {field: amount, as: decimal}
  stage: stage
  close_date: {field: close, as: date}
  organisation: account
  contact: contact
""",
    "mappings/convert.yaml": """\
kind: convert
version: 1
lead: {when: "status == 'working'", on_converted: {status: converted}}
account:
  match: [company_name]
  existing: fill_blank
  fields: {name: company}
contact:
  match: [email]
  existing: fill_blank
  fields: {first_name: first_name, last_name: last_name, email: email}
opportunity:
  when: "budget > 0"
  fields: {name: {template: "{company}"}, amount: budget, stage: {value: Prospecting}, close_date: {value: today}}
""",
    "crm/leads.csv": (
        "id,first,last,email,company,status,budget\n"
        "1,Ada,King,ada@x.example,Acme,working,500\n"
        "2,Bob,Day,bob@y.example,Reuter,working,\n"
        "3,Cy,Low,cy@z.example,Other,new,\n"
    ),
    "crm/contacts.csv": "id,first,last,email,account\n10,,King,ada@x.example,\n",
    "crm/accounts.csv": "id,name\nA1,Reuter\n",
    "crm/opportunities.csv": "id,name,amount,stage,close,account,contact\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def tables(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "crm").glob("*.csv"))}


def test_planned_applied_run_again_and_undone(folder, capsys):
    before = tables(folder)
    plan = call(capsys, "plan", "convert")
    assert plan["writes"] == {"crm": {"create": 3, "update": 3}}
    waiting = [row for row in plan["rows"] if row.get("undoes")]
    assert {row["action"] for row in waiting} == {"delete", "update"}
    assert tables(folder) == before

    done = call(capsys, "apply", "--yes")
    assert (done["state"], done["counts"]["done"]) == ("done", 6)
    leads = tables(folder)["leads.csv"].decode().splitlines()
    assert [line.split(",")[5] for line in leads] == ["status", "converted", "converted", "new"]
    contacts = tables(folder)["contacts.csv"].decode().splitlines()
    assert contacts[1].startswith("10,Ada,King,ada@x.example,")
    assert contacts[2].endswith(",Bob,Day,bob@y.example,A1")
    after = tables(folder)

    again = call(capsys, "convert", "convert", "--yes")
    assert again["counts"]["done"] == again["counts"]["settled"] == 0
    assert tables(folder) == after
    assert main(["show", "crm:leads.csv:1"]) == 0
    shown = capsys.readouterr().out
    assert "crm:leads.csv:1  lead, converted" in shown
    assert "crm:contacts.csv:10  contact, live" in shown
    verified = call(capsys, "verify", "convert")
    assert [(one["object"], one["converted"], one["whole"]) for one in verified["conversions"]] == [("leads.csv", 2, 2)]
    assert {one["object"]: one["in_step"] for one in verified["objects"]}["contacts.csv"] == 2
    assert main(["verify", "convert"]) == 0
    assert capsys.readouterr().out.splitlines()[-1].split() == ["crm", "leads.csv", "2", "2", "0", "0", "0"]

    call(capsys, "undo", str(done["run"]), "--yes")
    assert tables(folder) == before
    assert call(capsys, "convert", "convert", "--yes")["counts"]["done"] == 0
    assert main(["release", "crm:leads.csv:1"]) == 0
    capsys.readouterr()
    assert call(capsys, "convert", "convert", "--yes")["counts"]["done"] == 4


def test_the_plan_is_read_lead_by_lead_or_row_by_row(folder, capsys):
    assert main(["plan", "convert"]) == 0
    text = capsys.readouterr().out
    assert "~ @9 contact Ada King 10 - same e-mail" in text
    assert "4 more rows stand by, to take back a conversion that a CRM refuses." in text
    assert text.endswith("Nothing was written. To carry this plan out:\n  leadbridge apply 1\n")
    assert main(["plan", "convert", "--preview"]) == 0
    assert "Nothing was written or kept. To make a plan: leadbridge plan convert" in capsys.readouterr().out


def test_an_edit_between_plan_and_apply_leaves_that_lead_alone(folder, capsys):
    call(capsys, "plan", "convert")
    edit(folder / "crm/leads.csv", "bob@y.example", "bob@new.example")
    done = call(capsys, "apply", "--yes", status=1)
    assert done["codes"] == {"stale": 1}
    leads = (folder / "crm/leads.csv").read_text()
    assert "2,Bob,Day,bob@new.example,Reuter,working," in leads
    assert "1,Ada,King,ada@x.example,Acme,converted,500" in leads
    contacts = (folder / "crm/contacts.csv").read_text()
    assert "Bob" not in contacts, "what was written for him was taken back"


def test_a_first_run_without_a_person_waits_for_approval(folder, capsys):
    stopped = call(capsys, "convert", "convert", "--yes", status=3)
    assert [stop["brake"] for stop in stopped["stops"]] == ["first_plan"]
    assert main(["sync", "convert", "--yes"]) == 2
    assert capsys.readouterr().err == "job 'convert' converts; run it with: leadbridge convert convert\n"


def test_leads_that_a_sync_made_are_converted_like_any_others(folder, capsys):
    """They carry a key of LeadBridge's own, and are leads all the same."""
    config = (folder / "leadbridge.yaml").read_text()
    fair = "  fair: {provider: csv, path: fair.csv}\n"
    job = "  import: {sync: [fair, crm], direction: one_way, roles: [lead]}\n"
    (folder / "leadbridge.yaml").write_text(config.replace("jobs:\n", f"{fair}jobs:\n{job}"))
    columns = (folder / "mappings/leads.yaml").read_text().replace("leads.csv", "fair.csv")
    (folder / "mappings/fair.yaml").write_text(columns)
    (folder / "fair.csv").write_text(
        "first,last,email,company,status,budget\nDee,Ray,dee@new.example,Newcomer,working,\n"
    )

    call(capsys, "plan", "import")
    assert call(capsys, "apply", "--yes")["counts"]["done"] == 1
    call(capsys, "plan", "convert")
    call(capsys, "apply", "--yes")

    assert ",Dee,Ray,dee@new.example," in (folder / "crm/contacts.csv").read_text()


def test_a_contact_that_no_sync_knows_gets_what_the_policy_says(folder, capsys):
    """Its own values are what `existing:` compares with, though the lead's golden record says more already."""
    config = (folder / "leadbridge.yaml").read_text()
    job = "  import: {sync: [fair, crm], direction: one_way, roles: [lead]}\n"
    fair = "  fair: {provider: csv, path: fair.csv}\n"
    (folder / "leadbridge.yaml").write_text(config.replace("jobs:\n", f"{fair}jobs:\n{job}"))
    columns = (folder / "mappings/leads.yaml").read_text().replace("leads.csv", "fair.csv")
    (folder / "mappings/fair.yaml").write_text(columns)
    (folder / "fair.csv").write_text("first,last,email,company,status,budget\nZoe,Law,zoe@z.example,Newco,working,\n")
    with (folder / "crm/contacts.csv").open("a") as contacts:
        contacts.write("11,,Low,zoe@z.example,\n")
    call(capsys, "plan", "import")
    call(capsys, "apply", "--yes")
    call(capsys, "plan", "convert")
    call(capsys, "apply", "--yes")

    rows = (folder / "crm/contacts.csv").read_text().splitlines()
    assert next(row for row in rows if row.startswith("11,")).startswith("11,Zoe,Low,zoe@z.example,")


def test_a_plan_tells_a_row_of_an_inbox_by_its_file_and_line(folder, capsys):
    config = folder / "leadbridge.yaml"
    inbox = "  fair: {provider: csv, path: inbox/leads.csv}\n"
    config.write_text(config.read_text().replace("[crm]", "[fair], into: crm").replace("jobs:", f"{inbox}jobs:"))
    (folder / "inbox").mkdir()
    (folder / "crm" / "leads.csv").rename(folder / "inbox" / "leads.csv")
    assert main(["plan", "convert"]) == 0
    out = capsys.readouterr().out
    assert "account Acme - no account matches (from the lead, from inbox/leads.csv:2)" in out
    assert "account     (blank) -> @7" in out
    assert "fair:leads.csv:" not in out
