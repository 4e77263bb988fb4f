"""The parts that commands on sync jobs share: lists by default, paging, exit statuses, documents."""

from __future__ import annotations

import io
import json
import sys

import pytest
import typer
from typer.testing import CliRunner

from leadbridge.cli import paging
from leadbridge.cli.files import written
from leadbridge.cli.lines import line
from leadbridge.cli.opening import ListByDefault, overrides, ref_of
from leadbridge.cli.outcome import print_run, status_of
from leadbridge.cli.output import print_json_rows
from leadbridge.errors import ConnectionFailedError, UsageError
from leadbridge.jobs.sync.model import Left, RunOutcome
from leadbridge.records import Ref
from leadbridge.values import MISSING


def grouped() -> typer.Typer:
    app = typer.Typer(cls=ListByDefault, rich_markup_mode=None, add_completion=False)

    @app.command("list")
    def list_(loud: bool = False) -> None:
        typer.echo(f"listed {loud}")

    @app.command()
    def other() -> None:
        typer.echo("other")

    return app


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [([], "listed False"), (["--loud"], "listed True"), (["list"], "listed False"), (["other"], "other")],
)
def test_a_group_lists_where_no_command_is_named(arguments, shown):
    assert CliRunner().invoke(grouped(), arguments).stdout == f"{shown}\n"


def test_a_groups_own_help_stays():
    assert "COMMAND [ARGS]" in CliRunner().invoke(grouped(), ["--help"]).stdout


@pytest.mark.parametrize(
    ("run", "status"),
    [
        (RunOutcome(1, 1, "j", "done"), 0),
        (RunOutcome(1, 1, "j", "done", rejects=1), 1),
        (RunOutcome(1, 1, "j", "done", questions=1), 1),
        (RunOutcome(1, 1, "j", "done", conflicts=1), 0),
        (RunOutcome(1, 1, "j", "stopped"), 3),
        (RunOutcome(1, 1, "j", "failed", rejects=1), 4),
        (RunOutcome(1, None, "j", "failed"), 0),
        (RunOutcome(1, 1, "j", "done", failed={"crm": ConnectionFailedError("crm", "away")}), 4),
    ],
)
def test_exit_statuses(run, status):
    assert status_of(run) == status


def test_a_run_says_what_became_of_its_rows_and_how_to_go_on(capsys):
    left = Left(Ref("shop", "people.csv", "7"), "title", "Chief", "", (4, 5))
    print_run(
        RunOutcome(
            7,
            3,
            "people",
            "done",
            {"done": 1200, "rejected": 3, "left": 0, "settled": 2},
            {"stale": 2, "unknown_value": 1},
            rejects=3,
            questions=1,
            conflicts=2,
            left=(left,),
        )
    )
    assert (
        capsys.readouterr().out
        == """\
Run 7 of people: done; 1,200 written, 2 remembered, 3 rejected (2 stale, 1 unknown_value), 3 new rejects, \
1 new question, 2 conflicts.
  left as it is: shop:people.csv:7 title: Chief, not (blank); carried on by run 4, 5
  leadbridge rejects
  leadbridge reviews
  leadbridge conflicts
  leadbridge undo 7
"""
    )


def test_a_run_with_nothing_to_do(capsys):
    print_run(RunOutcome(7, 3, "people", "done", {"done": 0}, resumed=(5,)))
    taken_up = "Run 5 had not ended; it was taken up and ended first.\n"
    assert capsys.readouterr().out == f"{taken_up}Run 7 of people: done; nothing to do.\n"


@pytest.mark.parametrize("head", [{}, {"job": "a\x9bb", "n": {"x": 1}}])
@pytest.mark.parametrize("rows", [[], [{"a": 1}], [{"a": MISSING}, {"b": "\u202e"}]])
def test_streamed_documents_are_one_json_document(capsys, head, rows):
    print_json_rows(head, "rows", iter(rows))
    out = capsys.readouterr().out
    assert "\x9b" not in out and "\u202e" not in out
    found = json.loads(out)
    assert {name: found[name] for name in head} == head
    assert found["rows"] == [{name: None if value is MISSING else value for name, value in row.items()} for row in rows]


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("crm:contacts.csv:C1", Ref("crm", "contacts.csv", "C1")),
        ("crm:contacts.csv:a:b", Ref("crm", "contacts.csv", "a:b")),
    ],
)
def test_refs_are_read(text, ref):
    assert ref_of(text) == ref


@pytest.mark.parametrize("text", ["crm", "crm:x", "crm::1", ":x:1", "crm:x:"])
def test_what_is_noref_of(text):
    with pytest.raises(UsageError, match="is no record; write one as CONNECTION:OBJECT:ID"):
        ref_of(text)


def test_overrides_are_brakes():
    assert overrides(["create", "empty"]) == {"create", "empty"}
    assert overrides(None) == frozenset()
    with pytest.raises(
        UsageError, match="there is no brake 'everything'; there are: delete, update, create, convert, empty"
    ):
        overrides(["everything"])


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.mark.parametrize("pager", ["", "no-such-pager-here"])
def test_without_a_pager_lines_are_printed(monkeypatch, pager):
    screen = Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("PAGER", pager)
    paging.page([line("one"), line("two", "bad")])
    assert screen.getvalue() == "one\ntwo\n"


def test_a_pager_gets_the_lines_and_may_be_left_early(monkeypatch, tmp_path):
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    seen = tmp_path / "seen"
    monkeypatch.setenv("PAGER", f"{sys.executable} -c \"import sys; open(r'{seen}', 'w').write(sys.stdin.readline())\"")
    paging.page(line(f"line {number}") for number in range(100_000))
    assert seen.read_text() == "line 0\n"


def test_nothing_at_all_is_a_sentence(capsys):
    paging.page_or_say(iter(()), "None.", quiet=False)
    paging.page_or_say(iter(()), "None.", quiet=True)
    paging.page_or_say(iter([line("one")]), "None.", quiet=False)
    assert capsys.readouterr() == ("one\n", "None.\n")


def test_files_are_written_over_nothing(tmp_path):
    file = tmp_path / "a.csv"
    with written(file) as out:
        out.write("é\r\n")
    assert file.read_bytes() == b"\xc3\xa9\r\n"
    with pytest.raises(UsageError, match=r"a\.csv is there already; name a file that is not$"), written(file):
        raise AssertionError
    with pytest.raises(UsageError, match="or add --force"), written(file, force=False):
        raise AssertionError
    with written(file, force=True) as out:
        out.write("x")
    assert file.read_bytes() == b"x"


def test_a_run_that_was_killed_while_it_was_planned_says_so(capsys):
    print_run(RunOutcome(2, None, "people", "failed"))
    assert capsys.readouterr().out == ("Run 2 of people: it was killed while it was planned, so nothing was written.\n")
