"""``leadbridge demo``: what a new user sees first."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from leadbridge.cli import main
from leadbridge.demo import FILES

TOOL = Path(__file__).parent.parent.parent / "tools" / "make_demo.py"


@pytest.fixture(scope="module")
def counts(tmp_path_factory):
    """The counts of a whole run in a process of its own."""
    command = [sys.executable, "-m", "leadbridge", "demo", "--json"]
    folder = tmp_path_factory.mktemp("elsewhere")
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120, cwd=folder)
    assert done.stderr == ""
    assert list(folder.iterdir()) == []
    return json.loads(done.stdout)


def test_every_step_finds_something(counts):
    assert set(counts) == {
        *("captured", "uncovered", "rejected", "leads", "people", "duplicates", "selected", "left_out"),
        *("reviews", "matched", "preview", "conversion", "in_step"),
    }
    assert all(counts[step] > 0 for step in ("rejected", "duplicates", "selected", "left_out", "matched"))


def test_the_counts_of_the_steps_agree(counts):
    assert counts["leads"] - counts["duplicates"] == counts["people"]
    assert counts["preview"]["prospect"] == {"create": counts["selected"], "update": 0, "keep": 0}
    assert sum(counts["preview"]["contact"].values()) == counts["selected"]
    assert counts["preview"]["account"]["create"] > 0
    assert counts["preview"]["account"]["update"] > 0
    assert counts["preview"]["contact"]["update"] > 0


def test_what_was_previewed_is_written_and_taken_back(counts):
    steps, previewed = counts["conversion"], counts["preview"]
    roles = ("account", "contact", "opportunity")
    made, changed = (sum(previewed[role][verb] for role in roles) for verb in ("create", "update"))
    assert steps["planned"] == {"crm": {"create": made, "update": changed}}
    assert steps["applied"] == {"written": made + changed, "conflicts": 1}
    assert steps["again"] == {"written": 0, "conflicts": 0}
    assert steps["undone"] == {"written": made + changed, "left": 0}


def test_two_tables_are_brought_in_step_and_back(counts):
    steps = counts["in_step"]
    planned = sum(number for verbs in steps["planned"].values() for number in verbs.values())
    assert set(steps["planned"]) == {"crm", "newsletter"}
    assert steps["applied"] == {
        "written": planned,
        "conflicts": 7,
    }  # two of them websites that their firms spell otherwise
    assert steps["again"] == {"written": 0, "conflicts": 0}
    assert steps["edited_on_both_sides"] == {"written": 1, "conflicts": 1}
    assert steps["undone"] == {"written": planned, "left": 1}


def test_the_story_is_told_in_steps_with_reasons(capsys):
    assert main(["demo"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    for words in (
        *("1. Three lead files", "2. Read through mappings", "3. ", "4. What the convert policy"),
        *("5. The conversion is approved", "6. The newsletter tool", "7. Approved and applied"),
        *("8. One value is changed", "9. Both jobs are undone", "Next"),
    ):
        assert f"\n{words}" in out
    for file in ("fair-2025.csv", "webform.csv", "partner-list.txt"):
        assert file in out
    assert re.search(r"inbox/fair-2025\.csv:\d+: the row has 4 cells, the header has 14", out)
    assert re.search(r"score \d+, grade [A-D], hot: \+\d+ ", out)
    assert re.search(r"\+ @\d+ account .* in crm \(no account matches", out)
    assert re.search(r"~ @\d+ contact .* crm:contacts\.csv:C\d+ \(same e-mail\)", out)
    assert re.search(r"\(blank\) -> .*\(fill_blank: .* was blank, inbox/", out)
    assert "phone  (blank) -> +14155550125  (first contact, from newsletter:subscribers.csv:1005)" in out
    assert re.search(r"\+  C006 +Green +\+14155550125  Engineer +no\n", out)
    assert "\nRun 2 of convert: done; nothing to do.\n" in out
    assert "\nRun 4 of newsletter: done; nothing to do.\n" in out
    assert "title  Chief Engineer -> Head of Engineering  (prefer, from crm:contacts.csv:C006)" in out
    assert (
        "  left as it is: crm:contacts.csv:C006 title: Head of Engineering, not (blank); carried on by run 5\n" in out
    )


@pytest.mark.parametrize("arguments", [[], ["--dir", "mine"]])
def test_every_line_fits_a_terminal_of_80(tmp_path, monkeypatch, arguments):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert main(["demo", *arguments]) == 0
    assert [line for line in sys.stdout.getvalue().splitlines() if len(line) > 80] == []


def test_the_folder_is_left_with_what_the_next_steps_name(tmp_path, capsys, monkeypatch):
    assert main(["demo", "--dir", str(tmp_path / "mine")]) == 0
    out = capsys.readouterr().out
    monkeypatch.chdir(tmp_path / "mine")
    assert "  leadbridge plan convert --preview" in out
    assert main(["leads", "--where", "score >= 60", "-q"]) == 1
    assert main(["plan", "convert", "--preview"]) == 1
    assert main(["show", "crm:contacts.csv:C006"]) == 0
    assert main(["runs"]) == 0
    capsys.readouterr()
    assert main(["sync", "newsletter", "--yes"]) == 0
    assert capsys.readouterr().out.startswith("Run 8 of newsletter: done")


def test_the_undo_leaves_nothing_behind_but_the_edits(tmp_path, capsys):
    mine = tmp_path / "mine"
    assert main(["demo", "--dir", str(mine)]) == 0
    capsys.readouterr()
    edited = {"crm/contacts.csv": ["C006,"], "newsletter/subscribers.csv": ["1005;"]}
    for path in sorted(path for place in ("crm", "newsletter", "inbox") for path in (mine / place).iterdir()):
        name = path.relative_to(mine).as_posix()
        before, after = ((root / name).read_bytes().splitlines() for root in (FILES, mine))
        changed = [line.decode() for line in after if line not in before]
        assert len(before) == len(after), name
        assert [line[:5] for line in changed] == edited.get(name, []), name


def test_a_folder_with_something_in_it_is_left_alone(tmp_path, capsys):
    (tmp_path / "mine.txt").write_text("precious")
    assert main(["demo", "--dir", str(tmp_path)]) == 2
    expected = f"{tmp_path} is there and not empty; the demo writes over nothing: choose another folder\n"
    assert capsys.readouterr() == ("", expected)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path, capsys):
    tmp_path.chmod(0o500)
    assert main(["demo", "--dir", str(tmp_path / "mine")]) == 2
    assert "Permission denied; choose another folder" in capsys.readouterr().err


def test_a_file_in_the_way_is_one_sentence(tmp_path, capsys):
    (tmp_path / "mine").write_text("precious")
    assert main(["demo", "--dir", str(tmp_path / "mine")]) == 2
    assert capsys.readouterr().err.endswith("the demo writes over nothing: choose another folder\n")


def test_the_files_are_those_that_the_seed_makes(tmp_path):
    """Run in a copy, so that a difference shows as one and mends nothing."""
    pytest.importorskip("faker")
    made = tmp_path / "leadbridge" / "demo" / "files"
    for folder in ("inbox", "crm", "newsletter"):
        (made / folder).mkdir(parents=True)
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / TOOL.name).write_bytes(TOOL.read_bytes())
    subprocess.run([sys.executable, str(tmp_path / "tools" / TOOL.name)], check=True, timeout=120)
    for path in sorted(path for path in made.rglob("*") if path.is_file()):
        assert path.read_bytes() == (FILES / path.relative_to(made)).read_bytes(), path.name
