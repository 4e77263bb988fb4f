"""Apply: after a lost reply the CRM is asked before anything is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from applying import Run, counted, failing
from journals import connect, create, delete, options, update

from leadbridge.apply import apply_writes
from leadbridge.errors import UncertainError
from leadbridge.provider import Action
from leadbridge.records import Ref
from leadbridge.testing.faults import Fault, Faults, FaultyProvider, at

LACKS = ("checks_expected", "upsert_by_key")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_midway", "timeout_after", "lost_replies"])
@pytest.mark.parametrize("lacks", [(), ("checks_expected",)])
def test_a_lost_reply_is_looked_up(run: Run, fault: Fault, lacks: tuple[str, ...]) -> None:
    ids = [run.account(Name="Ada", City="Ulm") for _ in range(4)]
    rows = [create(number, Name=f"n{number}") for number in range(1, 5)]
    rows += [update(n, one, {"City": "Ulm"}, City=f"c{n}") for n, one in enumerate(ids, start=5)]
    rows += [delete(9, run.account(Name="x"), {"Name": "x"}), delete(10, run.account(Name="y"), {"Name": "y"})]
    every = Faults(script=at({("write", call): fault for call in (1, 3, 5)}), lacks=lacks)
    summary = run.apply(*rows, faults=every)
    assert counted(summary) == (10, 0, 0, 0)
    assert [account.get("City") for account in run.accounts] == ["c5", "c6", "c7", "c8"] + [None] * 4


def test_an_edit_after_a_lost_reply_is_not_overwritten(run: Run) -> None:
    one = run.account(Name="Ada", City="Ulm")

    def user(action: Action) -> None:
        run.crm.edit("Account", action.id or "", {"City": "user"})

    class Lost(FaultyProvider):
        def write(self, actions: Sequence[Action]) -> Any:
            super().write(actions)
            user(actions[0])
            raise UncertainError("crm", "no reply")

    run.journal.plan([update(1, one, {"City": "Ulm"}, City="Bonn")])
    lost = Lost(connect(run.folder).inner, Faults())
    apply_writes([run.journal.operations[1].row], {"crm": lost}, run.journal, options(run.clock))
    assert run.journal.codes() == {1: "stale"}
    assert run.accounts == [{"Name": "Ada", "City": "user"}]
    assert run.journal.bases == {}


class Halfway(FaultyProvider):
    """Updates take a call for each field, and the reply of the second one is lost."""

    def write(self, actions: Sequence[Action]) -> Any:
        if self.calls.get("write"):
            return super().write(actions)
        (action,) = actions
        super().write([replace(action, values=dict(list(action.values.items())[:1]))])
        raise UncertainError("crm", "no reply")


@pytest.mark.parametrize("lacks", [(), ("checks_expected",)])
def test_what_had_not_arrived_when_a_reply_was_lost_is_sent_again(run: Run, lacks: tuple[str, ...]) -> None:
    one = run.account(Name="Ada", City="Ulm")
    row = update(1, one, {"Name": "Ada", "City": "Ulm"}, Name="Bob", City="Bonn")
    run.journal.plan([row])
    half = Halfway(connect(run.folder).inner, Faults(lacks=lacks))
    apply_writes([row], {"crm": half}, run.journal, options(run.clock))
    assert run.journal.codes() == {}
    assert run.accounts == [{"Name": "Bob", "City": "Bonn"}]


def test_what_had_arrived_is_agreed_where_the_rest_was_edited_meanwhile(run: Run) -> None:
    """So a conversion that is refused for it can take it back."""
    one = run.account(Name="Ada", City="Ulm")

    class Edited(Halfway):
        def read(self, refs: Sequence[Ref]) -> Any:
            run.crm.edit("Account", one, {"City": "user"})
            return super().read(refs)

    row = update(1, one, {"Name": "Ada", "City": "Ulm"}, Name="Bob", City="Bonn")
    run.journal.plan([row])
    half = Edited(connect(run.folder).inner, Faults())
    apply_writes([row], {"crm": half}, run.journal, options(run.clock))
    assert run.journal.codes() == {1: "stale"}
    assert run.journal.operations[1].after == {"Name": "Bob"}
    assert run.accounts == [{"Name": "Bob", "City": "user"}]


def test_a_create_that_cannot_be_found_out_is_a_question_and_is_sent_once(run: Run) -> None:
    rows = [create(1, Name="a"), create(2, Name="b")]
    summary = run.apply(*rows, faults=failing("write", 1, "timeout_midway", lacks=LACKS))
    assert counted(summary) == (0, 0, 2, 0)
    assert run.provider.calls["write"] == 1
    assert counted(run.resume(Faults(lacks=LACKS))) == (0, 0, 0, 0)
    assert len(run.accounts) == 1


def test_an_object_without_a_place_for_the_key_counts_as_without(run: Run) -> None:
    class Unkeyed(FaultyProvider):
        def keyed(self, object: str) -> bool:
            return False

    row = create(1, Name="Ada")
    run.journal.plan([row])
    lost = Unkeyed(connect(run.folder).inner, failing("write", 1, "timeout_after"))
    summary = apply_writes([row], {"crm": lost}, run.journal, options(run.clock))
    assert (counted(summary), lost.calls["write"]) == ((0, 0, 1, 0), 1)


def test_a_provider_says_how_many_rows_one_write_takes(run: Run) -> None:
    rows = [create(number, Name=f"n{number}") for number in range(1, 6)]
    run.journal.plan(rows)
    provider = connect(run.folder, Faults())
    provider.capabilities = replace(provider.capabilities, at_once=2)
    apply_writes(rows, {"crm": provider}, run.journal, options(run.clock))
    assert provider.calls["write"] == 3


def test_a_create_is_found_where_the_provider_can(run: Run) -> None:
    """What the record holds of what was sent is agreed, and no more: it may be somebody else's."""

    class Finds(FaultyProvider):
        def find(self, actions: Sequence[Action]) -> list[str | None]:
            known = {values["Name"]: one for one, values in run.crm.records("Account").items()}
            return [known.get(str(action.values["Name"])) for action in actions]

    rows = [create(1, Name="a", City="Ulm"), create(2, Name="b", City="Rom")]
    run.journal.plan(rows)
    finds = Finds(connect(run.folder).inner, failing("write", 1, "timeout_midway", lacks=LACKS))
    there = run.account(Name="b", City="elsewhere")
    summary = apply_writes(rows, {"crm": finds}, run.journal, options(run.clock))
    assert counted(summary) == (2, 0, 0, 0)
    assert run.journal.bases[Ref("crm", "Account", there)] == {"Name": "b"}
    assert run.journal.operations[1].after == {"Name": "a", "City": "Ulm"}


