"""``leadbridge mappings`` as a person uses it: what it prints, where, and with which exit status."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from projects import WEB, make_project, read_json

from leadbridge.cli import main


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(make_project(tmp_path))
    return tmp_path


def edit(project: Path, name: str, old: str, new: str) -> None:
    file = project / "mappings" / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


class TestLint:
    def test_nothing_to_mend(self, project: Path, capsys) -> None:
        assert main(["mappings", "lint"]) == 0
        assert capsys.readouterr() == ("", "5 files: nothing to mend.\n")

    def test_quiet(self, project: Path, capsys) -> None:
        assert main(["mappings", "lint", "-q"]) == 0
        assert capsys.readouterr() == ("", "")

    def test_a_missing_column(self, project: Path, capsys) -> None:
        edit(project, "web.yaml", "email: Mail", "email: E-Mail")
        assert main(["mappings", "lint"]) == 2
        out, err = capsys.readouterr()
        assert out == (
            "mappings/web.yaml:9:10: fields.email: 'web.csv' of connection 'web' has no field 'E-Mail'"
            " (did you mean 'Mail'?)\n"
        )
        assert err == "1 error, 0 warnings.\n"

    def test_warnings_alone_leave_the_status(self, project: Path, capsys) -> None:
        edit(project, "scoring.yaml", "employees >= 100", "budget >= 100")
        assert main(["mappings", "lint"]) == 0
        out, err = capsys.readouterr()
        assert out == (
            "mappings/scoring.yaml:3:12: warning: rules[0].when: asks for 'budget', which no mapping of leads fills,"
            " so it stays undecided\n"
        )
        assert err == "0 errors, 1 warning.\n"

    def test_faults_of_files_that_cannot_be_read(self, project: Path, capsys) -> None:
        edit(project, "web.yaml", "email: Mail", "emial: Mail")
        edit(project, "convert.yaml", "version: 2", "version: two")
        assert main(["mappings", "lint"]) == 2
        out, err = capsys.readouterr()
        assert out == (
            "mappings/convert.yaml:2:10: version: must be a whole number\n"
            "mappings/web.yaml:9:3: fields.emial: a person has no field 'emial'; declare it in fields.yaml or choose"
            " another (did you mean 'email'?)\n"
        )
        assert err == "2 errors, 0 warnings.\n"

    def test_a_finding_cannot_steer_the_terminal(self, project: Path, capsys) -> None:
        edit(project, "web.yaml", "email: Mail", '"\\e[2J": Mail')
        assert main(["mappings", "lint"]) == 2
        assert capsys.readouterr().out == (
            r"""mappings/web.yaml:9:3: fields["\x1b[2J"]: a person has no field '\x1b[2J'; declare it in fields.yaml"""
            " or choose another\n"
        )

    def test_json(self, project: Path, capsys) -> None:
        edit(project, "web.yaml", "email: Mail", "email: E-Mail")
        assert main(["mappings", "lint", "--json"]) == 2
        document = read_json(capsys)
        assert document == {
            "errors": 1,
            "warnings": 0,
            "findings": [
                {
                    "level": "error",
                    "code": "unknown_provider_field",
                    "file": "mappings/web.yaml",
                    "line": 9,
                    "column": 10,
                    "path": "fields.email",
                    "message": "'web.csv' of connection 'web' has no field 'E-Mail'",
                    "suggestion": "Mail",
                }
            ],
            "error": {"status": 2, "sentence": "1 error", "remedy": "correct the files where the findings say"},
        }

    def test_a_connection_that_cannot_be_read(self, project: Path, capsys) -> None:
        """What can be checked without it is; asked for by name it is an error."""
        (project / "inbox" / "web.csv").unlink()
        assert main(["mappings", "lint"]) == 0
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("Not compared with 'web': ")
        assert main(["mappings", "lint", "-C", "web"]) == 4
        out, err = capsys.readouterr()
        assert (out, "Traceback" in err, "web.csv" in err) == ("", False, True)

    def test_a_connection_that_is_not_there(self, project: Path, capsys) -> None:
        assert main(["mappings", "lint", "-C", "wbe"]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err == ("there is no connection 'wbe' in leadbridge.yaml (did you mean 'web'?); there are: web, crm\n")

    def test_no_project(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
        monkeypatch.chdir(tmp_path)
        assert main(["mappings", "lint"]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert "there is no leadbridge.yaml" in err


class TestTest:
    def test_all_holds(self, project: Path, capsys) -> None:
        assert main(["mappings", "test", "--examples", "20"]) == 0
        assert capsys.readouterr() == (
            "",
            "3 mappings: both laws hold for 14 fields, and 0 examples give what they should.\n",
        )

    def test_an_example_that_does_not_hold(self, project: Path, capsys) -> None:
        text = WEB + "tests: [{from: {Mail: Ada@X.example}, gives: {email: Ada@X.example}}]\n"
        (project / "mappings" / "web.yaml").write_text(text, encoding="utf-8")
        assert main(["mappings", "test", "--examples", "5"]) == 0
        edit(project, "web.yaml", "gives: {email: Ada@X.example}", "gives: {email: ada@y.example}")
        capsys.readouterr()
        assert main(["mappings", "test", "--examples", "5"]) == 2
        out, err = capsys.readouterr()
        assert out == ("mappings/web.yaml:12:54: tests[0].gives.email: gives 'ada@x.example', not 'ada@y.example'\n")
        assert err == "1 error, 0 warnings.\n"

    def test_json(self, project: Path, capsys) -> None:
        assert main(["mappings", "test", "--json", "--examples", "5", "--seed", "7"]) == 0
        assert read_json(capsys) == {"errors": 0, "warnings": 0, "findings": []}

    def test_files_that_cannot_be_read(self, project: Path, capsys) -> None:
        edit(project, "web.yaml", "email: Mail", "emial: Mail")
        assert main(["mappings", "test"]) == 2
        out, err = capsys.readouterr()
        assert (out, err.startswith("mappings/web.yaml:9:3: fields.emial: ")) == ("", True)


class TestSchema:
    def test_into_the_mappings_folder(self, project: Path, capsys) -> None:
        (project / "mappings" / "fields.yaml").write_text(
            "kind: fields\nperson: {hat_size: {type: integer, doc: Round the head.}}\n", encoding="utf-8"
        )
        assert main(["mappings", "schema"]) == 0
        out, _ = capsys.readouterr()
        names = [Path(line).name for line in out.splitlines()]
        assert {"mapping.json", "convert.json", "fields.json", "scoring.json", "project.json"} <= set(names)
        schema = json.loads((project / "mappings" / ".schema" / "mapping.json").read_text(encoding="utf-8"))
        assert schema["properties"]["fields"]["properties"]["hat_size"]["description"] == "Round the head."
        assert main(["mappings", "lint"]) == 0  # the folder is still read as it was

    def test_one_kind_is_printed(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
        """Without a project, with the standard fields."""
        monkeypatch.chdir(tmp_path)
        assert main(["mappings", "schema", "convert"]) == 0
        assert read_json(capsys)["title"] == "ConvertFile"
        assert list(tmp_path.iterdir()) == []

    def test_elsewhere(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
        monkeypatch.chdir(tmp_path)
        assert main(["mappings", "schema", "fields", "--out", "a/b", "--json"]) == 0
        assert read_json(capsys) == {"files": ["a/b/fields.json"]}
        assert (tmp_path / "a" / "b" / "fields.json").is_file()

    def test_an_unknown_kind(self, project: Path, capsys) -> None:
        assert main(["mappings", "schema", "maping"]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith(
            "there is no kind of file 'maping' (did you mean 'mapping'?); there are: mapping, convert"
        )

    def test_nowhere_to_write(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> None:
        monkeypatch.chdir(tmp_path)
        (tmp_path / "file").touch()
        assert main(["mappings", "schema", "fields", "--out", "file"]) == 2
        out, err = capsys.readouterr()
        assert (out, err) == ("", "cannot write file/fields.json: File exists; choose another --out\n")


class TestSuggest:
    def test_a_file_that_lints_clean(self, project: Path, capsys) -> None:
        assert main(["mappings", "suggest", "web"]) == 0
        out, err = capsys.readouterr()
        assert out == (
            "# yaml-language-server: $schema=.schema/mapping.json\n"
            "# Proposed from the header and some samples. Look it through, then run: leadbridge mappings lint\n"
            "kind: mapping\n"
            "provider: csv\n"
            "object: web.csv\n"
            "role: lead\n"
            "fields:\n"
            "  first_name: First\n"
            "  last_name: Last\n"
            "  email: Mail\n"
            "  company: {field: Company, as: company_name}\n"
            "  employees: Staff\n"
            "  # Columns that are not mapped; their values stay in the file:\n"
            "  # Out: yes or no\n"
        )
        assert err == ""
        (project / "mappings" / "web.yaml").write_text(out, encoding="utf-8")
        edit(project, "convert.yaml", "unless: opted_out_of_email", "unless: has(record.do_not_call)")
        assert main(["mappings", "lint"]) == 0
        assert main(["mappings", "test", "--examples", "20"]) == 0

    def test_no_value_of_a_record_is_printed(self, project: Path, capsys) -> None:
        main(["mappings", "suggest", "web"])
        out, _ = capsys.readouterr()
        assert not any(word in out for word in ("Ada", "King", "Reuter", "Acme", "250"))

    def test_mappings_that_are_at_fault_are_no_hindrance(self, project: Path, capsys) -> None:
        edit(project, "web.yaml", "email: Mail", "emial: Mail")
        assert main(["mappings", "suggest", "web", "--json"]) == 0
        document = read_json(capsys)
        assert (document["object"], document["role"]) == ("web.csv", "lead")
        assert "email: Mail" in document["mapping"]

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["crm"], "connection 'crm' has 2 objects; choose with --object: accounts.csv, contacts.csv"),
            (
                ["crm", "--object", "account.csv"],
                "there is no object 'account.csv' (did you mean 'accounts.csv'?);"
                " there are: accounts.csv, contacts.csv",
            ),
            (["wbe"], "there is no connection 'wbe' in leadbridge.yaml (did you mean 'web'?); there are: web, crm"),
            (
                ["web", "--role", "leed"],
                "there is no role 'leed' (did you mean 'lead'?); there are: lead, prospect, contact, account,"
                " opportunity, activity, user, queue, campaign, campaign_member",
            ),
        ],
    )
    def test_what_is_not_there(self, project: Path, capsys, arguments: list[str], message: str) -> None:
        assert main(["mappings", "suggest", *arguments]) == 2
        assert capsys.readouterr() == ("", message + "\n")

    @pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\n\n"])
    def test_an_empty_file(self, project: Path, capsys, data: bytes) -> None:
        (project / "inbox" / "web.csv").write_bytes(data)
        sentence = "'web.csv' of connection 'web' is empty: it has no header, so no fields; fill it first"
        assert main(["mappings", "suggest", "web", "--out", "mappings/web.yaml", "--force"]) == 2
        assert capsys.readouterr() == ("", f"{sentence}\n")
        assert (project / "mappings" / "web.yaml").read_text(encoding="utf-8") == WEB
        assert main(["mappings", "lint"]) == 2
        assert capsys.readouterr() == (f"mappings/web.yaml:3:9: object: {sentence}\n", "1 error, 0 warnings.\n")
        assert main(["leads"]) == 2
        assert capsys.readouterr() == ("", f"mappings/web.yaml:3:9: object: {sentence}\n")

    def test_columns_that_nobody_knows(self, project: Path, capsys) -> None:
        (project / "inbox" / "web.csv").write_text("x1,x2\na,b\n", encoding="utf-8")
        assert main(["mappings", "suggest", "web"]) == 0
        hint = "# No column is known by its name or its samples. Write what each is, as in `email: Column 1`."
        assert f"{hint}\nfields: {{}}\n" in capsys.readouterr().out

    def test_a_file_without_a_header(self, project: Path, capsys) -> None:
        (project / "inbox" / "web.csv").write_text("Ada,ada@x.example\nBob,bob@x.example\n", encoding="utf-8")
        assert main(["mappings", "suggest", "web"]) == 0
        hint = (
            "# check: the first line looks like a record; if the header is missing, write the columns' names above it"
        )
        assert f"{hint}\nkind: mapping\n" in capsys.readouterr().out

    def test_it_is_written_to_a_file_as_it_is_printed_and_over_nothing(self, project: Path, capsys) -> None:
        main(["mappings", "suggest", "web"])
        printed, _ = capsys.readouterr()
        assert main(["mappings", "suggest", "web", "--out", "new.yaml"]) == 0
        assert capsys.readouterr() == ("", "")
        assert (project / "new.yaml").read_bytes() == printed.encode()
        (project / "new.yaml").write_text("mine")
        assert main(["mappings", "suggest", "web", "--out", "new.yaml"]) == 2
        remedy = "name a file that is not, or add --force"
        assert capsys.readouterr() == ("", f"new.yaml is there already; {remedy}\n")
        assert (project / "new.yaml").read_text() == "mine"
        assert main(["mappings", "suggest", "web", "--out", "new.yaml", "--force"]) == 0
        assert (project / "new.yaml").read_bytes() == printed.encode()

    def test_a_file_that_cannot_be_written(self, project: Path, capsys) -> None:
        assert main(["mappings", "suggest", "web", "--out", "nowhere/new.yaml"]) == 2
        assert capsys.readouterr() == ("", "nowhere/new.yaml cannot be written: No such file or directory\n")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full stands for a full disk")
    def test_a_full_disk_leaves_the_file_as_it_was(self, project: Path, capsys, monkeypatch) -> None:
        whole = Path.open

        def full(path: Path, *arguments: str, **options: str):
            if path.name == ".web.yaml.new":
                return whole(Path("/dev/full"), *arguments, **options)
            return whole(path, *arguments, **options)

        monkeypatch.setattr(Path, "open", full)
        assert main(["mappings", "suggest", "web", "--out", "mappings/web.yaml", "--force"]) == 2
        assert capsys.readouterr() == ("", "mappings/web.yaml cannot be written: No space left on device\n")
        assert (project / "mappings" / "web.yaml").read_text(encoding="utf-8") == WEB

    def test_other_objects_and_roles(self, project: Path, capsys) -> None:
        assert main(["mappings", "suggest", "crm", "--object", "accounts.csv", "--role", "account"]) == 0
        out, _ = capsys.readouterr()
        assert "role: account\nfields:\n  name: {field: name, as: company_name}\n" in out


def test_the_real_training_leads_are_suggested_linted_and_tested(tmp_path: Path, monkeypatch, capsys) -> None:
    data = Path(os.environ.get("LEADBRIDGE_DATA") or Path(__file__).parents[3] / "shared" / "data")
    real = data / "leads" / "x_education_leads.csv"
    if not real.is_file():
        pytest.skip(f"the real data are not there: {real}")
    make_project(tmp_path, leads="A\n")
    (tmp_path / "inbox" / "web.csv").write_bytes(real.read_bytes())
    monkeypatch.chdir(tmp_path)
    assert main(["mappings", "suggest", "web"]) == 0
    text, _ = capsys.readouterr()
    for line in ("title: What is your current occupation", "country: Country", "opted_out_of_email: Do Not Email"):
        assert f"  {line}" in text
    (tmp_path / "mappings" / "web.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "mappings" / "convert.yaml").write_text(
        "kind: convert\nversion: 1\nlead: {when: score >= 10}\ncontact: {fields: {last_name: title, title: title}}\n"
        "dropped: [city, country, lead_source, opted_out_of_email, do_not_call]\n",
        encoding="utf-8",
    )
    main(["mappings", "lint"])
    out, err = capsys.readouterr()
    assert "0 errors" in err, out
    assert main(["mappings", "test", "--examples", "50"]) == 0
