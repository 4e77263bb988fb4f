from __future__ import annotations

import csv
import io

import pytest
from projects import CONFIG, LEADS, SCORING, WEB, make_project, read_json

from leadbridge.cli import main


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.chdir(make_project(tmp_path))
    return tmp_path


def names(document):
    return [lead["values"]["first_name"] for lead in document["leads"]]


def test_a_table_with_the_best_leads_first(project, capsys):
    assert main(["leads"]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines()[:3] == [
        "NAME      COMPANY      EMAIL               SCORE  RATING  CONNECTION",
        "Ada King  Reuter GmbH  ada@reuter.example     40  cold    web",
        "Bob Day   Acme         bob@gmail.com          10  cold    web",
    ]
    assert err == "6 of 6 leads shown.\n"


def test_leads_are_filtered_sorted_and_cut(project, capsys):
    assert main(["leads", "--where", "company == 'Acme'", "--sort", "-first_name", "--limit", "2", "--json"]) == 0
    document = read_json(capsys)
    assert names(document) == ["Eva", "Dee"]
    assert (document["captured"], document["found"]) == (6, 3)


@pytest.mark.parametrize(("sort", "order"), [("employees", "Bob Ada"), ("-employees", "Ada Bob")])
def test_absent_values_come_last_in_either_order(project, capsys, sort, order):
    main(["leads", "--sort", sort, "--json"])
    assert names(read_json(capsys)) == [*order.split(), "Cy", "Dee", "Eva", "ADA"]


def test_sorting_is_stable_over_several_fields(project, capsys):
    main(["leads", "--sort", "company,-first_name", "--json"])
    assert names(read_json(capsys)) == ["Eva", "Dee", "Bob", "ADA", "Ada", "Cy"]


def test_each_lead_explains_its_score_in_json(project, capsys):
    main(["leads", "--limit", "1", "--json"])
    (lead,) = read_json(capsys)["leads"]
    assert lead["source"] == "inbox/web.csv:2"
    assert lead["values"]["opted_out_of_email"] is False
    assert lead["score"] == {
        "score": 40,
        "grade": "B",
        "rating": "cold",
        "reasons": [
            {"group": "fit", "points": 30, "text": "a large company"},
            {"group": "fit", "points": 10, "text": "names a company"},
        ],
    }


def test_csv_of_the_columns_asked_for(project, capsys):
    assert main(["leads", "--columns", "name, employees,source,opted_out_of_email", "--limit", "2", "--csv"]) == 0
    assert list(csv.reader(io.StringIO(capsys.readouterr().out))) == [
        ["name", "employees", "source", "opted_out_of_email"],
        ["Ada King", "250", "inbox/web.csv:2", "no"],
        ["Bob Day", "12", "inbox/web.csv:3", "no"],
    ]


def test_hostile_cells_are_harmless_in_the_terminal_and_in_a_spreadsheet(tmp_path, monkeypatch, capsys):
    hostile = 'First,Last,Company,Mail,Staff,Out\n\x1b[2J,"=HYPERLINK(""http://evil.example"")",@x,,,\n'
    monkeypatch.chdir(make_project(tmp_path, leads=hostile))
    main(["leads", "--columns", "first_name,last_name,company", "--csv"])
    row = capsys.readouterr().out.splitlines()[1]
    assert row.endswith(""",\"'=HYPERLINK(""http://evil.example"")",'@x""")
    main(["leads", "--columns", "first_name,last_name"])
    assert "\x1b" not in capsys.readouterr().out


def test_rejects_are_named_on_stderr_and_in_the_status(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(make_project(tmp_path, leads=LEADS + "too,few\nFay,Zed,Acme,nonsense,ten,no\n"))
    assert main(["leads", "--json"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith("{")
    assert err.splitlines()[1] == "Rejected: 1 column_count, 1 bad_email, 1 bad_number"
    assert "inbox/web.csv:8: the row has 2 cells, the header has 6" in err
    assert "nonsense" not in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--columns", "emial"], "--columns: there is no column 'emial' (did you mean 'email'?)"),
        (["--sort", "-scroe"], "--sort: there is no field of a person 'scroe' (did you mean 'score'?)"),
        (["--role", "leed"], "--role: there is no role of a person 'leed' (did you mean 'lead'?)"),
        (["--where", "scroe > 1"], "--where: unknown name 'scroe' (did you mean 'score'?)"),
        (
            ["--connection", "wbe"],
            "there is no connection 'wbe' in leadbridge.yaml (did you mean 'web'?); there are: web, crm",
        ),
        (
            ["--connection", "crm"],
            "no mapping reads connection 'crm' as role lead or prospect: it has 'accounts.csv', 'contacts.csv', and "
            "mappings of that role read 'web.csv' (web.yaml); put that there, correct the mapping's `object`, or begin "
            "a mapping with: leadbridge mappings suggest crm",
        ),
        (
            ["--role", "prospect"],
            "no mapping in mappings/ reads an object of a connection as role prospect; "
            "begin one with: leadbridge mappings suggest CONNECTION",
        ),
    ],
)
def test_what_is_wrong_with_the_call_is_one_sentence(project, capsys, arguments, sentence):
    assert main(["leads", *arguments]) == 2
    assert capsys.readouterr() == ("", f"{sentence}\n")


def test_a_condition_that_errs_on_some_rows_rejects_these(project, capsys):
    assert main(["leads", "--where", "employees / (employees - 12) > 0", "--json"]) == 1
    out, err = capsys.readouterr()
    assert "condition" in err
    assert "--where: the condition 'employees / (employees - 12) > 0' divides by zero" in err
    assert '"Ada"' in out


def test_a_scoring_rule_that_errs_names_the_row(tmp_path, monkeypatch, capsys):
    rule = "  - {when: 100 / (employees - 12) > 0, points: 5, group: fit, because: odd}\n"
    monkeypatch.chdir(make_project(tmp_path, scoring_yaml=SCORING + rule))
    assert main(["leads", "--json"]) == 1
    assert "inbox/web.csv:3: the condition '100 / (employees - 12) > 0' divides by zero" in capsys.readouterr().err


def test_a_mapping_that_names_a_missing_column_is_a_fault_with_its_place(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(make_project(tmp_path, web_yaml=WEB.replace("email: Mail", "email: Maill")))
    assert main(["leads"]) == 2
    assert capsys.readouterr().err == (
        "mappings/web.yaml:9:10: fields.email: 'web.csv' of connection 'web' has no field 'Maill' "
        "(did you mean 'Mail'?)\n"
    )


def test_rows_that_two_mappings_cover_are_rejects(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(make_project(tmp_path, other_yaml=WEB.replace("role: lead", 'role: lead\nwhen: Staff == "12"')))
    assert main(["leads", "--json"]) == 1
    out, err = capsys.readouterr()
    assert "1 overlapping_mappings" in err
    assert "inbox/web.csv:3: other.yaml and web.yaml both cover this row" in err
    assert '"captured": 5' in out


def test_records_that_no_mapping_covers_are_counted(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(make_project(tmp_path, web_yaml=WEB.replace("role: lead", "role: lead\nwhen: int(Staff) > 0")))
    assert main(["leads", "--json"]) == 0
    out, err = capsys.readouterr()
    assert '"captured": 2,\n  "uncovered": 4' in out
    said = "4 records passed over: no mapping covers them (when, unless)."
    assert err == f"2 of 2 leads shown.\n{said}\n"
    assert main(["plan", "convert", "--preview"]) == 0
    assert f"\n{said}\n" in capsys.readouterr().out


def test_a_file_that_is_not_there_fails_the_connection(project, capsys):
    (project / "inbox" / "web.csv").unlink()
    assert main(["leads"]) == 4
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("connection 'web': inbox/web.csv is not there")
    assert err.count("\n") == 1


def test_without_a_scoring_file_there_is_no_score(tmp_path, monkeypatch, capsys):
    project = make_project(tmp_path)
    (project / "mappings" / "scoring.yaml").unlink()
    monkeypatch.chdir(project)
    assert main(["leads", "--limit", "1", "--json"]) == 0
    (lead,) = read_json(capsys)["leads"]
    assert lead["score"] is None
    assert "score" not in lead["values"]


def test_the_project_is_found_from_below_and_by_option(project, monkeypatch, capsys):
    monkeypatch.chdir(project / "inbox")
    assert main(["leads", "-q"]) == 0
    monkeypatch.chdir(project.parent)
    assert main(["leads", "-q", "--config", str(project)]) == 0
    assert main(["leads", "-q", "--config", str(project / "leadbridge.yaml")]) == 0
    assert capsys.readouterr().err == ""


def test_every_fault_of_every_file_at_once(tmp_path, monkeypatch, capsys):
    files = {"web_yaml": WEB.replace("last_name", "lastname"), "scoring_yaml": SCORING.replace("company", "compny")}
    monkeypatch.chdir(make_project(tmp_path, **files))
    assert main(["leads"]) == 2
    err = capsys.readouterr().err.splitlines()
    assert len(err) == 2
    assert err[0].startswith("mappings/scoring.yaml:4:")
    assert err[1].startswith("mappings/web.yaml:7:3: fields.lastname: ")


def test_a_path_that_leaves_the_project_is_refused(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(make_project(tmp_path, leadbridge_yaml=CONFIG.replace("inbox/web.csv", "../web.csv")))
    assert main(["leads"]) == 2
    assert "../web.csv" in capsys.readouterr().err