def test_without_reading_an_update_of_unknown_end_is_a_question(run: Run) -> None:
    one = run.account(Name="Ada")
    faults = failing("write", 1, "timeout_after", lacks=("read_back",))
    summary = run.apply(update(1, one, {"Name": "Ada"}, Name="Bob"), faults=faults)
    assert (counted(summary), run.states) == ((0, 0, 1, 0), {1: "uncertain"})


def test_replies_that_stay_away_stop_the_connection(run: Run) -> None:
    silent = Faults(script=lambda method, call: "timeout_before" if method == "write" else None)
    summary = run.apply(create(1, Name="a"), create(2, "Contact", Email="b"), faults=silent, attempts=3)
    assert run.provider.calls["write"] == 3
    assert run.states == {1: "sent", 2: "planned"}
    assert counted(summary) == (0, 0, 0, 2)
    assert counted(run.resume()) == (2, 0, 0, 0)


def test_rows_without_a_result_are_not_taken_for_done(run: Run) -> None:
    class Forgets(FaultyProvider):
        def write(self, actions: Sequence[Action]) -> Any:
            return list(super().write(actions))[:1]

    rows = [create(number, Name=f"n{number}") for number in range(1, 4)]
    run.journal.plan(rows)
    forgets = Forgets(connect(run.folder).inner, Faults())
    assert counted(apply_writes(rows, {"crm": forgets}, run.journal, options(run.clock))) == (3, 0, 0, 0)
    assert len(run.accounts) == 3
