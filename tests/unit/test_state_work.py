"""Plans, runs and the journal."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError
from stated import opened

from leadbridge.state import operations, plans, runs
from leadbridge.state.model import Operation, PlanRow, Run
from leadbridge.state.operations import Outcome
from leadbridge.state.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with opened(tmp_path) as made:
        yield made


def row(number: int, kind: str = "update", depends: int | None = None) -> PlanRow:
    return PlanRow(number, kind, "sf", "Lead", number, None, depends, f'{{"n":{number}}}')  # type: ignore[arg-type]


def drafted(store: Store, *rows: PlanRow, job: str = "people") -> int:
    with store.begin() as tx:
        plan = plans.draft(tx, job, "sync", "c0ffee", {("sf", "Lead"): None, ("hs", "contacts"): "41"})
        plans.add_rows(tx, plan.id, rows)
    return plan.id


def running(store: Store, plan: int | None = None, *connections: str) -> Run:
    with store.begin() as tx:
        run = runs.start(tx, "people", "sync", connections or ("sf", "hs"))
        if plan is not None:
            runs.set_plan(tx, run.id, plan)
        found = runs.get(tx, run.id)
    assert found is not None
    return found


# -- plans


def test_a_plan_is_read_back_as_it_was_written(store: Store) -> None:
    number = drafted(store, row(1, "settle"), row(2), row(4, "create", depends=2))
    with store.begin() as tx:
        plans.seal(tx, number, "d16e57", {("hs", "contacts"): "42"}, '{"updates":1}')

    with store.read() as snapshot:
        plan = plans.get(snapshot, number)
        assert plans.page(snapshot, number) == [row(1, "settle"), row(2), row(4, "create", depends=2)]
        assert plans.page(snapshot, number, kinds=["settle"]) == [row(1, "settle")]
        assert plans.bodies(snapshot, number, after=1, limit=1, kinds=["create"]) == [(4, '{"n":4}')]
        assert plans.page(snapshot, number, after=1, limit=1) == [row(2)]
    assert plan is not None
    assert plan.start == {("sf", "Lead"): None, ("hs", "contacts"): "41"}
    assert (plan.end, plan.digest, plan.summary) == ({("hs", "contacts"): "42"}, "d16e57", '{"updates":1}')
    assert (plan.state, plan.configuration, plan.generation) == ("draft", "c0ffee", store.generation)


def test_many_rows_come_in_pages(store: Store) -> None:
    number = drafted(store, *(row(n) for n in range(1, 2502)))

    with store.read() as snapshot:
        assert list(plans.texts(snapshot, number)) == [f'{{"n":{n}}}' for n in range(1, 2502)]


def test_a_plan_moves_on_once_and_only_when_it_is_complete(store: Store) -> None:
    number = drafted(store)
    with store.begin() as tx:
        assert not plans.set_state(tx, number, "approved", expected=["draft"])
        plans.seal(tx, number, "d16e57", {}, "{}")
        assert plans.set_state(tx, number, "approved", expected=["draft"])
        assert not plans.set_state(tx, number, "approved", expected=["draft"])
        assert plans.set_state(tx, number, "applied", expected=["draft", "approved"])


def test_plans_are_listed_and_removed(store: Store) -> None:
    first, other, last = drafted(store, row(1)), drafted(store, job="convert"), drafted(store, row(1), row(2))

    with store.begin() as tx:
        assert [plan.id for plan in plans.latest(tx)] == [last, other, first]
        assert [plan.id for plan in plans.latest(tx, "people", limit=1)] == [last]
        plans.remove_rows(tx, last)
        plans.remove(tx, first)
        assert plans.page(tx, last) == plans.page(tx, first) == []
        assert plans.get(tx, first) is None
        assert plans.get(tx, last) is not None


def test_a_number_stands_once_in_a_plan(store: Store) -> None:
    number = drafted(store, row(1))
    with pytest.raises(IntegrityError), store.begin() as tx:
        plans.add_rows(tx, number, [row(2), row(1)])
    with store.read() as snapshot:
        assert plans.page(snapshot, number) == [row(1)]


# -- runs


def test_a_run_is_read_back_as_it_was_written(store: Store) -> None:
    with store.begin() as tx:
        run = runs.start(tx, "people", "undo", ["sf", "hs"], undoes=3)
        assert runs.get(tx, run.id) == run
        assert (run.connections, run.state, run.undoes, run.ended_at) == (("hs", "sf"), "running", 3, None)
        runs.set_plan(tx, run.id, 9)
        runs.end(tx, run.id, "done", {"updated": 3})
        ended = runs.get(tx, run.id)
        assert ended is not None
        assert (ended.state, ended.plan, ended.counts) == ("done", 9, {"updated": 3})
        assert ended.ended_at is not None
        assert runs.undone_by(tx, 3) == [ended]
        assert runs.latest(tx, "people") == runs.latest(tx) == [ended]
        assert runs.latest(tx, "convert") == []
        assert runs.get(tx, 10**6) is None


def test_unfinished_runs_are_those_that_never_ended_or_do_not_know_what_they_did(store: Store) -> None:
    killed, elsewhere, stopped, done = running(store), running(store, None, "web"), running(store), running(store)
    with store.begin() as tx:
        operations.intend(tx, stopped.id, {1: None})
        operations.intend(tx, done.id, {1: None})
        operations.record(tx, done.id, [Outcome(1, "done", "00Q1")])
        runs.end(tx, stopped.id, "stopped", {})
        runs.end(tx, done.id, "done", {})

    with store.begin() as tx:
        assert [run.id for run in runs.unfinished(tx, ["sf"])] == [killed.id, stopped.id]
        assert [run.id for run in runs.unfinished(tx, ["web", "mail"])] == [elsewhere.id]
        operations.record(tx, stopped.id, [Outcome(1, "uncertain")])
        assert [run.id for run in runs.unfinished(tx, ["sf"])] == [killed.id]
        runs.end(tx, killed.id, "failed", {})
        assert runs.unfinished(tx, ["sf"]) == []
        runs.resume(tx, killed.id)
        assert [(run.id, run.ended_at) for run in runs.unfinished(tx, ["sf"])] == [(killed.id, None)]


# -- the journal


def test_an_intent_keeps_the_first_before_image(store: Store) -> None:
    run = running(store).id
    with store.begin() as tx:
        operations.intend(tx, run, {1: {"Amount": Decimal("1.50")}, 2: None})
    with store.begin() as tx:
        operations.intend(tx, run, {1: {"Amount": Decimal("9.00")}})
        assert operations.of(tx, run, [1, 2, 3]) == {
            1: Operation(1, "sent", 2, {"Amount": Decimal("1.50")}),
            2: Operation(2, "sent", 1),
        }


def test_outcomes_are_kept_beside_their_intents(store: Store) -> None:
    run = running(store).id
    with store.begin() as tx:
        operations.intend(tx, run, {1: {"City": "Oslo"}, 2: None, 3: {"City": "Rome"}})
        outcomes = [
            Outcome(1, "done", "00Q1", {"City": "BERGEN"}),
            Outcome(2, "rejected", code="required"),
            Outcome(4, "rejected", code="stale"),  # never sent
        ]
        operations.record(tx, run, outcomes)
        found = operations.page(tx, run)
        assert found == [
            Operation(1, "done", 1, {"City": "Oslo"}, {"City": "BERGEN"}, "00Q1"),
            Operation(2, "rejected", 1, code="required"),
            Operation(3, "sent", 1, {"City": "Rome"}),
            Operation(4, "rejected", 0, code="stale"),
        ]
        assert operations.page(tx, run, states=["sent"]) == [found[2]]
        assert operations.page(tx, run, after=1, limit=1) == [found[1]]
        assert operations.counts(tx, run) == {"done": 1, "rejected": 2, "sent": 1}
        assert operations.page(tx, run + 1) == []


def test_an_outcome_stays(store: Store) -> None:
    """A reply that comes twice, or a resumed run that finds out again, changes nothing."""
    run = running(store).id
    with store.begin() as tx:
        operations.intend(tx, run, {1: None, 2: None})
        assert operations.record(tx, run, [Outcome(1, "done", "00Q1"), Outcome(2, "planned")]) == {1, 2}
        assert operations.record(tx, run, [Outcome(1, "rejected"), Outcome(2, "uncertain"), Outcome(3, "skipped")]) == {
            2,
            3,
        }
        assert [(o.number, o.state, o.result_id) for o in operations.page(tx, run)] == [
            (1, "done", "00Q1"),
            (2, "uncertain", None),
            (3, "skipped", None),
        ]


def test_rows_that_a_run_has_not_begun(store: Store) -> None:
    plan = drafted(store, row(1, "settle"), row(2), row(3), row(4), row(5, "create"))
    run, other = running(store, plan), running(store, plan)
    with store.begin() as tx:
        operations.intend(tx, run.id, {2: None})
        operations.intend(tx, run.id, {4: None})
        operations.record(tx, run.id, [Outcome(3, "skipped"), Outcome(4, "planned")])
        writes = plans.untouched(tx, run, ["create", "update"])
        assert writes == [row(4), row(5, "create")]
        assert plans.untouched(tx, run, ["create", "update"], after=4) == [row(5, "create")]
        assert plans.untouched(tx, run, ["settle"]) == [row(1, "settle")]
        assert len(plans.untouched(tx, other, ["update"])) == 3
        assert plans.untouched(tx, running_without_plan(run), ["update"]) == []


def running_without_plan(run: Run) -> Run:
    return Run(run.id, run.job, run.kind, run.state, run.connections, run.started_at)
