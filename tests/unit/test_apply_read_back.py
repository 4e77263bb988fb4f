"""Apply: what is agreed is what the CRM stored, unless somebody edited it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from applying import Run, counted, failing
from journals import create, update

from leadbridge.plan.rows import WriteRow
from leadbridge.provider import Action
from leadbridge.records import Ref
from leadbridge.testing.faults import Faults, lower_case, truncated


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def test_a_normalisation_becomes_the_base(run: Run) -> None:
    one = run.account(Name="x", City="y")
    row = update(1, one, {"Name": "x", "City": "y"}, Name="Ada LTD", City="Königsberg")

    def stores(field: str, raw: Any) -> Any:
        return truncated(5, "City")(field, lower_case("Name")(field, raw))

    assert counted(run.apply(row, faults=Faults(stores=stores))) == (1, 0, 0, 0)
    assert run.journal.bases == {Ref("crm", "Account", one): {"Name": "ada ltd", "City": "König"}}


def test_an_equivalent_value_read_back_becomes_the_base(run: Run) -> None:
    def alike(row: WriteRow, field: str, sent: Any, stored: Any) -> bool:
        return str(sent).casefold() == str(stored).casefold()

    faults = Faults(stores=lower_case("Name"), declared=False)
    run.apply(create(1, Name="ADA"), faults=faults, equivalent=alike)
    assert list(run.journal.bases.values()) == [{"Name": "ada"}]


def test_a_value_that_the_crm_did_not_take_is_not_accepted(run: Run) -> None:
    one = run.account(Name="Ada", City="Ulm")
    ignores = Faults(stores=lambda field, raw: "Ulm" if field == "City" else raw, declared=False)
    run.apply(update(1, one, {"Name": "Ada", "City": "Ulm"}, Name="Bob", City="Bonn"), faults=ignores)
    assert run.journal.codes() == {1: "not_accepted"}
    assert run.journal.rejects[1].reason == "the CRM said done, but did not take City"
    assert run.journal.bases == {Ref("crm", "Account", one): {"Name": "Bob"}}


def test_a_value_that_a_new_record_did_not_take_is_still_owed(run: Run) -> None:
    """Base is what the record holds, so that its blank is no edit."""
    ignores = Faults(stores=lambda field, raw: "" if field == "City" else raw, declared=False)
    run.apply(create(1, Name="Ada", City="Ulm"), faults=ignores)
    assert run.states == {1: "done"}
    assert list(run.journal.bases.values()) == [{"Name": "Ada", "City": ""}]
    assert list(run.journal.due.values()) == [True]


def test_an_edit_between_write_and_read_back_is_left_for_the_next_capture(run: Run) -> None:
    one = run.account(Name="Ada", City="Ulm")

    def user(action: Action) -> None:
        run.crm.edit("Account", one, {"City": "user"})

    run.apply(update(1, one, {"City": "Ulm"}, City="Bonn"), faults=failing("write", 1, "edit_after", user=user))
    assert run.states == {1: "done"}
    assert run.journal.bases == {Ref("crm", "Account", one): {"City": "Bonn"}}
    assert run.accounts[0]["City"] == "user"


def test_a_failed_read_back_gives_no_new_record_up(run: Run) -> None:
    """Nothing is agreed of it, so that the next capture is its first contact."""
    lost = Faults(script=lambda method, call: "unreachable" if method == "read" else None, lacks=("upsert_by_key",))
    assert counted(run.apply(create(1, Name="Ada"), faults=lost)) == (1, 0, 0, 0)
    assert run.journal.operations[1].id in run.crm.records("Account")
    assert run.journal.bases == {}


def test_a_failed_read_back_leaves_an_update_to_be_looked_up(run: Run) -> None:
    one = run.account(Name="x")
    unread = Faults(
        script=lambda method, call: "unreachable" if method == "read" else None, stores=truncated(2, "Name")
    )
    assert counted(run.apply(update(1, one, {"Name": "x"}, Name="Ada"), faults=unread)) == (0, 0, 0, 1)
    assert run.states == {1: "sent"}
    assert counted(run.resume(Faults(stores=truncated(2, "Name")))) == (1, 0, 0, 0)
    assert run.journal.bases == {Ref("crm", "Account", one): {"Name": "Ad"}}
    assert "write" not in run.provider.calls
