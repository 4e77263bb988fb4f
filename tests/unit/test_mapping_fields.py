"""Field maps: get and put, with missing, null, blank, 0 and false kept apart on both wires."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from mapping_files import HEAD, TYPED, mapping

from leadbridge.mapping.fields import FieldMap
from leadbridge.provider import Wire
from leadbridge.transforms.spec import UnreadableError
from leadbridge.values import MISSING, Raw, Value


def field(folder: Path, line: str, wire: Wire = "text") -> FieldMap:
    head = HEAD if wire == "text" else TYPED
    return mapping(folder, f"{head}fields:\n  {line}\n").fields[0]


@pytest.mark.parametrize(
    ("raw", "value"),
    [(MISSING, MISSING), (None, None), ("", ""), (" \t", ""), ("0", 0), (0, 0), ("12", 12)],
)
def test_get_keeps_the_kinds_of_nothing_apart(tmp_path: Path, raw: Raw, value: Value) -> None:
    got = field(tmp_path, "employees: N", "typed").get({} if raw is MISSING else {"N": raw})
    assert got == ({} if value is MISSING else {"employees": value})


def test_get_of_false_is_a_value(tmp_path: Path) -> None:
    assert field(tmp_path, "do_not_call: N", "typed").get({"N": False}) == {"do_not_call": False}


@pytest.mark.parametrize(
    ("wire", "golden", "sent"),
    [
        ("text", MISSING, MISSING),
        ("text", None, ""),
        ("text", "", ""),
        ("text", 0, "0"),
        ("typed", MISSING, MISSING),
        ("typed", None, None),
        ("typed", "", ""),
        ("typed", 0, 0),
    ],
)
def test_put_sends_each_kind_as_the_wire_can(tmp_path: Path, wire: Wire, golden: Value, sent: Raw) -> None:
    put = field(tmp_path, "employees: N", wire).put({} if golden is MISSING else {"employees": golden}, "7")
    assert put is sent or (put == sent and type(put) is type(sent))


def test_put_leaves_what_already_says_it(tmp_path: Path) -> None:
    phone = field(tmp_path, "phone: {field: P, region: US}")
    assert phone.put({"phone": "+14155550100"}, "(415) 555-0100") == "(415) 555-0100"
    assert phone.put({"phone": "+14155550101"}, "(415) 555-0100") == "+14155550101"


def test_put_leaves_what_it_cannot_read(tmp_path: Path) -> None:
    """A value that was rejected on reading abstains: nothing is concluded from it, nor written over it."""
    assert field(tmp_path, "employees: N").put({"employees": 5}, "about five") == "about five"


def test_put_keeps_more_than_could_be_written_anew(tmp_path: Path) -> None:
    """The form that is written has no time of day, and what stands there has: it says golden's value exactly."""
    moment = field(tmp_path, "created_at: {field: C, format: '%d.%m.%Y'}")
    golden = moment.get({"C": "2026-01-31T10:30:00Z"})
    assert moment.put(golden, "2026-01-31T10:30:00Z") == "2026-01-31T10:30:00Z"


def test_put_keeps_all_that_the_field_can_hold(tmp_path: Path) -> None:
    title = field(tmp_path, "title: {field: T, truncate: 5}")
    assert title.put({"title": "Chief Engineer"}, "Chief") == "Chief"
    assert title.put({"title": "Chief Engineer"}, "Chef") == "Chief"


def test_put_into_a_field_that_the_record_does_not_carry_is_for_new_records(tmp_path: Path) -> None:
    assert field(tmp_path, "employees: N").put({"employees": 5}, MISSING) == "5"


def test_put_of_a_value_without_a_provider_value(tmp_path: Path) -> None:
    stage = field(tmp_path, "stage: {field: S, values: {lead: L}}")
    with pytest.raises(UnreadableError, match="have no provider value for it"):
        stage.put({"stage": "customer"}, "L")


class TestParts:
    LINES = "first_name: {field: N, as: split_name, part: first}\n  last_name: {field: N, as: split_name, part: last}"

    def test_a_part_that_is_not_there_is_blank(self, tmp_path: Path) -> None:
        assert field(tmp_path, self.LINES).get({"N": "King"}) == {"first_name": "", "last_name": "King"}

    @pytest.mark.parametrize(("raw", "value"), [(None, None), ("", ""), (" ", "")])
    def test_absence_reaches_every_part(self, tmp_path: Path, raw: Raw, value: Value) -> None:
        assert field(tmp_path, self.LINES).get({"N": raw}) == {"first_name": value, "last_name": value}

    def test_missing_abstains(self, tmp_path: Path) -> None:
        names = field(tmp_path, self.LINES)
        assert names.get({}) == {}
        assert names.put({}, "Ada King") is MISSING

    def test_one_part_is_changed_and_the_others_stay(self, tmp_path: Path) -> None:
        names = field(tmp_path, self.LINES)
        assert names.put({"last_name": "Lovelace"}, "Ada King") == "Ada Lovelace"
        assert names.put({"last_name": "King"}, "King, Ada") == "King, Ada"

    def test_all_parts_gone(self, tmp_path: Path) -> None:
        names = field(tmp_path, self.LINES)
        assert names.put({"first_name": "", "last_name": ""}, "Ada King") == ""
        assert names.put({"first_name": None, "last_name": None}, "Ada King") == ""

    def test_null_where_the_wire_has_it(self, tmp_path: Path) -> None:
        names = field(tmp_path, self.LINES, "typed")
        assert names.put({"first_name": None, "last_name": None}, "Ada King") is None
        assert names.put({"first_name": "", "last_name": None}, "Ada King") == ""

    def test_a_new_record(self, tmp_path: Path) -> None:
        assert field(tmp_path, self.LINES).put({"first_name": "Ada", "last_name": "King"}, MISSING) == "Ada King"

    def test_what_cannot_be_read_stays(self, tmp_path: Path) -> None:
        assert field(tmp_path, self.LINES).put({"last_name": "King"}, "x" * 2000) == "x" * 2000


class TestOneWay:
    def test_a_constant_is_read_and_never_written(self, tmp_path: Path) -> None:
        constant = field(tmp_path, "budget: {value: 1.50}")
        assert constant.get({}) == {"budget": Decimal("1.50")}
        assert (constant.put({"budget": Decimal(3)}, "x"), constant.column, constant.write) == (MISSING, None, "never")

    def test_a_template_is_read_and_never_written(self, tmp_path: Path) -> None:
        template = field(tmp_path, 'description: {template: "{A}[ - {B}]"}')
        assert template.get({"A": "x", "B": ""}) == {"description": "x"}
        assert template.get({"B": "y"}) == {"description": ""}
        assert (template.put({"description": "z"}, "x"), template.column, template.write) == (MISSING, None, "never")

    def test_a_template_shows_numbers_exactly(self, tmp_path: Path) -> None:
        template = field(tmp_path, 'description: {template: "{A}"}', "typed")
        assert template.get({"A": 0.1}) == {"description": "0.1"}
