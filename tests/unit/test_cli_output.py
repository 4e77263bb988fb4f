from __future__ import annotations

import io
import json
import sys
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadbridge.cli.output import (
    Column,
    escape,
    neutralise,
    paint,
    plain,
    print_csv,
    print_json,
    print_table,
    say,
    show,
    width,
)
from leadbridge.cli.progress import progress
from leadbridge.values import MISSING


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True

    def fileno(self):
        raise OSError


def terminal_of_30(monkeypatch, stream="stdout"):
    """To be called in the test itself: pytest sets stdout anew between fixtures and tests."""
    made = Terminal()
    monkeypatch.setattr(sys, stream, made)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "30")
    return made


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text):
    shown = escape(text)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u202e\u2066\u2028\u200f" for c in shown)
    shown.encode("utf-8")


def test_letters_of_any_script_stay():
    assert escape("Zoë Müller 山田 🙂") == "Zoë Müller 山田 🙂"


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-cmd", "-2+cmd", "+1!A1", "@SUM(A1)", "\tx", "\rx"])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(cell):
    assert neutralise(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-5", "+14155550100", "+1 (415) 555-0100", "-0.50", "a=b", ""])
def test_other_cells_stay(cell):
    assert neutralise(cell) == cell


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (MISSING, ""),
        (None, ""),
        ("", ""),
        (0, "0"),
        (False, "no"),
        (True, "yes"),
        (Decimal("1.50"), "1.50"),
        (date(2025, 9, 1), "2025-09-01"),
        (datetime(2025, 9, 1, 8, 30, tzinfo=UTC), "2025-09-01 08:30 UTC"),
        (("a", "b"), "a, b"),
    ],
)
def test_values_as_people_read_them(value, shown):
    assert show(value) == shown


def test_values_as_json_holds_them():
    held = {"a": Decimal("1.50"), "b": datetime(2025, 9, 1, tzinfo=UTC), "c": ("x",), "d": MISSING, "e": 0, "f": False}
    assert plain(held) == {"a": "1.50", "b": "2025-09-01T00:00:00Z", "c": ["x"], "d": None, "e": 0, "f": False}


def test_one_json_document(capsys):
    print_json({"name": "Müller", "amount": Decimal("1.50")})
    assert json.loads(capsys.readouterr().out) == {"name": "Müller", "amount": "1.50"}


def test_csv_is_safe_to_open(capsys):
    print_csv(["a", "b"], [["=1+1", 'x"y'], ["é", "1,2"]])
    assert capsys.readouterr().out == 'a,b\n\'=1+1,"x""y"\né,"1,2"\n'


def test_json_and_csv_on_a_terminal_hold_nothing_that_steers_it(monkeypatch):
    terminal = terminal_of_30(monkeypatch)
    print_json({"name": "\x9b2J\u202e\ud800\x1b"})
    print_csv(["a"], [["\x9b2J\x1b"]])
    assert terminal.getvalue() == '{\n  "name": "\\u009b2J\\u202e\\ud800\\u001b"\n}\na\n\\x9b2J\\x1b\n'


def test_a_piped_table_is_whole_and_has_no_trailing_spaces(capsys):
    print_table([Column("name"), Column("score", "right")], [["x" * 200, "5"], ["山田", "10"]])
    head, first, second = capsys.readouterr().out.splitlines()
    assert head == "NAME" + " " * 198 + "SCORE"
    assert first == "x" * 200 + "      5"
    assert second == "山田" + " " * 198 + "   10"


def test_a_table_fits_the_terminal_and_keeps_what_may_not_shrink(monkeypatch):
    terminal = terminal_of_30(monkeypatch)
    monkeypatch.setenv("NO_COLOR", "1")
    print_table([Column("name"), Column("id", shrink=False)], [["x" * 40, "0123456789"]], indent=2)
    head, row = terminal.getvalue().splitlines()
    assert row == "  " + "x" * 15 + "\N{HORIZONTAL ELLIPSIS}  0123456789"
    assert head == "  NAME              ID"


def test_control_characters_of_a_cell_are_shown_as_escapes(capsys):
    print_table([Column("name")], [["\x1b[31mred\x1b[0m\nnext"]])
    assert capsys.readouterr().out.splitlines()[1] == "\\x1b[31mred\\x1b[0m\\nnext"


def test_colour_is_for_terminals_only(monkeypatch):
    terminal_of_30(monkeypatch)
    assert paint("new", "new") == "\x1b[32mnew\x1b[0m"
    assert paint("plain", "plain") == "plain"
    monkeypatch.setenv("NO_COLOR", "1")
    assert paint("new", "new") == "new"
    monkeypatch.delenv("NO_COLOR")
    monkeypatch.setenv("TERM", "dumb")
    assert paint("new", "new") == "new"


def test_the_width_of_a_terminal(monkeypatch):
    terminal_of_30(monkeypatch)
    assert width() == 30
    monkeypatch.setenv("COLUMNS", "none")
    assert width() == 80
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert width() is None


def test_progress_is_silent_where_nobody_sits(capsys):
    with progress(quiet=False) as watch:
        watch("fair", 10)
    assert capsys.readouterr() == ("", "")


def test_a_message_is_folded_between_words_on_a_terminal(monkeypatch):
    terminal = terminal_of_30(monkeypatch, "stderr")
    say("  inbox/leads-of-2025.csv:4: email: not an e-mail address\x1b")
    assert terminal.getvalue() == ("  inbox/leads-of-2025.csv:4:\n    email: not an e-mail\n    address\\x1b\n")


def test_a_word_longer_than_the_terminal_is_left_whole(monkeypatch):
    terminal = terminal_of_30(monkeypatch, "stderr")
    say("see mappings/a-very-long-name-of-a-mapping.yaml")
    assert terminal.getvalue() == "see\n  mappings/a-very-long-name-of-a-mapping.yaml\n"


def test_a_message_is_one_line_where_it_is_piped(capsys):
    say("word " * 40)
    assert capsys.readouterr().err == "word " * 40 + "\n"
