"""Undo: what the run wrote and nobody touched since goes back; everything else is named and stays."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from applying import Run
from hypothesis import given, settings
from hypothesis import strategies as st
from journals import MemoryJournal, create, delete, update

from leadbridge.apply import Kept, Operation, Undo, undo_rows
from leadbridge.apply.undo import Named
from leadbridge.plan.rows import WriteRow
from leadbridge.records import Record, Ref
from leadbridge.values import Raw


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path)


def planned(run: Run, referrers: Mapping[Ref, Collection[Named]] | None = None) -> Undo:
    wrote = [o for o in run.journal.operations.values() if o.state == "done" or o.after]
    refs = [operation.ref for operation in wrote]
    return undo_rows(wrote, dict(zip(refs, run.provider.inner.read(refs), strict=True)), referrers or {})


def undo(run: Run, referrers: Mapping[Ref, Collection[Named]] | None = None) -> tuple[Kept, ...]:
    plan = planned(run, referrers)
    run.journal = MemoryJournal()
    run.apply(*plan.rows)
    return plan.kept


def ref(one: str, object: str = "Account") -> Ref:
    return Ref("crm", object, one)


def test_a_run_and_its_undo_leave_what_was_there(run: Run) -> None:
    one = run.account(Name="Ada", City="Ulm")
    before = run.accounts
    contact = replace(create(2, "Contact", Email="a@x.example"), refers={"AccountId": 1})
    run.apply(create(1, Name="Cy"), contact, update(3, one, {"Name": "Ada", "City": "Ulm"}, Name="Bob", City=None))
    account, person = (run.journal.operations[number].id or "" for number in (1, 2))
    assert undo(run, {ref(account): [(ref(person, "Contact"), "AccountId")]}) == ()
    assert (run.accounts, run.crm.records("Contact")) == (before, {})
    assert set(run.states.values()) == {"done"}


def test_fields_edited_since_are_named_and_left(run: Run) -> None:
    one = run.account(Name="Ada", City="Ulm")
    run.apply(update(1, one, {"Name": "Ada", "City": "Ulm"}, Name="Bob", City="Bonn"))
    run.crm.edit("Account", one, {"City": "user"})
    assert undo(run) == (Kept(1, ref(one), "City", "edited"),)
    assert run.accounts == [{"Name": "Ada", "City": "user"}]


def test_a_field_that_was_put_back_by_hand_is_named_too(run: Run) -> None:
    one = run.account(Name="Ada")
    run.apply(update(1, one, {"Name": "Ada"}, Name="Bob"))
    run.crm.edit("Account", one, {"Name": "Ada"})
    assert planned(run) == Undo((), (Kept(1, ref(one), "Name", "edited"),))


def test_an_edit_after_planning_makes_the_undo_stale(run: Run) -> None:
    one = run.account(Name="Ada")
    run.apply(update(1, one, {"Name": "Ada"}, Name="Bob"), create(2, Name="new"))
    plan, new = planned(run), run.journal.operations[2].id or ""
    for each in (one, new):
        run.crm.edit("Account", each, {"Name": "user"})
    run.journal = MemoryJournal()
    run.apply(*plan.rows)
    assert run.journal.codes() == {1: "stale", 2: "stale"}
    assert [account["Name"] for account in run.accounts] == ["user", "user"]


def test_a_created_record_that_was_edited_stays(run: Run) -> None:
    run.apply(create(1, Name="Ada", City="Ulm"))
    one = run.journal.operations[1].id or ""
    run.crm.edit("Account", one, {"City": "user"})
    assert planned(run) == Undo((), (Kept(1, ref(one), "City", "edited"),))


def test_a_created_record_that_others_refer_to_stays(run: Run) -> None:
    run.apply(create(1, Name="Ada"))
    one = run.journal.operations[1].id or ""
    assert planned(run, {ref(one): [(ref("c9", "Contact"), "AccountId")]}) == Undo(
        (), (Kept(1, ref(one), "", "referred"),)
    )


def test_what_this_undo_puts_back_refers_no_more() -> None:
    made = Operation(create(1, Name="Ada"), "done", "a1", after={"Name": "Ada"})
    told = replace(update(2, "c1", {"AccountId": ""}, AccountId="@1"), object="Contact")
    moved = Operation(told, "done", "c1", before={"AccountId": ""}, after={"AccountId": "a1"})
    person = ref("c1", "Contact")
    current = {made.ref: Record(made.ref, {"Name": "Ada"}), person: Record(person, {"AccountId": "a1"})}
    undo = undo_rows([made, moved], current, {made.ref: [(person, "AccountId")]})
    assert [(row.verb, row.id, dict(row.values)) for row in undo.rows] == [
        ("update", "c1", {"AccountId": ""}),
        ("delete", "a1", {}),
    ]
    assert undo.kept == ()


def test_what_names_two_records_of_one_id_and_is_put_back_in_one_field_refers_still() -> None:
    """Ids are good within an object only: account and deal may have the same, and one note names both."""
    made = [
        Operation(create(1, Name="Ada"), "done", "101", after={"Name": "Ada"}),
        Operation(replace(create(2, Name="Deal"), object="Deal"), "done", "101", after={"Name": "Deal"}),
    ]
    told = replace(update(3, "n1", {"AccountId": ""}, AccountId="@1"), object="Note")
    moved = Operation(told, "done", "n1", before={"AccountId": ""}, after={"AccountId": "101"})
    account, deal, note = made[0].ref, made[1].ref, ref("n1", "Note")
    current = {
        account: Record(account, {"Name": "Ada"}),
        deal: Record(deal, {"Name": "Deal"}),
        note: Record(note, {"AccountId": "101", "DealId": "101"}),  # somebody added the deal since
    }
    undo = undo_rows([*made, moved], current, {account: [(note, "AccountId")], deal: [(note, "DealId")]})
    assert [(one.ref, one.why) for one in undo.kept] == [(deal, "referred")]
    assert [(row.verb, row.object, row.id) for row in undo.rows] == [
        ("update", "Note", "n1"),
        ("delete", "Account", "101"),
    ]


def test_an_account_stays_with_its_edited_contact(run: Run) -> None:
    run.apply(create(1, Name="Ada"), replace(create(2, "Contact", Email="a"), refers={"AccountId": 1}))
    account, person = (run.journal.operations[number].id or "" for number in (1, 2))
    run.crm.edit("Contact", person, {"Email": "user"})
    kept = planned(run, {ref(account): [(ref(person, "Contact"), "AccountId")]}).kept
    assert [(one.number, one.field, one.why) for one in kept] == [(1, "", "referred"), (2, "Email", "edited")]


def test_what_is_gone_is_named(run: Run) -> None:
    one = run.account(Name="Ada")
    run.apply(update(1, one, {"Name": "Ada"}, Name="Bob"), create(2, Name="new"))
    new = run.journal.operations[2].id or ""
    run.crm.delete("Account", one)
    run.crm.delete("Account", new)
    assert planned(run) == Undo((), (Kept(1, ref(one), "", "gone"), Kept(2, ref(new), "", "gone")))


def test_a_deleted_record_is_said_to_be_lost(run: Run) -> None:
    one = run.account(Name="Ada")
    run.apply(delete(1, one, {"Name": "Ada"}))
    assert planned(run) == Undo((), (Kept(1, ref(one), "", "deleted"),))


def test_a_deleted_record_is_made_again_where_its_id_comes_back() -> None:
    row = delete(5, "a@x.example", {"Name": "Ada"})
    operation = Operation(row, "done", "a@x.example", before={"Email": "a@x.example", "Name": "Ada"})
    (again,) = undo_rows([operation], {}, {}, recreates=["crm"]).rows
    assert (again.number, again.verb, again.id, again.expected) == (1, "create", None, {})
    assert again.values == {"Email": "a@x.example", "Name": "Ada"}


def test_a_deleted_record_that_somebody_made_again_is_left() -> None:
    operation = Operation(delete(5, "a", {}), "done", "a", before={"Name": "Ada"})
    there = Record(ref("a"), {"Name": "new"})
    assert undo_rows([operation], {ref("a"): there}, {}, ["crm"]) == Undo((), (Kept(5, ref("a"), "", "edited"),))


def test_a_record_written_twice_goes_back_to_its_first_image(run: Run) -> None:
    one = run.account(Name="Ada", City="Ulm")
    run.apply(
        update(1, one, {"Name": "Ada"}, Name="B"), update(2, one, {"Name": "B", "City": "Ulm"}, Name="C", City="x")
    )
    assert undo(run) == ()
    assert run.accounts == [{"Name": "Ada", "City": "Ulm"}]


def test_a_record_created_and_then_updated_is_removed(run: Run) -> None:
    run.apply(create(1, Name="Ada"))
    one = run.journal.operations[1].id or ""
    run.apply(update(2, one, {"Name": "Ada"}, Name="Bob"))
    assert undo(run) == ()
    assert run.accounts == []


def test_fields_that_were_taken_by_a_rejected_row_go_back() -> None:
    row = update(1, "a", {"Name": "Ada", "City": "Ulm"}, Name="Bob", City="Bonn")
    operation = Operation(row, "rejected", before={"Name": "Ada", "City": "Ulm"}, after={"Name": "Bob"})
    now = Record(ref("a"), {"Name": "Bob", "City": "Ulm"})
    (back,) = undo_rows([operation], {ref("a"): now}, {}).rows
    assert (back.values, back.expected, back.link) == ({"Name": "Ada"}, {"Name": "Bob"}, 1)


NAMES = st.sampled_from(["Name", "City"])
VALUES = st.dictionaries(NAMES, st.sampled_from([None, "", "0", "x", "y"]), min_size=1)


@given(st.lists(VALUES, min_size=1, max_size=4), st.lists(VALUES, min_size=1, max_size=4), VALUES)
@settings(max_examples=200, deadline=None)
def test_every_field_goes_back_or_is_named(
    first: list[dict[str, Raw]], writes: list[dict[str, Raw]], edit: dict[str, Raw]
) -> None:
    """Promise 8, for one record: start, some updates by the run, an edit by a user, the undo."""
    start: dict[str, Raw] = {"Name": "n", "City": "c", **first[0]}
    now, operations = dict(start), []
    for number, values in enumerate(writes, start=1):
        before = {name: now[name] for name in values}
        operations.append(Operation(update(number, "a", before, **values), "done", "a", before, values))
        now |= values
    wrote = dict(now)
    now |= edit
    plan = undo_rows(operations, {ref("a"): Record(ref("a"), now)}, {})
    after = {**now, **_one(plan.rows)}
    named = {kept.field for kept in plan.kept}
    for name, raw in start.items():
        touched = any(name in values for values in writes)
        assert after[name] == (now[name] if name in named or not touched else raw)
        assert (name in named) == (touched and now[name] != wrote[name])


def _one(rows: tuple[WriteRow, ...]) -> Mapping[str, Raw]:
    assert len(rows) <= 1
    return rows[0].values if rows else {}
