from __future__ import annotations

import csv
import io
import json
import re

import pytest
from projects import CONFIG, LEADS, POLICY, TABLES, make_project, read_json

from leadbridge.cli import main

TEXT = """\
Preview of convert by convert.yaml version 2
6 leads are 5 people (1 duplicate united): 2 to convert, 3 left out.

  RECORD   IN   + NEW  ~ CHANGED  = AS IS
  account  crm      1          1        0
  contact  crm      1          1        0

#1 Ada King, Reuter GmbH
   from inbox/web.csv:2, inbox/web.csv:7
   one person: same e-mail
   score 40, grade B, cold: +30 a large company; +10 names a company
   ~ @1 account Reuter crm:accounts.csv:A1 (the contact's account)
       employees  (blank) -> 250  (fill_blank: employees was blank, inbox/web.csv:2)
       name       Reuter, not Reuter GmbH  (kept: there is a value already)
   ~ @2 contact Ada King crm:contacts.csv:C1 (same e-mail)
       first_name  (blank) -> Ada  (fill_blank: first_name was blank, inbox/web.csv:2)
   = @3 lead inbox/web.csv:2 (LeadBridge remembers that it is converted)
   = @4 lead inbox/web.csv:7 (LeadBridge remembers that it is converted)

#2 Bob Day, Acme
   from inbox/web.csv:3
   score 10, grade D, cold: +10 names a company
   + @5 account Acme in crm (no account matches)
       name       Acme
       employees  12
   + @6 contact Bob Day in crm (no contact matches)
       first_name          Bob
       last_name           Day
       email               bob@gmail.com
       opted_out_of_email  no
       organisation        @5
   = @7 lead inbox/web.csv:3 (LeadBridge remembers that it is converted)

Left out: 3 leads
     1  when: score >= 10
        Cy Fox (score is 0)
     1  unless: opted_out_of_email
        Dee Ray (opted_out_of_email is true)
     1  unless: opted_out_of_email is undecided, because opted_out_of_email is not known
        Eva Low

United: 1 person that came more than once
  inbox/web.csv:2, inbox/web.csv:7: same e-mail

Nothing was written or kept. To make a plan: leadbridge plan convert
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(make_project(tmp_path))
    return tmp_path


def preview(capsys, *arguments):
    main(["plan", "convert", "--preview", "--json", *arguments])
    return read_json(capsys)


def test_the_whole_preview_row_and_field(project, capsys):
    assert main(["plan", "convert", "--preview"]) == 0
    assert capsys.readouterr() == (TEXT, "")


def test_a_preview_writes_nothing(project):
    before = {path: path.read_bytes() for path in project.rglob("*.csv")}
    main(["plan", "convert", "--preview"])
    assert {path: path.read_bytes() for path in project.rglob("*.csv")} == before


def test_the_rows_of_the_first_leads_only(project, capsys):
    main(["plan", "convert", "--preview", "--limit", "1"])
    out = capsys.readouterr().out
    assert "#1 Ada King" in out
    assert "#2 Bob Day" not in out
    assert "... and 1 more lead." in out


def test_json_holds_rows_changes_and_counts(project, capsys):
    document = preview(capsys)
    assert (document["policy"], document["version"]) == ("convert.yaml", 2)
    assert document["counts"]["preview"] == {
        "account": {"create": 1, "update": 1, "keep": 0},
        "contact": {"create": 1, "update": 1, "keep": 0},
    }
    assert document["rows"][1] == {
        "row": 2,
        "action": "update",
        "role": "contact",
        "connection": "crm",
        "ref": "crm:contacts.csv:C1",
        "label": "Ada King",
        "why": "same e-mail",
        "refers": {},
        "changes": [
            {
                "field": "first_name",
                "old": "",
                "new": "Ada",
                "rule": "fill_blank: first_name was blank",
                "origin": "inbox/web.csv:2",
            }
        ],
        "kept": [],
    }
    assert document["rows"][5]["refers"] == {"organisation": "@5"}
    assert "old" not in document["rows"][5]["changes"][0]
    assert [out["lead"] for out in document["left_out"]] == ["Cy Fox", "Dee Ray", "Eva Low"]
    assert document["duplicates"][0]["why"] == ["same e-mail"]


def test_csv_has_a_line_per_row_and_field(project, capsys):
    main(["plan", "convert", "--preview", "--csv"])
    lines = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [(line["leads"], line["row"], line["field"], line["new"]) for line in lines if line["row"] in "56"] == [
        ("2", "5", "name", "Acme"),
        ("2", "5", "employees", "12"),
        ("2", "6", "first_name", "Bob"),
        ("2", "6", "last_name", "Day"),
        ("2", "6", "email", "bob@gmail.com"),
        ("2", "6", "opted_out_of_email", "no"),
        ("2", "6", "organisation", "5"),
    ]


def test_the_same_input_gives_the_same_plan(project, capsys):
    first = preview(capsys)
    assert preview(capsys) == first


def test_a_free_mail_address_never_matches_an_account(tmp_path, monkeypatch, capsys):
    project = make_project(tmp_path, leads=LEADS.splitlines()[0] + "\nBob,Day,Other,bob@gmail.com,12,no\n")
    (project / "crm" / "accounts.csv").write_text("id,name,website,employees\nA1,Gmail,gmail.com,\n")
    monkeypatch.chdir(project)
    assert preview(capsys)["counts"]["preview"]["account"] == {"create": 1, "update": 0, "keep": 0}


def test_a_match_that_is_not_clear_is_a_question_and_nothing_is_made(project, capsys):
    (project / "crm" / "accounts.csv").write_text(TABLES["accounts.csv"] + "A2,Acme,,\nA3,ACME Inc.,,\n")
    document = preview(capsys)
    assert [review["lead"] for review in document["reviews"]] == ["Bob Day"]
    assert document["reviews"][0]["text"] == (
        "which account? 2 records with the same company name: crm:accounts.csv:A2, crm:accounts.csv:A3"
    )
    assert [conversion["lead"] for conversion in document["conversions"]] == ["Ada King"]
    assert main(["plan", "convert", "--preview"]) == 1
    out = capsys.readouterr().out
    assert (
        "\nTo decide: 1 question; until then these records stay as they are\n  ? Bob Day: which account? 2 rec" in out
    )


def test_two_leads_that_may_be_one_person_wait_for_an_answer(tmp_path, monkeypatch, capsys):
    twins = "Ann,Lee,Acme,ann@acme.example,12,no\nAnn,Lee,Acme,lee@acme.example,12,no\n"
    monkeypatch.chdir(make_project(tmp_path, leads=LEADS.splitlines()[0] + "\n" + twins))
    document = preview(capsys)
    assert document["conversions"] == []
    assert document["reviews"][0]["text"] == "one person? same name and company, different e-mails"


def test_a_lead_without_a_last_name_is_rejected_with_what_to_do(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(make_project(tmp_path, leads=LEADS + "Gus,,Acme,gus@acme.example,,no\n"))
    assert main(["plan", "convert", "--preview"]) == 1
    out = capsys.readouterr().out
    assert "Rejected: 1 cannot_convert\n" in out
    assert (
        "  inbox/web.csv:8: Gus is not converted: the contact would have no last_name; complete the lead, or let the "
        "policy's `when` of that part leave it out\n"
    ) in out


def test_who_has_no_name_is_told_by_company_or_place(tmp_path, monkeypatch, capsys):
    rows = "First,Last,Company,Mail,Staff,Out\n,,Acme,,,yes\n,,,,5,yes\n"
    monkeypatch.chdir(make_project(tmp_path, leads=rows))
    assert main(["plan", "convert", "--preview"]) == 0
    out = capsys.readouterr().out
    assert "  Acme (opted_out_of_email is true)" in out
    assert "  inbox/web.csv:3 (score is 0)" in out


def test_colleagues_share_one_new_account(tmp_path, monkeypatch, capsys):
    more = "Hal,Orr,Acme Inc.,hal@acme.example,,no\n"
    monkeypatch.chdir(make_project(tmp_path, leads=LEADS + more))
    document = preview(capsys)
    (account,) = [row for row in document["rows"] if row["role"] == "account" and row["action"] == "create"]
    assert account["why"] == "no account matches; 2 leads share it"
    main(["plan", "convert", "--preview"])
    assert re.search(r"#3 Hal Orr.*\+ @5 account Acme \(as above\)", capsys.readouterr().out, re.DOTALL)


def test_the_jobs_own_condition_is_anded(tmp_path, monkeypatch, capsys):
    config = CONFIG.replace("policy: convert.yaml", 'policy: convert.yaml, where: "employees > 100"')
    monkeypatch.chdir(make_project(tmp_path, leadbridge_yaml=config))
    document = preview(capsys)
    assert [conversion["lead"] for conversion in document["conversions"]] == ["Ada King"]
    assert "where: employees > 100 (employees is 12)" in {out["reason"] for out in document["left_out"]}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["sync", "--preview"],
            "--preview is for conversion jobs; 'sync' syncs: leave it out, a plan writes nothing",
        ),
        (
            ["convrt", "--preview"],
            "there is no job 'convrt' in leadbridge.yaml (did you mean 'convert'?); there are: convert, sync",
        ),
    ],
)
def test_what_is_wrong_with_the_call_is_one_sentence(project, capsys, arguments, sentence):
    assert main(["plan", *arguments]) == 2
    assert capsys.readouterr() == ("", f"{sentence}\n")


@pytest.mark.parametrize(
    ("edit", "sentence"),
    [
        (
            ("into: crm, ", ""),
            "job 'convert' cannot make a record of role contact in 'web': no mapping gives it an object that can be "
            "written; name the connection that has them as the job's `into:`\n",
        ),
        (
            ("convert: [web]", "convert: [crm]"),
            "no mapping reads connection 'crm' as role lead or prospect: it has 'accounts.csv', 'contacts.csv', and "
            "mappings of that role read 'web.csv' (web.yaml); put that there, correct the mapping's `object`, or begin "
            "a mapping with: leadbridge mappings suggest crm\n",
        ),
        (
            ("policy: convert.yaml", 'policy: convert.yaml, where: "scroe > 1"'),
            "leadbridge.yaml:5:69: jobs.convert.where: unknown name 'scroe' (did you mean 'score'?)\n",
        ),
    ],
)
def test_a_job_that_cannot_work_is_said_before_anything_is_read(tmp_path, monkeypatch, capsys, edit, sentence):
    monkeypatch.chdir(make_project(tmp_path, leadbridge_yaml=CONFIG.replace(*edit)))
    assert main(["plan", "convert", "--preview"]) == 2
    assert capsys.readouterr() == ("", sentence)


def test_fields_that_the_crm_cannot_hold_are_said_once(tmp_path, monkeypatch, capsys):
    policy = POLICY.replace("    email: email\n", "    email: email\n    company: company\n")
    monkeypatch.chdir(make_project(tmp_path, convert_yaml=policy))
    main(["plan", "convert", "--preview"])
    out = capsys.readouterr().out
    assert "  No field in crm holds these values of a contact: company (2).\n" in out
    assert out.count("company (2)") == 1


def test_a_plugins_veto_and_values_are_heard(project, capsys, monkeypatch):
    from leadbridge import hookimpl
    from leadbridge.extend import Fragment
    from leadbridge.plugins import load_plugins

    class Choosy:
        @hookimpl
        def leadbridge_convert(self, requests):
            by_name = {request.lead["first_name"]: request for request in requests}
            assert by_name["Ada"].matched["contact"].id == "C1"
            assert "contact" not in by_name["Bob"].matched
            more = {"account": {"website": "https://reuter.example"}, "contact": {"last_name": "Other"}}
            return [Fragment(by_name["Bob"].number, veto="on the stop list"), Fragment(by_name["Ada"].number, more)]

    monkeypatch.setattr("leadbridge.jobs.workspace.load_plugins", lambda: load_plugins([Choosy()]))
    (project / "crm" / "accounts.csv").write_text("id,name,website,employees\nA1,Reuter,,\n")
    document = preview(capsys)
    assert [conversion["lead"] for conversion in document["conversions"]] == ["Ada King"]
    assert {"lead": "Bob Day", "reason": "veto: on the stop list"}.items() <= document["left_out"][-1].items()
    website = next(change for change in document["rows"][0]["changes"] if change["field"] == "website")
    assert (website["new"], website["rule"]) == ("https://reuter.example", "fill_blank: website was blank")
    assert "Other" not in json.dumps(document["rows"])
