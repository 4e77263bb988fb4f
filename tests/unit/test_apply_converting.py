"""What becomes of rows of conversions: each row of the tables in ``leadbridge.apply.converting``."""

from __future__ import annotations

from dataclasses import replace

import pytest
from journals import create, update

from leadbridge.apply.converting import hold_back, take_back
from leadbridge.apply.journal import Operation, Past
from leadbridge.plan.rows import WriteRow
from leadbridge.values import Raw

MADE = Past("done", "Account-1", {}, {"Name": "ACME", "City": ""})
CHANGED = Past("done", "Account-1", {"Name": "Old", "City": "Rome"}, {"Name": "New", "City": "Rome"})


def undoing(verb: str = "delete", **values: Raw) -> Operation:
    row = update(9, "Account-1", {}, **values) if verb == "update" else replace(create(9), verb="delete")
    return Operation(replace(row, conversions=(1, 2), undoes=3))


def test_a_row_goes_on_while_one_of_its_conversions_stands() -> None:
    row = replace(create(4), conversions=(1, 2))
    assert hold_back(Operation(row), {1}) is None
    assert hold_back(Operation(create(4)), {1, 2}) is None, "no row of a conversion"
    assert hold_back(Operation(replace(row, undoes=3)), {1, 2}) is None
    held = hold_back(Operation(row), {1, 2})
    assert held is not None
    assert (held.state, held.reject.code if held.reject else "") == ("rejected", "depends")


@pytest.mark.parametrize(
    ("past", "refused", "stopped", "state"),
    [
        (MADE, {1}, (), "skipped"),
        (MADE, {1}, ("crm",), None),
        (None, {1, 2}, (), None),
        (Past("rejected"), {1, 2}, (), "skipped"),
        (Past("uncertain"), {1, 2}, (), "skipped"),
    ],
)
def test_what_is_not_taken_back(
    past: Past | None, refused: set[int], stopped: tuple[str, ...], state: str | None
) -> None:
    found = take_back(undoing(), past, refused, stopped)
    assert getattr(found, "state", None) == state


def test_a_record_is_deleted_where_it_still_is_as_agreed() -> None:
    found = take_back(undoing(), MADE, {1, 2}, ("crm",))
    assert isinstance(found, Operation)
    row: WriteRow = found.row
    assert (row.verb, row.id, row.expected) == ("delete", "Account-1", {"Name": "ACME", "City": ""})


def test_only_what_changed_is_set_back() -> None:
    found = take_back(undoing("update", Name="Old", City="Rome"), CHANGED, {1, 2}, ())
    assert isinstance(found, Operation)
    assert (found.row.values, found.row.expected) == ({"Name": "Old"}, {"Name": "New"})


def test_what_a_crm_took_of_a_row_that_it_refused_is_set_back_too() -> None:
    part = Past("rejected", "Account-1", {"Name": "Old", "City": "Rome"}, {"City": "Oslo"})
    found = take_back(undoing("update"), part, {1, 2}, ())
    assert isinstance(found, Operation)
    assert found.row.values == {"City": "Rome"}
    same = take_back(undoing("update"), Past("done", "Account-1", {"Name": "A"}, {"Name": "A"}), {1, 2}, ())
    assert getattr(same, "state", None) == "skipped"
