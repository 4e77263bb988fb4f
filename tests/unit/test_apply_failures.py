"""Apply: what a failed call asks for is done, and no more than that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from applying import Run, counted, failing
from journals import connect, create, options, update

from leadbridge.apply import apply_writes
from leadbridge.errors import BusyError, QuotaError, RetryableError
from leadbridge.provider import Action
from leadbridge.testing.faults import RETRY_AFTER, Faults, FaultyProvider

LACKS = ("checks_expected", "upsert_by_key")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


@pytest.mark.parametrize("poison", [{1}, {8}, {3, 4}, set(range(1, 9))])
def test_a_refused_batch_is_split_to_its_poison(run: Run, poison: set[int]) -> None:
    rows = [create(number, Name=f"n{number}") for number in range(1, 9)]
    summary = run.apply(*rows, faults=Faults(poisons=lambda action: action.number in poison))
    assert set(run.journal.codes()) == poison
    assert set(run.journal.codes().values()) == {"refused"}
    assert counted(summary) == (8 - len(poison), len(poison), 0, 0)
    assert [a["Name"] for a in run.accounts] == [f"n{n}" for n in range(1, 9) if n not in poison]
    assert run.provider.calls["write"] <= 1 + 2 * 3 * len(poison)


def test_a_rate_limit_is_waited_for_as_long_as_asked(run: Run) -> None:
    summary = run.apply(create(1, Name="Ada"), faults=failing("write", 1, "rate_limit"))
    assert counted(summary) == (1, 0, 0, 0)
    (slept,) = run.clock.slept
    assert RETRY_AFTER <= slept <= RETRY_AFTER + 1


def test_retries_back_off_and_are_bounded(run: Run) -> None:
    class Busy(FaultyProvider):
        def write(self, actions: Sequence[Action]) -> Any:
            self.calls["write"] = self.calls.get("write", 0) + 1
            raise RetryableError("crm", "row lock")

    busy, rows = Busy(connect(run.folder).inner, Faults()), [create(n, Name="x") for n in (1, 2, 3)]
    run.journal.plan(rows)
    summary = apply_writes(rows, {"crm": busy}, run.journal, replace(options(run.clock, batch=2), attempts=4))
    assert busy.calls["write"] == 4
    assert [int(seconds) for seconds in run.clock.slept] == pytest.approx([1, 2, 4], abs=1)
    assert run.clock.slept == sorted(run.clock.slept)
    assert counted(summary) == (0, 0, 0, 3)
    assert str(summary.stopped["crm"]) == "row lock"
    assert set(run.states.values()) == {"planned"}


def test_a_crm_that_asks_for_too_much_patience_is_left(run: Run) -> None:
    summary = run.apply(create(1, Name="Ada"), faults=failing("write", 1, "rate_limit"), longest_wait=RETRY_AFTER - 1)
    assert (counted(summary), run.clock.slept) == ((0, 0, 0, 1), [])


def test_credentials_are_refreshed_once(run: Run) -> None:
    summary = run.apply(create(1, Name="Ada"), faults=failing("write", 1, "credentials"))
    assert counted(summary) == (1, 0, 0, 0)
    assert run.provider.calls["write"] == 2


def test_credentials_that_stay_bad_stop_the_connection(run: Run) -> None:
    both = Faults(script=lambda method, call: "credentials" if method == "write" else None)
    summary = run.apply(create(1, Name="Ada"), faults=both)
    assert run.provider.calls["write"] == 2
    assert str(summary.stopped["crm"]) == "the credentials have expired"
    assert run.states == {1: "planned"}


def test_a_quota_stops_its_connection_and_resuming_goes_on(run: Run) -> None:
    rows = [create(number, Name=f"n{number}") for number in range(1, 7)]
    summary = run.apply(*rows, faults=failing("write", 2, "quota"), batch=2)
    assert isinstance(summary.stopped["crm"], QuotaError)
    assert counted(summary) == (2, 0, 0, 4)
    assert run.provider.calls["write"] == 2
    assert list(run.states.values()) == ["done"] * 2 + ["planned"] * 4
    assert counted(run.resume()) == (4, 0, 0, 0)
    assert len(run.accounts) == 6


def test_one_stopped_connection_does_not_stop_another(run: Run) -> None:
    rows = [create(1, Name="a", connection="bad"), create(2, Name="b")]
    run.journal.plan(rows)
    providers = {"bad": connect(run.folder, failing("write", 1, "quota"), "bad"), "crm": connect(run.folder)}
    summary = apply_writes(rows, providers, run.journal, options(run.clock))
    assert (list(summary.stopped), run.states) == (["bad"], {1: "planned", 2: "done"})


def test_a_busy_connection_leaves_its_rows_planned(run: Run) -> None:
    class Locked(FaultyProvider):
        def begin(self) -> None:
            raise BusyError("another process writes")

    locked = Locked(connect(run.folder).inner, Faults())
    run.journal.plan([create(1, Name="a")])
    summary = apply_writes([create(1, Name="a")], {"crm": locked}, run.journal, options())
    assert (counted(summary), run.states) == ((0, 0, 0, 1), {1: "planned"})


def test_a_lost_lease_ends_the_run_before_the_next_batch(run: Run) -> None:
    checks: list[int] = []

    def check() -> None:
        checks.append(1)
        if len(checks) == 2:
            raise BusyError("the lease was lost")

    with pytest.raises(BusyError, match="lease"):
        run.apply(create(1, Name="a"), create(2, Name="b"), batch=1, check=check)
    assert run.states == {1: "done", 2: "planned"}


def test_nobody_knows_leaves_rows_sent(run: Run) -> None:
    summary = run.apply(create(1, Name="a"), faults=failing("write", 1, "unreachable"))
    assert (counted(summary), run.states) == ((0, 0, 0, 1), {1: "sent"})


def test_a_read_whose_reply_is_lost_is_asked_again(run: Run) -> None:
    one = run.account(Name="Ada")
    run.apply(update(1, one, {"Name": "Ada"}, Name="B"), faults=failing("read", 1, "timeout_after", lacks=LACKS))
    assert run.states == {1: "done"}
    assert len(run.clock.slept) == 1


def test_a_programming_fault_passes_and_leaves_the_rows_sent(run: Run) -> None:
    class Broken(FaultyProvider):
        abandoned = 0

        def write(self, actions: Sequence[Action]) -> Any:
            raise ValueError("a fault of the plugin")

        def abandon(self) -> None:
            self.abandoned += 1

    broken = Broken(connect(run.folder).inner, Faults())
    run.journal.plan([create(1, Name="a")])
    with pytest.raises(ValueError, match="plugin"):
        apply_writes([create(1, Name="a")], {"crm": broken}, run.journal, options())
    assert (run.states, broken.abandoned) == ({1: "sent"}, 1)
