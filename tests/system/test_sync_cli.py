"""Two folders of CSV files kept in step from the command line: plan, apply, sync, undo, and what stops them."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from syncing import CONFIG, call, edit, make_sync_project, tables

from leadbridge.cli import main
from leadbridge.jobs.sync.api import open_state
from leadbridge.jobs.workspace import load_workspace
from leadbridge.state import goldens


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(make_sync_project(tmp_path))
    return tmp_path


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def in_step(capsys) -> None:
    """The first plan of job people, approved."""
    call(capsys, "plan", "people")
    call(capsys, "apply", "--yes")


class TestPlan:
    def test_it_is_shown_kept_and_not_written(self, project: Path, capsys) -> None:
        before = tables(project)
        assert main(["plan", "people"]) == 0
        out, err = capsys.readouterr()
        assert out.startswith("Plan 1 of job people\n")
        assert "+ create in crm:contacts.csv" in out
        assert "+ create in shop:people.csv" in out
        assert "Finn" in out
        assert out.endswith("leadbridge apply 1\n")
        assert err == ""
        assert tables(project) == before

    def test_as_json_and_csv(self, project: Path, capsys) -> None:
        document = call(capsys, "plan", "people")
        writes = [row for row in document["rows"] if row["action"] != "settle"]
        assert document["writes"] == {"crm": {"create": 1}, "shop": {"create": 1}}
        assert [(row["action"], row["connection"], row["label"]) for row in writes] == [
            ("create", "crm", "Finn Moe"),
            ("create", "shop", "Eva Low"),
        ]
        assert {change["field"] for change in writes[0]["changes"]} >= {"first_name", "last_name", "email", "title"}
        assert main(["plan", "people", "--csv"]) == 0
        lines = list(csv.DictReader(capsys.readouterr().out.splitlines()))
        assert {line["record"] for line in lines} == {"Finn Moe", "Eva Low"}

    def test_rows_of_an_inbox_are_told_by_file_and_line(self, project: Path, capsys) -> None:
        """Their ids are made of what they say, and mean nothing to people."""
        with (project / "crm/leads.csv").open("a") as lines:
            lines.write("L2,Ada,King,ada@reuter.example,,Reuter AG\n")
        assert main(["plan", "import"]) == 1
        planned = capsys.readouterr().out
        assert "company  Reuter GmbH (inbox/fair-1.csv:2) or Reuter AG (crm:leads.csv:L2)?" in planned
        assert "lead Bob Day (first contact, from inbox/fair-1.csv:3)" in planned
        assert "(first contact, from inbox/fair-1.csv:2)" in planned  # the phone that L2 lacks
        assert main(["apply", "--yes"]) == 1
        capsys.readouterr()
        assert main(["reviews"]) == 0
        asked = capsys.readouterr().out
        assert "Reuter GmbH (inbox/fair-1.csv:2)" in asked
        assert "fair-*.csv:" not in planned + asked
        assert main(["reviews", "answer", "1", "fair"]) == 0
        capsys.readouterr()
        call(capsys, "sync", "import", "--yes")
        assert [row["company"] for row in read(project / "crm/leads.csv") if row["id"] == "L2"] == ["Reuter GmbH"]

    def test_an_unknown_job(self, project: Path, capsys) -> None:
        assert main(["plan", "peple"]) == 2
        assert capsys.readouterr().err.startswith("there is no job 'peple' in leadbridge.yaml (did you mean 'people'?)")


class TestApply:
    def test_a_plan_is_carried_out_and_then_all_is_in_step(self, project: Path, capsys) -> None:
        in_step(capsys)
        assert {row["email"] for row in read(project / "crm/contacts.csv")} == {
            "dee@acme.example",
            "eva@acme.example",
            "finn@moe.example",
        }
        assert {row["E-Mail"] for row in read(project / "shop/people.csv")} == {
            "dee@acme.example",
            "eva@acme.example",
            "finn@moe.example",
        }
        assert read(project / "crm/contacts.csv")[0]["note"] == "keep me"
        after = tables(project)
        again = call(capsys, "sync", "people", "--yes")
        assert (again["state"], again["counts"].get("done", 0)) == ("done", 0)
        assert tables(project) == after
        verified = call(capsys, "verify", "people")
        assert [(one["object"], one["records"], one["in_step"]) for one in verified["objects"]] == [
            ("contacts.csv", 3, 3),
            ("people.csv", 3, 3),
        ]

    def test_a_row_edited_since_is_stale_and_the_rest_goes_on(self, project: Path, capsys) -> None:
        in_step(capsys)
        edit(project / "crm/contacts.csv", "Dee,Ray,dee@acme.example,Head", "Dee,Ray,dee@acme.example,Boss")
        edit(project / "crm/contacts.csv", "Eva,Low,eva@acme.example,,", "Eva,Low,eva@acme.example,Clerk,")
        call(capsys, "plan", "people")
        edit(project / "shop/people.csv", "dee@acme.example,Head", "dee@acme.example,Chief")
        done = call(capsys, "apply", "--yes", status=1)
        assert (done["counts"]["done"], done["codes"]) == (1, {"stale": 1})
        titles = {row["E-Mail"]: row["Job"] for row in read(project / "shop/people.csv")}
        assert (titles["dee@acme.example"], titles["eva@acme.example"]) == ("Chief", "Clerk")

    def test_a_plan_is_applied_once(self, project: Path, capsys) -> None:
        in_step(capsys)
        after = tables(project)
        assert main(["apply", "1", "--yes"]) == 3
        assert "applied" in capsys.readouterr().err
        assert tables(project) == after

    def test_a_changed_configuration_refuses_the_plan(self, project: Path, capsys) -> None:
        call(capsys, "plan", "people")
        before = tables(project)
        edit(project / "leadbridge.yaml", "first: prefer", "first: ask")
        assert main(["apply", "--yes"]) == 3
        assert capsys.readouterr().err.count("\n") == 1
        assert tables(project) == before

    def test_without_a_plan(self, project: Path, capsys) -> None:
        assert main(["apply", "--yes"]) == 2
        assert capsys.readouterr() == ("", "there is no plan that waits; make one with: leadbridge plan JOB\n")
        assert main(["apply", "7", "--yes"]) == 2
        assert capsys.readouterr() == ("", "there is no plan 7; make one with: leadbridge plan JOB\n")


class TestSync:
    def test_the_first_plan_must_be_approved(self, project: Path, capsys) -> None:
        before = tables(project)
        assert main(["sync", "people", "--yes"]) == 3
        assert "this is the first plan of job 'people' that writes (2 rows)" in capsys.readouterr().err
        assert tables(project) == before

    def test_nobody_can_be_asked(self, project: Path, capsys) -> None:
        assert main(["sync", "people"]) == 2
        assert capsys.readouterr() == (
            "",
            "nobody is at the terminal to be asked; add --yes to write, or look first with: leadbridge plan people\n",
        )
        call(capsys, "plan", "people")
        for command, look in ((["apply"], "plan people"), (["undo", "1"], "show 1")):
            assert main(command) == 2
            assert capsys.readouterr().err.endswith(f"look first with: leadbridge {look}\n")

    def test_an_inbox_is_imported_one_way(self, project: Path, capsys) -> None:
        inbox = (project / "inbox/fair-1.csv").read_bytes()
        call(capsys, "plan", "import")
        call(capsys, "apply", "--yes")
        rows = read(project / "crm/leads.csv")
        assert [(row["first"], row["email"]) for row in rows] == [
            ("Cy", "cy@fox.example"),
            ("Ada", "ada@reuter.example"),
            ("Bob", "bob@acme.example"),
        ]
        assert rows[1]["company"] == "Reuter GmbH"
        assert (project / "inbox/fair-1.csv").read_bytes() == inbox
        after = tables(project)
        again = call(capsys, "sync", "import", "--yes")
        assert (again["state"], again["counts"].get("done", 0)) == ("done", 0)
        assert tables(project) == after

    def test_a_conflict_is_settled_logged_and_can_be_restored(self, project: Path, capsys) -> None:
        in_step(capsys)
        edit(project / "crm/contacts.csv", "dee@acme.example,Head", "dee@acme.example,Boss")
        edit(project / "shop/people.csv", "dee@acme.example,Head", "dee@acme.example,Chief")
        done = call(capsys, "sync", "people", "--yes")
        assert (done["conflicts"], done["counts"]["done"]) == (1, 1)
        assert "Boss" in (project / "shop/people.csv").read_text()
        (conflict,) = call(capsys, "conflicts")["conflicts"]
        assert (conflict["field"], conflict["winner"]["value"], conflict["losers"][0]["value"]) == (
            "title",
            "Boss",
            "Chief",
        )
        assert main(["conflicts"]) == 0
        assert "title: Boss from crm:contacts.csv:C1, not Chief from shop:people.csv:7" in capsys.readouterr().out
        call(capsys, "conflicts", "restore", str(conflict["id"]))
        call(capsys, "sync", "people", "--yes")
        assert "Chief" in (project / "shop/people.csv").read_text()
        assert "Chief" in (project / "crm/contacts.csv").read_text()

    def test_show_says_why_a_value_is_what_it_is(self, project: Path, capsys) -> None:
        in_step(capsys)
        edit(project / "crm/contacts.csv", "dee@acme.example,Head", "dee@acme.example,Boss")
        edit(project / "shop/people.csv", "dee@acme.example,Head", "dee@acme.example,Chief")
        run = call(capsys, "sync", "people", "--yes")["run"]
        shown = call(capsys, "show", "shop:people.csv:7")
        assert {link["ref"] for link in shown["links"]} == {"crm:contacts.csv:C1", "shop:people.csv:7"}
        title = next(field for field in shown["fields"] if field["field"] == "title")
        assert (title["value"], title["origin"], title["run"]) == ("Boss", "crm", run)
        assert [loser["value"] for loser in title["losers"]] == ["Chief"]
        assert main(["show", "shop:people.csv:7"]) == 0
        assert "title" in capsys.readouterr().out
        assert main(["show", str(run)]) == 0
        out = capsys.readouterr().out
        assert f"Run {run} of job people: sync, done" in out
        assert "Chief -> Boss" in out

    @pytest.mark.parametrize(
        ("what", "sentence"),
        [
            ("crm", "'crm' is no record; write one as CONNECTION:OBJECT:ID, such as crm:contacts.csv:C1\n"),
            ("99", "there is no run 99"),
            ("crm:contacts.csv:C9", "crm:contacts.csv:C9"),
        ],
    )
    def test_show_of_what_is_not_there(self, project: Path, capsys, what: str, sentence: str) -> None:
        in_step(capsys)
        assert main(["show", what]) == 2
        assert sentence in capsys.readouterr().err

    def test_runs_are_listed(self, project: Path, capsys) -> None:
        assert main(["runs"]) == 0
        assert capsys.readouterr() == ("", "No run yet.\n")
        in_step(capsys)
        run = call(capsys, "sync", "people", "--yes")["run"]
        assert call(capsys, "runs", "--limit", "1")["runs"][0]["run"] == run
        call(capsys, "plan", "people")
        assert main(["runs"]) == 0
        lines = [line.split() for line in capsys.readouterr().out.splitlines()]
        assert lines[0] == ["RUN", "JOB", "KIND", "STATE", "STARTED", "PLAN", "ROWS", "NOTE"]
        assert [(line[0], line[3], line[8:]) for line in lines[1:]] == [
            ("3", "planned", ["waits", "for:", "leadbridge", "apply", "3"]),
            ("2", "done", []),
            ("1", "done", ["2", "written,", "3", "remembered"]),
        ]


class TestVerify:
    def test_every_record_is_counted_once(self, project: Path, capsys) -> None:
        in_step(capsys)
        edit(project / "crm/contacts.csv", "dee@acme.example,Head", "dee@acme.example,Boss")
        file = project / "shop/people.csv"
        file.write_text("".join(line for line in file.read_text().splitlines(True) if "finn@" not in line))
        with file.open("a") as lines:
            lines.write("9,Gus,Orr,gus@orr.example,,no\n")
        crm, shop = call(capsys, "verify", "people")["objects"]
        assert {name: crm[name] for name in ("records", "in_step", "edited", "missing")} == {
            "records": 3,
            "in_step": 2,
            "edited": 1,
            "missing": 0,
        }
        assert {name: shop[name] for name in ("records", "in_step", "new", "missing")} == {
            "records": 3,
            "in_step": 2,
            "new": 1,
            "missing": 1,
        }
        assert main(["verify", "people"]) == 0
        assert capsys.readouterr().out.splitlines()[0].split()[:4] == ["IN", "OBJECT", "RECORDS", "IN"]

    def test_a_golden_record_that_was_changed_behind_everybodys_back_differs(self, project: Path, capsys) -> None:
        in_step(capsys)
        with open_state(load_workspace(None)) as store, store.begin() as tx:
            stored = goldens.page(tx)
            dee = next(one for one in stored if one.golden.value("first_name") == "Dee")
            fields = {**dee.golden.fields, "title": replace(dee.golden.fields["title"], value="Boss")}
            goldens.update_expected(tx, [replace(dee.golden, fields=fields)], {dee.golden.id: dee.version})
        crm, shop = call(capsys, "verify", "people", status=1)["objects"]
        assert (crm["differs"], shop["differs"]) == (1, 1)
        assert crm["examples"] == [{"ref": "crm:contacts.csv:C1", "fields": ["title"]}]
        assert main(["verify", "people"]) == 1
        assert "  shop:people.csv:7 differs in Job\n" in capsys.readouterr().out

    def test_what_is_only_read_is_not_compared(self, project: Path, capsys) -> None:
        call(capsys, "plan", "import")
        call(capsys, "apply", "--yes")
        fair, crm = call(capsys, "verify", "import")["objects"]
        assert (fair["records"], fair["read_only"], crm["records"], crm["in_step"]) == (2, 2, 3, 3)


class TestUndo:
    def test_the_files_are_what_they_were_byte_for_byte(self, project: Path, capsys) -> None:
        before = tables(project)
        in_step(capsys)
        assert tables(project) != before
        run = call(capsys, "runs", "--limit", "1")["runs"][0]["run"]
        undone = call(capsys, "undo", str(run), "--yes")
        assert (undone["state"], undone["counts"]["done"], undone["left"]) == ("done", 2, [])
        assert tables(project) == before
        call(capsys, "sync", "people", "--yes")
        assert tables(project) == before  # what was put back is held
        assert main(["undo", str(run), "--yes"]) == 3
        assert capsys.readouterr().err.startswith(f"run {run} was undone already, by run {undone['run']}")

    def test_what_was_edited_since_stays_and_is_named(self, project: Path, capsys) -> None:
        in_step(capsys)
        edit(project / "crm/contacts.csv", "Dee,Ray,dee@acme.example,Head", "Dee,Roy,dee@acme.example,Boss")
        run = call(capsys, "sync", "people", "--yes")["run"]
        edit(project / "shop/people.csv", "dee@acme.example,Boss", "dee@acme.example,Chief")
        undone = call(capsys, "undo", str(run), "--yes")
        assert [(left["ref"], left["field"], left["now"]) for left in undone["left"]] == [
            ("shop:people.csv:7", "title", "Chief")
        ]
        row = read(project / "shop/people.csv")[0]
        assert (row["Family"], row["Job"]) == ("Ray", "Chief")

    @pytest.mark.parametrize(("file", "job"), [("shop/people.csv", "Head"), ("crm/contacts.csv", "Boss")])
    def test_an_edit_lifts_what_is_held_and_counts_alone(self, project: Path, capsys, file: str, job: str) -> None:
        in_step(capsys)
        edit(project / "crm/contacts.csv", "dee@acme.example,Head", "dee@acme.example,Boss")
        run = call(capsys, "sync", "people", "--yes")["run"]
        call(capsys, "undo", str(run), "--yes")
        edit(project / file, f"dee@acme.example,{job}", "dee@acme.example,Chief")
        done = call(capsys, "sync", "people", "--yes")
        assert (done["counts"]["done"], done["conflicts"]) == (1, 0)
        assert read(project / "shop/people.csv")[0]["Job"] == read(project / "crm/contacts.csv")[0]["title"] == "Chief"
        shown = call(capsys, "show", "shop:people.csv:7")
        assert [field["held"] for field in shown["fields"] if field["field"] == "title"] == [False]

    def test_what_is_held_can_be_released(self, project: Path, capsys) -> None:
        in_step(capsys)
        edit(project / "crm/contacts.csv", "dee@acme.example,Head", "dee@acme.example,Boss")
        run = call(capsys, "sync", "people", "--yes")["run"]
        assert main(["undo", str(run), "--yes"]) == 0
        assert capsys.readouterr() == (f"Run {run + 1} of people: done; 1 written.\n", "")
        call(capsys, "sync", "people", "--yes")
        assert read(project / "shop/people.csv")[0]["Job"] == "Head"
        assert main(["release", "shop:people.csv:7"]) == 0
        assert capsys.readouterr() == ("1 hold released; the next run plans what they held.\n", "")
        call(capsys, "sync", "people", "--yes")
        assert read(project / "shop/people.csv")[0]["Job"] == "Boss"
        assert call(capsys, "release", "shop:people.csv:7") == {"ref": "shop:people.csv:7", "released": 0}

    def test_a_run_that_is_not_there(self, project: Path, capsys) -> None:
        assert main(["undo", "5", "--yes"]) == 2
        assert "5" in capsys.readouterr().err


class TestBrakes:
    def test_an_empty_source_stops_the_run(self, project: Path, capsys) -> None:
        in_step(capsys)
        call(capsys, "sync", "people", "--yes")
        file = project / "shop/people.csv"
        file.write_text(file.read_text().splitlines()[0] + "\n")
        before = tables(project)
        assert main(["sync", "people", "--yes"]) == 3
        err = capsys.readouterr().err
        assert "shop: people.csv is empty, it had 3 records at the last scan" in err
        assert "--override empty" in err
        assert tables(project) == before

    def test_a_share_of_creates_and_its_override(self, project: Path, capsys) -> None:
        edit(project / "leadbridge.yaml", "first: prefer", "first: prefer, brakes: {create: 1}")
        in_step(capsys)
        rows = [f"{n},G{n},F{n},p{n}@x.example,,no\n" for n in (20, 21, 22)]
        with (project / "shop/people.csv").open("a") as file:
            file.writelines(rows)
        assert main(["sync", "people", "--yes"]) == 3
        err = capsys.readouterr().err
        assert "crm: 3 creates of 3 linked records" in err
        assert err.endswith("if they are right, add --override create.\nNothing was written.\n")
        done = call(capsys, "sync", "people", "--yes", "--override", "create")
        assert done["counts"]["done"] == 3

    def test_a_brake_that_is_none(self, project: Path, capsys) -> None:
        assert main(["sync", "people", "--yes", "--override", "delte"]) == 2
        assert capsys.readouterr() == ("", "--override: there is no brake 'delte' (did you mean 'delete'?)\n")

    def test_a_changed_mapping_wants_a_new_baseline(self, project: Path, capsys) -> None:
        in_step(capsys)
        edit(project / "mappings/people.yaml", "  title: Job\n", "")
        assert main(["sync", "people", "--yes"]) == 3
        assert "leadbridge plan people --rebaseline" in capsys.readouterr().err
        call(capsys, "plan", "people", "--rebaseline")
        call(capsys, "apply", "--yes")
        assert call(capsys, "sync", "people", "--yes")["state"] == "done"


class TestRejects:
    def test_they_are_listed_exported_and_retried(self, project: Path, capsys) -> None:
        edit(project / "inbox/fair-1.csv", "030 1234567", "call me")
        call(capsys, "plan", "import", status=1)
        call(capsys, "apply", "--yes", status=1)
        (reject,) = call(capsys, "rejects")["rejects"]
        assert (reject["provider_field"], reject["source"]) == ("Telefon", "inbox/fair-1.csv:2")
        assert "raw" not in reject
        assert call(capsys, "rejects", "list", "--raw")["rejects"][0]["raw"] == {"Telefon": "call me"}
        assert main(["rejects"]) == 0
        out = capsys.readouterr().out
        assert "inbox/fair-1.csv:2" in out and "call me" not in out
        assert main(["rejects", "export", "--csv", "out.csv"]) == 0
        assert capsys.readouterr() == ("", "1 reject in out.csv.\n")
        (line,) = read(project / "out.csv")
        assert (line["code"], line["provider_field"]) == (reject["code"], "Telefon")
        assert "call me" not in (project / "out.csv").read_text()
        assert main(["rejects", "export", "--csv", "out.csv"]) == 2
        assert capsys.readouterr() == ("", "out.csv is there already; name a file that is not\n")
        assert main(["rejects", "export", "--csv", "raw.csv", "--raw", "-q"]) == 0
        assert "call me" in (project / "raw.csv").read_text()

    def test_a_row_that_was_stale_is_sent_again(self, project: Path, capsys) -> None:
        in_step(capsys)
        edit(project / "crm/contacts.csv", "dee@acme.example,Head", "dee@acme.example,Boss")
        call(capsys, "plan", "people")
        edit(project / "shop/people.csv", "dee@acme.example,Head", "dee@acme.example,Chief")
        call(capsys, "apply", "--yes", status=1)
        edit(project / "shop/people.csv", "dee@acme.example,Chief", "dee@acme.example,Head")
        call(capsys, "rejects", "retry", "--yes")
        assert "Boss" in (project / "shop/people.csv").read_text()
        assert call(capsys, "rejects")["rejects"] == []

    def test_there_are_none(self, project: Path, capsys) -> None:
        assert main(["rejects"]) == 0
        assert capsys.readouterr() == ("", "No open rejects.\n")
        assert main(["rejects", "retry", "--yes"]) == 0
        none = "Nothing to retry: there is no open reject of a row that was to be written.\n"
        assert capsys.readouterr() == ("", none)


class TestReviews:
    def test_a_delete_is_parked_asked_and_carried_out(self, project: Path, capsys) -> None:
        in_step(capsys)
        call(capsys, "sync", "people", "--yes")
        file = project / "shop/people.csv"
        file.write_text("".join(line for line in file.read_text().splitlines(True) if "eva@" not in line))
        call(capsys, "sync", "people", "--yes", status=1)
        assert "eva@acme.example" in (project / "crm/contacts.csv").read_text()
        (review,) = call(capsys, "reviews")["reviews"]
        assert review["kind"] == "delete"
        assert main(["reviews"]) == 0
        assert "answer with: delete or keep" in capsys.readouterr().out
        call(capsys, "reviews", "answer", str(review["id"]), "delete")
        call(capsys, "sync", "people", "--yes")
        assert "eva@acme.example" not in (project / "crm/contacts.csv").read_text()
        assert call(capsys, "reviews")["reviews"] == []

    def test_an_answer_that_is_none(self, project: Path, capsys) -> None:
        in_step(capsys)
        assert main(["reviews", "answer", "9", "delete"]) == 2
        assert "9" in capsys.readouterr().err


def test_a_backup_is_made_and_put_back(project: Path, capsys) -> None:
    in_step(capsys)
    assert main(["backup", "state.bak"]) == 0
    assert capsys.readouterr().out == "The state is copied to state.bak.\n"
    runs = len(call(capsys, "runs")["runs"])
    call(capsys, "sync", "people", "--yes")
    assert main(["backup", "state.bak"]) == 2
    capsys.readouterr()
    assert main(["restore", "state.bak"]) == 2
    assert capsys.readouterr().err == "nobody is at the terminal to be asked; add --yes to restore\n"
    assert main(["restore", "state.bak", "--yes"]) == 0
    capsys.readouterr()
    assert len(call(capsys, "runs")["runs"]) == runs


def test_unattended_jobs_write_without_yes_once_they_are_approved(tmp_path: Path, monkeypatch, capsys) -> None:
    config = CONFIG.replace("first: prefer", "first: prefer, unattended: true")
    monkeypatch.chdir(make_sync_project(tmp_path, leadbridge_yaml=config))
    assert main(["sync", "people"]) == 3
    capsys.readouterr()
    in_step(capsys)
    edit(tmp_path / "crm/contacts.csv", "dee@acme.example,Head", "dee@acme.example,Boss")
    assert call(capsys, "sync", "people")["counts"]["done"] == 1


def test_many_questions_of_a_kind_stay_readable_and_take_one_answer(project: Path, capsys) -> None:
    rows = "".join(
        f"C{n},Dee{n},Ray,dee{n}@acme.example,,no,\nD{n},Dee{n},Ray,dee{n}@acme.example,,no,\n" for n in range(30)
    )
    (project / "crm/contacts.csv").write_text("id,first,last,email,title,out,note\n" + rows)
    assert main(["plan", "people"]) == 1
    shown = capsys.readouterr().out
    assert shown.count("  surplus  ") == 10
    assert "... and 20 more with a surplus record" in shown
    call(capsys, "apply", "--yes", status=1)
    assert main(["reviews"]) == 0
    shown = capsys.readouterr().out
    assert shown.count("answer with: keep or different") == 5
    assert "... and 25 more of kind surplus: leadbridge reviews --kind surplus" in shown
    assert main(["reviews", "--kind", "surplus"]) == 0
    assert capsys.readouterr().out.count("answer with: keep or different") == 30
    assert main(["reviews", "--kind", "surplsu"]) == 2
    assert "did you mean 'surplus'" in capsys.readouterr().err
    assert call(capsys, "reviews", "answer", "surplus", "keep")["answered"] == 30
    assert call(capsys, "reviews") == {"reviews": []}
    assert call(capsys, "sync", "people", "--yes")["counts"]["done"] == 0


def test_twins_in_an_inbox_are_no_question(project: Path, capsys) -> None:
    text = (project / "inbox/fair-1.csv").read_text()
    (project / "inbox/fair-1.csv").write_text(text + "Ada;King;ada@reuter.example;;Reuter GmbH\n")
    call(capsys, "plan", "import")
    assert call(capsys, "apply", "--yes")["questions"] == 0


def test_a_plan_that_waits_is_told_as_such_and_is_nothing_to_undo(project: Path, capsys) -> None:
    call(capsys, "plan", "people")
    assert call(capsys, "runs")["runs"][0]["waits"] is True
    assert main(["runs"]) == 0
    out = capsys.readouterr().out
    assert "planned" in out
    assert "waits for: leadbridge apply 1" in out
    assert main(["undo", "1", "--yes"]) == 2
    assert capsys.readouterr().err == "run 1 wrote nothing, so there is nothing to undo\n"
    call(capsys, "apply", "--yes")
    assert call(capsys, "runs")["runs"][0]["waits"] is False
    assert main(["undo", "1", "--yes"]) == 0
    assert "leadbridge undo" not in capsys.readouterr().out


BAD = ("C8,", "C1,Twice", ",No")


def test_rows_that_cannot_be_read_are_told_once_and_cleared_when_mended(project: Path, capsys) -> None:
    in_step(capsys)
    file = project / "crm/contacts.csv"
    good = file.read_text()
    file.write_text(good + "C8,Short\nC1,Twice,Ray,t@x.example,,no,\n,No,Key,nk@x.example,,no,\n")
    assert call(capsys, "sync", "people", "--yes", status=1)["rejects"] == 3
    assert call(capsys, "sync", "people", "--yes")["rejects"] == 0

    # A row comes above them: they are no new ones, and stand elsewhere.
    head, _, rest = file.read_text().partition("\n")
    file.write_text(f"{head}\nC9,Ivy,Orr,ivy@orr.example,,no,\n{rest}")
    assert call(capsys, "sync", "people", "--yes")["rejects"] == 0
    bad = [n for n, line in enumerate(file.read_text().splitlines(), 1) if line.startswith(BAD)]
    told = {reject["source"] for reject in call(capsys, "rejects")["rejects"]}
    assert told == {f"crm/contacts.csv:{number}" for number in bad}

    # One is mended, the others stand.
    edit(file, "C8,Short\n", "")
    assert call(capsys, "sync", "people", "--yes")["rejects"] == 0
    assert {reject["code"] for reject in call(capsys, "rejects")["rejects"]} == {"duplicate_key", "missing_key"}
    edit(file, "C1,Twice,Ray,t@x.example,,no,\n", "")
    edit(file, ",No,Key,nk@x.example,,no,\n", "")
    call(capsys, "sync", "people", "--yes")
    assert call(capsys, "rejects") == {"rejects": []}
