"""A sync plan as text: every line is looked at as it is printed to a pipe."""

from __future__ import annotations

import pytest

from leadbridge.cli.lines import painted
from leadbridge.cli.outcome import print_run
from leadbridge.cli.sync_lines import closing_lines, plan_lines, row_lines, summary_lines
from leadbridge.jobs.sync.model import PlanOutcome, RunOutcome
from leadbridge.merge.model import Candidate, Conflict, Question
from leadbridge.plan.brakes import Calls, Stop
from leadbridge.plan.sync_rows import Asked, FieldChange, PlanRow, Settle, Write, by_reason
from leadbridge.records import Ref
from leadbridge.values import MISSING

CRM = Ref("crm", "contacts.csv", "C1")
SHOP = Ref("shop", "people.csv", "7")


def nobody(golden):
    return ""


def text(lines):
    return "".join(painted(parts) + "\n" for parts in lines)


def write(number, verb="update", changes=(), refers=None, **more):
    more = {"role": "contact", "id": None if verb == "create" else f"C{number}", "label": "Ada King", **more}
    body = Write(verb, "crm", "contacts.csv", 1, "person", said=by_reason(changes), **more)
    return PlanRow(number, body, refers or {})


def test_what_is_to_name_a_record_of_the_same_plan_says_what_it_named_before():
    told = write(4, "update", [], {"AccountId": 2}, expected={"AccountId": "001A", "Phone": "1"})
    blank = write(4, "update", [], {"AccountId": 2}, expected={"AccountId": None})
    assert "AccountId  001A -> @2" in text(row_lines([told], None, lambda _: ""))
    assert "AccountId  (blank) -> @2" in text(row_lines([blank], None, lambda _: ""))


class TestAtATerminal:
    LONG = "Met at the fair in Ulm, wants to see the new engine, and asks for a price by the end of the month"

    @pytest.fixture(autouse=True)
    def narrow(self, monkeypatch):
        monkeypatch.setattr("leadbridge.cli.lines.width", lambda: 60)

    def told(self, old, new):
        rows = [write(4, changes=[FieldChange("notes", old, new, "prefer", "shop")])]
        found = text(row_lines(rows, None, lambda _: "")).splitlines()
        assert max(map(len, found)) <= 60
        return [line.strip() for line in found if line.startswith("       ")]

    def test_two_short_values_stand_beside_each_other(self):
        assert self.told("a", "b") == ["notes  a -> b  (prefer, from shop)"]

    def test_two_long_values_stand_below_each_other_so_that_both_are_seen(self):
        assert self.told(self.LONG, "Nothing") == [
            "notes  Met at the fair in Ulm, wants to see the...",
            "-> Nothing",
            "(prefer, from shop)",
        ]

    def test_what_both_begin_with_makes_room_for_where_they_differ(self):
        assert self.told(self.LONG, f"{self.LONG}, not later") == [
            "notes  ...e end of the month",
            "-> ...e end of the month, not later",
            "(prefer, from shop)",
        ]


CREATED = write(
    3,
    "create",
    [
        FieldChange("first_name", MISSING, "Ada", "first contact", "fair:fair.csv:2"),
        FieldChange("employees", MISSING, 250, "first contact", "fair:fair.csv:2"),
    ],
    {"account": 2},
)
UPDATED = write(
    4,
    changes=[
        FieldChange("phone", "", "+493012", "prefer", str(SHOP)),
        FieldChange("opted_out_of_email", False, True, "restrictive", "fair"),
        FieldChange("title", "Head", None, "lone change", "shop"),
    ],
)
DELETED = write(5, "delete", [FieldChange("last_name", "King", MISSING, "propagate", str(SHOP))])


def test_a_plan_is_summed_up_then_told_row_by_row():
    made = PlanOutcome(
        run=9,
        plan=12,
        job="people",
        digest="d",
        read={("shop", "people.csv"): 1200, ("crm", "contacts.csv"): 3},
        writes={"crm": {"create": 1, "update": 1, "delete": 1}},
        settles=2,
        conflicts=1,
        questions=2,
    )
    assert (
        text(plan_lines(made, [CREATED, UPDATED, DELETED], None, nobody))
        == """\
Plan 12 of job people
read: crm:contacts.csv 3, shop:people.csv 1,200
3 records to write, 2 golden records to remember here, 1 conflict settled by the policy, 2 questions for a person.

  IN   + NEW  ~ CHANGED  - DELETED
  crm      1          1          1

+ create in crm:contacts.csv
   + @3 contact Ada King (first contact, from fair:fair.csv:2)
       first_name  Ada
       employees   250
       account     @2

~ update in crm:contacts.csv
   ~ @4 contact Ada King C4
       phone               (blank) -> +493012  (prefer, from shop:people.csv:7)
       opted_out_of_email  no -> yes  (restrictive, from fair)
       title               Head -> (blank)  (lone change, from shop)

- delete in crm:contacts.csv
   - @5 contact Ada King C5 (propagate, from shop:people.csv:7)
       last_name  King
"""
    )


