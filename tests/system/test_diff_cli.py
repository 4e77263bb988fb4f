"""``leadbridge mappings diff --convert``: two sandboxes and a file, as a person who keeps one policy sees them."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leadbridge.cli import main
from leadbridge.plugins import load_plugins
from leadbridge.project import load_project
from leadbridge.provider import Action
from leadbridge.sandbox import Options, start
from leadbridge.starters import starter_folder

PROJECT = """\
mappings: mappings/
connections:
  fair: {{provider: csv, path: inbox/leads.csv}}
  hs: {{provider: hubspot, token: "${{env:HS_TOKEN}}", host: "{hubspot}"}}
  sf: {{provider: salesforce, auth: session, domain: "{salesforce}", session_token: "${{env:SF_TOKEN}}"}}
jobs:
  convert: {{convert: [hs, sf, fair], into: sf, policy: convert.yaml}}
  people: {{sync: [hs, sf]}}
"""
HEADER = "Email,First Name,Last Name,Company,Website,Status,Email Opt Out"


def make_project(folder: Path, salesforce: str = "http://127.0.0.1:9", hubspot: str = "http://127.0.0.1:9") -> Path:
    (folder / "leadbridge.yaml").write_text(PROJECT.format(salesforce=salesforce, hubspot=hubspot))
    shutil.copytree(starter_folder(), folder / "mappings")
    (folder / "inbox").mkdir()
    (folder / "inbox" / "leads.csv").write_text(f"{HEADER}\nada@x.example,Ada,King,Engines,,New,no\n")
    return folder


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose CRMs answer nobody, and whose secrets are nowhere."""
    monkeypatch.delenv("HS_TOKEN", raising=False)
    monkeypatch.delenv("SF_TOKEN", raising=False)
    monkeypatch.chdir(make_project(tmp_path))
    return tmp_path


@pytest.fixture
def live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    with start("salesforce", Options("empty")) as org, start("hubspot", Options("empty")) as portal:
        monkeypatch.setenv("SF_TOKEN", org.token)
        monkeypatch.setenv("HS_TOKEN", portal.token)
        monkeypatch.chdir(make_project(tmp_path, org.url, portal.url))
        yield tmp_path


