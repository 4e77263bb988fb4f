"""Apply: every row to one outcome, through the journal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from applying import Run, counted, failing
from journals import connect, create, delete, options, update

from leadbridge.apply import Options, apply_writes
from leadbridge.provider import Action, Provider
from leadbridge.records import Ref
from leadbridge.testing.faults import Faults, FaultyProvider

LACKS = ("checks_expected", "upsert_by_key")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_rows_are_written_and_their_bases_move(run: Run) -> None:
    one, other = run.account(Name="Ada", City="Ulm"), run.account(Name="Bob")
    summary = run.apply(
        create(1, Name="Cy", City="Rom"),
        update(2, one, {"City": "Ulm"}, City="Bonn"),
        delete(3, other, {"Name": "Bob"}),
    )
    assert counted(summary) == (3, 0, 0, 0)
    assert run.accounts == [{"Name": "Ada", "City": "Bonn"}, {"Name": "Cy", "City": "Rom"}]
    new = run.journal.operations[1].id or ""
    assert run.journal.bases == {
        Ref("crm", "Account", new): {"Name": "Cy", "City": "Rom"},
        Ref("crm", "Account", one): {"City": "Bonn"},
    }
    assert set(run.journal.due.values()) == {False}
    assert all(states == ["planned", "sent", "done"] for states in run.journal.history.values())


def test_before_images_are_kept_and_of_a_delete_the_whole_record(run: Run) -> None:
    one, other = run.account(Name="Ada", City="Ulm"), run.account(Name="Bob", City="Rom")
    run.apply(update(1, one, {"City": "Ulm"}, City="Bonn"), delete(2, other, {"Name": "Bob"}))
    befores = {number: dict(operation.before) for number, operation in run.journal.operations.items()}
    assert befores == {1: {"City": "Ulm"}, 2: {"Name": "Bob", "City": "Rom"}}


def test_nothing_is_sent_that_the_journal_does_not_hold(run: Run) -> None:
    class Watching(FaultyProvider):
        def write(self, actions: Sequence[Action]) -> Any:
            assert {run.states[action.number] for action in actions} == {"sent"}
            return super().write(actions)

    rows = [create(number, Name=f"n{number}") for number in range(1, 8)]
    run.journal.plan(rows)
    watching = Watching(connect(run.folder).inner, Faults())
    summary = apply_writes(rows, {"crm": watching}, run.journal, options(batch=3))
    assert counted(summary) == (7, 0, 0, 0)
    assert watching.calls["write"] == 3


@pytest.mark.parametrize("lacks", [(), LACKS])
def test_stale_rows_are_rejected_and_the_rest_go_on(run: Run, lacks: tuple[str, ...]) -> None:
    ids = [run.account(Name="Ada", City="Ulm") for _ in range(3)]
    rows = [update(n, one, {"Name": "Ada", "City": "Ulm"}, City="Bonn") for n, one in enumerate(ids, start=1)]
    run.crm.edit("Account", ids[1], {"City": "Secret"})
    summary = run.apply(*rows, faults=Faults(lacks=lacks))
    assert counted(summary) == (2, 1, 0, 0)
    assert run.states == {1: "done", 2: "rejected", 3: "done"}
    reject = run.journal.rejects[2]
    assert (reject.code, reject.provider_field) == ("stale", "City")
    assert "Secret" not in reject.reason
    assert run.crm.entry("Account", ids[1]).values["City"] == "Secret"
    assert Ref("crm", "Account", ids[1]) not in run.journal.bases


def test_a_stale_row_names_every_field_that_was_edited(run: Run) -> None:
    one = run.account(Name="Ada", City="Ulm")
    run.crm.edit("Account", one, {"City": "x", "Name": "y"})
    run.apply(update(1, one, {"Name": "Ada", "City": "Ulm"}, City="Bonn"), faults=Faults(lacks=LACKS))
    reject = run.journal.rejects[1]
    assert reject.reason == "City, Name were edited since the plan was made; nothing was written"
    assert (reject.source, reject.remedy) == (f"crm:Account:{one}", "plan again: the edit is weighed then")


def test_a_record_that_is_gone_is_a_reject(run: Run) -> None:
    one = run.account(Name="Ada")
    run.crm.delete("Account", one)
    run.apply(update(1, one, {"Name": "Ada"}, Name="Bob"), delete(2, one, {}), faults=Faults(lacks=LACKS))
    assert run.journal.codes() == {1: "gone", 2: "gone"}


@pytest.mark.parametrize(("age", "reads"), [(59, 0), (61, 1)])
def test_fresh_values_are_not_read_again(run: Run, age: int, reads: int) -> None:
    """One read is the read-back."""
    one = run.account(Name="Ada")
    now = datetime(2026, 5, 1, tzinfo=UTC)
    row = update(1, one, {"Name": "Ada"}, Name="Bob")
    faults = Faults(lacks=LACKS)
    run.apply(row, faults=faults, captured_at=now - timedelta(seconds=age), now=lambda: now)
    assert run.provider.calls["read"] == 1 + reads


def test_a_provider_that_compares_itself_is_not_asked_to_read_first(run: Run) -> None:
    run.apply(update(1, run.account(Name="Ada"), {"Name": "Ada"}, Name="Bob"))
    assert run.provider.calls == {"begin": 1, "write": 1, "read": 1, "commit": 1}


def test_a_reference_takes_the_id_of_the_record_made(run: Run) -> None:
    contact = replace(create(2, "Contact", Email="a@x.example"), refers={"AccountId": 1})
    run.apply(create(1, Name="Ada"), contact)
    (account,) = run.crm.records("Account")
    assert list(run.crm.records("Contact").values()) == [{"Email": "a@x.example", "AccountId": account}]
    assert run.journal.operations[2].after["AccountId"] == account


def test_a_reference_into_the_same_batch_waits(run: Run) -> None:
    run.apply(create(1, Name="Parent"), replace(create(2, Name="Child"), refers={"City": 1}), create(3, Name="Other"))
    parent = run.journal.operations[1].id
    assert [account.get("City") for account in run.accounts] == [None, parent, None]
    assert run.provider.calls["write"] == 2


def test_rows_of_a_refused_record_depend(run: Run) -> None:
    """A contact whose account is created in the same plan and is refused; and whose who depends on it in turn."""
    contact = replace(create(2, "Contact", Email="a@x.example"), refers={"AccountId": 1})
    third = replace(create(3, "Contact", Email="b@x.example"), refers={"Phone": 2})
    summary = run.apply(create(1, Name="Ada"), contact, third, faults=Faults(refuses=lambda a: a.object == "Account"))
    assert run.journal.codes() == {1: "validation", 2: "depends", 3: "depends"}
    assert summary.codes == {"validation": 1, "depends": 2}
    assert run.crm.records("Contact") == {}
    assert run.journal.rejects[2].reason == "row 1, whose record it refers to, was not done"
    assert run.journal.history[2] == ["planned", "rejected"]


def test_one_success_marks_no_batch(run: Run) -> None:
    rows = [create(number, Name=f"n{number}") for number in range(1, 7)]
    summary = run.apply(*rows, faults=Faults(refuses=lambda action: action.number % 2 == 0))
    assert counted(summary) == (3, 3, 0, 0)
    assert [account["Name"] for account in run.accounts] == ["n1", "n3", "n5"]


def test_an_edit_between_check_and_write_is_seen_where_the_crm_compares(run: Run) -> None:
    one = run.account(Name="Ada", City="Ulm")

    def user(action: Action) -> None:
        run.crm.edit("Account", one, {"City": "user"})

    run.apply(update(1, one, {"City": "Ulm"}, City="Bonn"), faults=failing("write", 1, "edit_before", user=user))
    assert (run.journal.codes(), run.accounts[0]["City"]) == ({1: "stale"}, "user")


def test_rows_of_one_record_are_written_one_after_the_other(run: Run) -> None:
    one = run.account(Name="Ada", City="Ulm")
    run.apply(update(1, one, {"City": "Ulm"}, City="Bonn"), update(2, one, {"City": "Bonn"}, City="Rom"))
    assert run.accounts[0]["City"] == "Rom"
    assert run.provider.calls["write"] == 2


def test_replaying_changes_nothing(run: Run) -> None:
    rows = [create(1, Name="a"), update(2, run.account(Name="b"), {"Name": "b"}, Name="c")]
    run.apply(*rows)
    before, journal = run.crm.changes("Account", 0), run.journal.states()
    assert counted(run.resume()) == (0, 0, 0, 0)
    assert (run.crm.changes("Account", 0), run.journal.states()) == (before, journal)


def test_options_default_to_a_saved_plan() -> None:
    assert Options().recheck
    now = datetime(2026, 5, 1, tzinfo=UTC)
    assert not Options(captured_at=now, now=lambda: now).recheck


def test_every_provider_takes_the_new_calls(run: Run) -> None:
    """The defaults: nothing to refresh, nothing found, no rule of its own."""
    provider: Provider = connect(run.folder).inner
    provider.refresh()
    assert provider.find([Action(1, "create", "Account")]) == [None]
    assert not provider.normalises("Account", "Name", "A", "a")