def test_what_needs_attention_comes_first_and_all_else_that_is_settled_is_only_counted():
    settled = Settle(
        17,
        "person",
        conflicts=(Conflict(17, "phone", Candidate("1", "crm", CRM), (Candidate("2", "shop", SHOP),), "prefer"),),
        questions=(Question(17, "email", (Candidate("a@x.example", "crm"), Candidate("b@x.example", "")), "ask"),),
        asked=(Asked("delete", (SHOP,), "the record was deleted; delete it elsewhere too?"),),
    )
    rows = [PlanRow(1, Settle(16, "person", due=(4,))), PlanRow(2, settled)]
    assert (
        text(row_lines(rows, None, {17: "Ada King"}.get))
        == """\

! to look at
   ! @2 person Ada King
       phone  1 (crm:contacts.csv:C1) wins over 2 (shop:people.csv:7)  (prefer; the loser is kept)
       email  a@x.example (crm) or b@x.example (set here)?  (ask: a question)
       delete  the record was deleted; delete it elsewhere too? (shop:people.csv:7)  (a question)
"""
    )


def test_an_empty_plan_says_that_all_is_in_step():
    made = PlanOutcome(run=1, plan=2, job="people", digest="d", read={("a", "b.csv"): 5})
    assert (
        text(summary_lines(made))
        == """\
Plan 2 of job people
read: a:b.csv 5
Nothing to do: all that was read is in step.
"""
    )


def test_a_plan_that_writes_nothing_because_of_rejects_is_not_in_step():
    made = PlanOutcome(run=1, plan=2, job="people", digest="d", read={("a", "b.csv"): 5}, questions=1, rejects=7)
    said = "Nothing to write: 1 question for a person, 7 rejects (leadbridge rejects)."
    assert text(summary_lines(made)).splitlines() == ["Plan 2 of job people", "read: a:b.csv 5", said]


def test_what_a_plan_takes_stands_apart_from_the_table_of_its_rows():
    writes = {"sf": {"create": 1}}
    made = PlanOutcome(1, 2, "people", "d", writes=writes, calls={"sf": Calls(2, 10)}, budget={"sf": 40})
    *_, row, blank, calls = text(summary_lines(made)).splitlines()
    assert row.split() == ["sf", "1", "0", "0"]
    assert (blank, calls) == ("", "API calls in sf: up to 12 (10 of them for retries), of 40 left in the budget")


def test_what_a_run_was_to_take_is_said_of_the_time_before_it(capsys):
    """Once it is done, what was left then is not left any more."""
    calls = {"calls": {"sf": Calls(2, 10)}, "budget": {"sf": 40}}
    print_run(RunOutcome(3, 2, "people", "done", {"done": 1}, **calls))
    before = "API calls in sf: up to 12 were planned, of 40 that were left in the budget before"
    assert capsys.readouterr().out.splitlines()[1] == f"  {before}"


def test_a_run_that_a_brake_stopped_made_no_calls(capsys):
    stop = Stop("budget", "sf", 12, "too many", "--override budget")
    calls = {"calls": {"sf": Calls(2, 10)}, "budget": {"sf": 1}}
    print_run(RunOutcome(3, 2, "people", "stopped", stops=(stop,), **calls))
    assert "API calls" not in capsys.readouterr().out


def test_a_brake_on_two_sides_is_lifted_by_one_override():
    stops = tuple(Stop("create", side, 30, "too many", "--override create") for side in ("crm", "shop"))
    outcome = PlanOutcome(1, 7, "people", "digest", settles=1, stops=stops)
    assert text(closing_lines(outcome)).splitlines()[-1] == "  leadbridge apply 7 --override create"


@pytest.mark.parametrize(("limit", "shown", "rest"), [(0, 0, 3), (2, 2, 1), (3, 3, 0), (None, 3, 0)])
def test_a_limit_counts_what_it_hides(limit, shown, rest):
    lines = text(row_lines([write(number) for number in (1, 2, 3)], limit, nobody))
    assert lines.count(" @") == shown
    assert ("and 1 more" in lines, "and 3 more" in lines) == (rest == 1, rest == 3)


def test_rows_are_taken_one_at_a_time():
    taken = []

    def rows():
        for number in range(1, 1000):
            taken.append(number)
            yield write(number)

    lines = row_lines(rows(), None, nobody)
    for _ in range(4):
        next(lines)
    assert len(taken) < 5


def test_values_cannot_steer_the_terminal():
    row = write(1, changes=[FieldChange("title", "a\x1b[2Jb", "c\r\nd", "\x07", "x\u202e")], label="A\x1b]0;da")
    shown = text(row_lines([row], None, nobody))
    assert not any(ord(c) < 32 and c != "\n" for c in shown) and "\u202e" not in shown
    assert "a\\x1b[2Jb -> c\\r\\nd" in shown