def document(capsys: Any, *args: str, status: int = 1) -> Any:
    capsys.readouterr()
    assert main(["mappings", "diff", "--convert", *args, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def states(told: Any, part: str, field: str) -> dict[str, str]:
    (row,) = (row for row in told["rows"] if (row["part"], row["field"]) == (part, field))
    return {name: fate["state"] for name, fate in row["there"].items()}


def codes(told: Any, part: str, field: str, at: str) -> list[str]:
    (row,) = (row for row in told["rows"] if (row["part"], row["field"]) == (part, field))
    return [reason["code"] for reason in row["there"][at]["reasons"]]


def test_two_crms_and_a_file(live: Path, capsys: Any) -> None:
    told = document(capsys, "sf", "hs", "fair", "--live")
    assert [(one["connection"], one["asked"], one["converts"]) for one in told["connections"]] == [
        ("sf", True, True),
        ("hs", True, False),
        ("fair", True, False),
    ]
    assert states(told, "contact", "opted_out_of_email") == {"sf": "follows", "hs": "carried"}
    assert codes(told, "contact", "opted_out_of_email", "sf") == ["own_fills_blanks"]
    assert states(told, "contact", "opted_out_of_fax") == {"sf": "follows", "hs": "unfilled"}
    assert codes(told, "contact", "opted_out_of_fax", "hs") == ["unread"]
    assert states(told, "contact", "middle_name") == {"sf": "carried", "hs": "unfilled"}
    assert states(told, "account", "phone") == {"sf": "beyond", "hs": "unasked"}
    assert states(told, "account", "") == {"sf": "carried", "hs": "carried", "fair": "lost"}
    assert states(told, "lead", "IsConverted") == {"sf": "beyond", "hs": "unasked", "fair": "unasked"}
    assert all(row["differs"] for row in told["rows"])
    assert len(told["rows"]) == told["differing"] < told["fields"]
    whole = document(capsys, "sf", "hs", "fair", "--live", "--all")
    assert len(whole["rows"]) == told["fields"]
    assert states(whole, "carry", "files") == {"sf": "carried", "hs": "carried"}
    assert states(whole, "contact", "email") == {"sf": "carried", "hs": "carried"}


def test_a_job_whose_records_are_made_in_one_crm(live: Path, capsys: Any) -> None:
    """Leads are read and closed where they are; what they become is Salesforce's."""
    told = document(capsys, "--job", "convert", "--live")
    assert [(one["connection"], one["into"]) for one in told["connections"]] == [
        ("hs", "sf"),
        ("sf", "sf"),
        ("fair", "sf"),
    ]
    assert states(told, "contact", "title") == {"hs": "carried", "sf": "carried", "fair": "unfilled"}
    assert codes(told, "contact", "title", "fair") == ["unknown_provider_field"]
    assert states(told, "lead", "status") == {"hs": "carried", "sf": "carried", "fair": "lost"}
    assert codes(told, "lead", "status", "fair") == ["append_only"]


def test_what_follows_in_the_report_follows_in_the_plan(live: Path, capsys: Any) -> None:
    """A lead goes into a contact that says other things: the fields that the report calls so are updated, no others."""
    policy = live / "mappings" / "convert.yaml"
    policy.write_text(policy.read_text().replace("when: score >= 40", "when: has(record.email)"))
    config = live / "leadbridge.yaml"
    config.write_text(
        config.read_text() + "  own: {convert: [sf], policy: convert.yaml, brakes: {create: 9, update: 9}}\n"
    )
    told = document(capsys, "sf", "hs", "--live", "--all")
    follows = {
        row["field"] for row in told["rows"] if row["part"] == "contact" and row["there"]["sf"]["state"] == "follows"
    }
    assert follows == {"description", "opted_out_of_email", "opted_out_of_fax", "do_not_call"}
    _make_pair(live)
    capsys.readouterr()
    assert main(["plan", "own", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    updated = {change["field"] for row in rows if row.get("part") == "follows" for change in row["changes"]}
    assert updated == follows


def _make_pair(folder: Path) -> None:
    """A lead, and the contact of an account that it goes into; every field that both have says something else."""
    sf = load_project(folder, load_plugins()).open("sf")
    sf.describe()
    person = {"FirstName": "Ada", "LastName": "King", "Email": "ada@x.example"}
    said = {"Company": "Engines", "Description": "new", "Title": "Engineer"}
    outs = dict.fromkeys(("HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall"), True)
    sf.begin()
    try:
        sf.write([Action(1, "create", "Lead", values={**person, **said, **outs})])
        (account,) = sf.write([Action(2, "create", "Account", values={"Name": "Engines"})])
        contact = {**person, "Description": "old", "Title": "Boss", "AccountId": account.id}
        (made,) = sf.write([Action(3, "create", "Contact", values=contact)])
        sf.commit()
    finally:
        sf.close()
    assert made.state == "done", made.reject


def test_the_files_alone(files: Path, capsys: Any) -> None:
    """Nobody is asked, and no secret is needed."""
    assert main(["mappings", "diff", "--convert", "sf", "hs"]) == 1
    out, err = capsys.readouterr()
    assert "  industry          yes        lost" in out.splitlines()
    assert "  lost: hubspot.companies.yaml maps no field to it" in out.splitlines()
    assert err.splitlines()[0] == (
        "By the files alone: sf, hs, though sf can convert leads without LeadBridge. With --live CRMs are asked what"
        " they hold and do."
    )
    assert err.splitlines()[1].startswith("7 differences among ")
    assert err.splitlines()[1].endswith("fields arrive nowhere (--all).")


def test_all_connections_of_the_project_where_none_is_named(files: Path, capsys: Any) -> None:
    assert [one["connection"] for one in document(capsys)["connections"]] == ["fair", "hs", "sf"]


def test_lines_of_eighty_characters_without_colour_when_piped(files: Path, capsys: Any) -> None:
    names = [f"a-connection-with-a-long-name-{n}" for n in range(4)]
    config = files / "leadbridge.yaml"
    more = "".join(f"  {name}: {{provider: csv, path: inbox/leads.csv}}\n" for name in names)
    config.write_text(config.read_text().replace("connections:\n", f"connections:\n{more}"))
    assert main(["mappings", "diff", "--convert", "--all", *names, "sf", "hs"]) == 1
    out = capsys.readouterr().out
    assert max(map(len, out.splitlines())) <= 80
    assert "\x1b" not in out
    assert all(f"\n{name}\n" in out for name in names)


def test_csv(files: Path, capsys: Any) -> None:
    assert main(["mappings", "diff", "--convert", "sf", "hs", "--csv", "--quiet"]) == 1
    out, err = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows[0] == {
        "part": "account",
        "field": "industry",
        "from": "industry",
        "connection": "sf",
        "state": "carried",
        "object": "Account",
        "provider field": "Industry",
        "reasons": "",
    }
    assert (rows[1]["connection"], rows[1]["state"]) == ("hs", "lost")
    assert err == ""


def test_no_difference(files: Path, capsys: Any) -> None:
    assert main(["mappings", "diff", "--convert", "sf"]) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert err.splitlines()[-1].startswith("0 differences among ")


def test_a_file_that_is_not_there_is_told_and_the_others_go_on(files: Path, capsys: Any) -> None:
    (files / "inbox" / "leads.csv").unlink()
    assert main(["mappings", "diff", "--convert", "sf", "fair"]) == 1
    assert "Not compared with what fair holds: " in capsys.readouterr().err


def test_a_crm_that_cannot_be_asked(files: Path, capsys: Any) -> None:
    assert main(["mappings", "diff", "--convert", "sf", "hs", "--live"]) == 2
    assert "SF_TOKEN" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ([], "name one file of a CRM's conversion; or compare connections, with --convert"),
        (["a.xml", "b.xml"], "name one file of a CRM's conversion; or compare connections, with --convert"),
        (["a.xml", "--live"], "--live is for comparing connections; add --convert"),
        (["a.xml", "--csv"], "--csv is for comparing connections; add --convert"),
        (
            ["--convert", "sf", "--provider", "salesforce"],
            "--provider compares with a CRM's file, which --convert does",
        ),
        (["--convert", "nobody"], "there is no connection 'nobody'"),
        (["--convert", "sf", "--job", "convert"], "--job names connections and policy; leave the others out"),
        (["--convert", "--job", "people"], "job 'people' syncs"),
        (["--convert", "--policy", "none.yaml"], "there is no convert policy 'none.yaml'"),
        (["--convert", "--json", "--csv"], "--json and --csv exclude each other"),
    ],
)
def test_what_cannot_be_asked(files: Path, capsys: Any, args: list[str], said: str) -> None:
    assert main(["mappings", "diff", *args]) == 2
    assert said in capsys.readouterr().err
