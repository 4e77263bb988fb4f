"""Bad files as a person meets them: the exact words, the exit status, no traceback, and the other rows go on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from projects import CONFIG, SCORING, WEB, make_project

from leadbridge.cli import main

HEAD = "First,Last,Company,Mail,Staff,Out\n"
ADA = "Ada,King,Acme,ada@acme.example,12,no\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(make_project(tmp_path))
    return tmp_path


def leads(project: Path, capsys, data: bytes) -> tuple[int, list[str], list[str]]:
    """Status, first names and lines on stderr of ``leadbridge leads`` on this lead file, which stays as it is."""
    file = project / "inbox" / "web.csv"
    file.write_bytes(data)
    status = main(["leads", "--json", "--sort", "first_name"])
    out, err = capsys.readouterr()
    assert "Traceback" not in err
    assert file.read_bytes() == data
    found = json.loads(out).get("leads", [])
    return status, [lead["values"]["first_name"] for lead in found], err.splitlines()


def test_a_header_only(project: Path, capsys) -> None:
    assert leads(project, capsys, HEAD.encode()) == (0, [], ["0 of 0 leads shown."])
    assert main(["plan", "convert", "--preview"]) == 0
    assert "0 leads: 0 to convert." in capsys.readouterr().out


def test_an_empty_file(project: Path, capsys) -> None:
    sentence = "'web.csv' of connection 'web' is empty: it has no header, so no fields; fill it first"
    assert leads(project, capsys, b"") == (2, [], [f"mappings/web.yaml:3:9: object: {sentence}"])


def test_duplicate_headers(project: Path, capsys) -> None:
    data = "First,Last,Company,Mail,Staff,Out,Mail\nAda,King,Acme,ada@acme.example,12,no,ada@old.example\n"
    assert leads(project, capsys, data.encode()) == (0, ["Ada"], ["1 of 1 lead shown."])
    assert main(["mappings", "suggest", "web"]) == 0
    assert '  # "Mail#2": e-mail addresses\n' in capsys.readouterr().out


def test_two_thousand_columns(project: Path, capsys) -> None:
    more = [f"Column {number}" for number in range(1994)]
    data = f"{HEAD.strip()},{','.join(more)}\n{ADA.strip()}{',x' * 1994}\n"
    assert leads(project, capsys, data.encode()) == (0, ["Ada"], ["1 of 1 lead shown."])


def test_a_cell_of_a_hundred_megabytes(project: Path, capsys) -> None:
    cell = b"x" * (1 << 20) * 100
    status, names, said = leads(project, capsys, b"%sBob,Day,%s,,,\n%s" % (HEAD.encode(), cell, ADA.encode()))
    assert (status, names) == (1, ["Ada"])
    assert said == [
        "1 of 1 lead shown.",
        "Rejected: 1 cell_too_long",
        "  inbox/web.csv:2: a cell of the row is longer than 1048576 characters, or the row than four such cells;"
        " shorten the text, close a quote that was left open, or raise max_cell",
    ]


def test_mixed_line_ends(project: Path, capsys) -> None:
    data = f"{HEAD.strip()}\r\n{ADA}Bob,Day,Acme,,,no\rCy,Fox,Acme,,,no\r\n"
    assert leads(project, capsys, data.encode()) == (0, ["Ada", "Bob", "Cy"], ["3 of 3 leads shown."])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "latin-1"])
def test_other_encodings(project: Path, capsys, encoding: str) -> None:
    data = (HEAD + "Zoë,Groß,Müller,zoe@x.example,12,no\n").encode(encoding)
    assert leads(project, capsys, data) == (0, ["Zoë"], ["1 of 1 lead shown."])


def test_latin_1_read_as_utf_8(project: Path, capsys) -> None:
    data = (HEAD + ADA + "Jürgen,Groß,Müller,,,no\n").encode() + "Zoë,Weiß,,,,no\n".encode("latin-1")
    status, names, said = leads(project, capsys, data)
    assert (status, names) == (1, ["Ada", "Jürgen"])
    assert said[1:] == [
        "Rejected: 1 undecodable",
        "  inbox/web.csv:4: the row holds bytes that are not utf-8; save the file as UTF-8, or name the encoding it was"
        " saved in (encoding: cp1252)",
    ]


def test_a_spreadsheet_that_is_called_csv(project: Path, capsys) -> None:
    said = "inbox/web.csv is no CSV file but a zip archive, as spreadsheets (xlsx, ods) are; save its table as CSV"
    assert leads(project, capsys, b"PK\x03\x04\x14\x00") == (4, [], [f"connection 'web': {said}"])


def test_a_file_that_may_not_be_read(project: Path, capsys, monkeypatch) -> None:
    """Also what another program holds locked on Windows: both are permissions denied."""
    whole = Path.open

    def locked(path: Path, *arguments: str, **options: str):
        if path.name == "web.csv":
            raise PermissionError(13, "Permission denied")
        return whole(path, *arguments, **options)

    monkeypatch.setattr(Path, "open", locked)
    assert main(["leads"]) == 4
    assert capsys.readouterr() == (
        "",
        "connection 'web': inbox/web.csv cannot be read: permission denied; close it in other programs, or allow this"
        " user to read it\n",
    )


def test_a_file_that_vanished(project: Path, capsys) -> None:
    (project / "inbox" / "web.csv").unlink()
    assert main(["leads"]) == 4
    assert capsys.readouterr() == (
        "",
        f"connection 'web': inbox/web.csv is not there (looked in {project}); put it there, or correct path\n",
    )


def test_paths_that_leave_the_project(project: Path, capsys) -> None:
    remedy = "move what it names into the folder and write its path from there"
    left = f"leaves the project folder {project}; {remedy}"
    config = project / "leadbridge.yaml"
    config.write_text(CONFIG.replace("inbox/web.csv", "../web.csv"), encoding="utf-8")
    assert main(["leads"]) == 2
    assert capsys.readouterr() == ("", f"connection 'web': '../web.csv' {left}\n")
    config.write_text(f"mappings: ../x\n{CONFIG}", encoding="utf-8")
    assert main(["leads"]) == 2
    assert capsys.readouterr() == ("", f"leadbridge.yaml:1:11: mappings: '../x' {left}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "kind: mapping\nprovider: &a csv\nobject: *a\n",
            [
                "2:11: provider: an anchor (`&a`) is not allowed; use `extends:` instead, or put text that begins with"
                " & in quotes",
                "3:9: object: an alias (`*a`) is not allowed; use `extends:` instead, or put text that begins with * in"
                " quotes",
            ],
        ),
        (
            "kind: mapping\nfields: {<<: {}}\n",
            ["2:10: fields: a merge key (`<<`) is not allowed; use `extends:` instead"],
        ),
        ("kind: mapping\nkind: convert\n", ["2:1: kind: the key stands twice; the first is in line 1"]),
        ("kind: mapping\n\trole: lead\n", ["2:1: a tab cannot indent YAML; use spaces"]),
        ("", ["1:1: the file is empty; expected `key: value` lines"]),
        ("- a\n", ["1:1: the file holds no mapping; expected `key: value` lines"]),
        (
            "kind: maping\n",
            ["1:7: kind: must be one of mapping, convert, fields, scoring, stages (did you mean 'mapping'?)"],
        ),
    ],
)
@pytest.mark.parametrize("command", [["leads"], ["mappings", "test"]])
def test_what_yaml_can_do_and_a_mapping_may_not(
    project: Path, capsys, command: list[str], text: str, said: list[str]
) -> None:
    (project / "mappings" / "x.yaml").write_text(text, encoding="utf-8")
    assert main(command) == 2
    assert capsys.readouterr() == ("", "".join(f"mappings/x.yaml:{line}\n" for line in said))


def test_an_alias_bomb_is_over_at_once(project: Path, capsys) -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40))]
    (project / "mappings" / "x.yaml").write_text("\n".join(lines), encoding="utf-8")
    assert main(["leads"]) == 2
    err = capsys.readouterr().err.splitlines()
    assert len(err) == 101
    assert sum("the first 100 faults are shown; the rest of the file was not read" in line for line in err) == 1


def test_a_link_to_nowhere_is_not_passed_over(project: Path, capsys) -> None:
    (project / "mappings" / "x.yaml").symlink_to("nowhere.yaml")
    assert main(["leads"]) == 2
    looked = project / "mappings" / "x.yaml"
    assert capsys.readouterr() == ("", f"mappings/x.yaml was not found; looked for {looked}\n")


def test_a_condition_that_errs_on_some_rows(tmp_path: Path, monkeypatch, capsys) -> None:
    rows = HEAD + ADA + "Bob,Day,Acme,bob@acme.example,many,no\n"
    monkeypatch.chdir(
        make_project(tmp_path, leads=rows, web_yaml=WEB.replace("role: lead", "role: lead\nwhen: int(Staff) > 0"))
    )
    assert main(["leads", "--columns", "first_name"]) == 1
    assert capsys.readouterr() == (
        "FIRST NAME\nAda\n",
        "1 of 1 lead shown.\n"
        "Rejected: 1 condition\n"
        "  inbox/web.csv:3: the condition 'int(Staff) > 0' calls int() with a value that it cannot take; guard the"
        " condition, for example with has(record.field)\n",
    )


def test_a_regular_expression_that_explodes_elsewhere(tmp_path: Path, monkeypatch, capsys) -> None:
    rule = "  - {when: 'company.matches(\"^(a+)+$\")', points: 5, group: fit, because: odd}\n"
    rows = f"{HEAD}Ada,King,{'a' * 250}!,ada@acme.example,12,no\n"
    monkeypatch.chdir(make_project(tmp_path, leads=rows, scoring_yaml=SCORING + rule))
    assert main(["leads", "--columns", "first_name"]) == 0
    assert capsys.readouterr() == ("FIRST NAME\nAda\n", "1 of 1 lead shown.\n")


@pytest.mark.parametrize("verbose", ["-q", "-v", "-vv"])
def test_a_secret_is_in_no_message(project: Path, verbose: str) -> None:
    config = CONFIG.replace("inbox/web.csv}", 'inbox/web.csv, encoding: "${env:CSV_SECRET}"}')
    (project / "leadbridge.yaml").write_text(config, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "leadbridge", "leads", verbose],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "CSV_SECRET": "hunter-2"},
        cwd=project,
    )
    assert done.returncode == 2
    assert "hunter-2" not in done.stdout + done.stderr
    assert done.stderr.endswith(
        "leadbridge.yaml:2:55: connections.web.encoding: what its reference gives is not what the provider expects;"
        " correct the secret, or name another\n"
    )
