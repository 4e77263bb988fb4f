"""Value maps and constants: the words of a CRM against canonical values."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from mapping_files import HEAD, TYPED, faults, mapping

from leadbridge.mapping.constants import Scalar, typed
from leadbridge.mapping.fields import ColumnMap
from leadbridge.subjects.model import Field
from leadbridge.transforms.spec import UnreadableError
from leadbridge.values import Raw, Value

STATUS = "status: {field: S, values: {new: NEW, working: [IN_PROGRESS, OPEN]}"


def column(folder: Path, line: str, head: str = HEAD) -> ColumnMap:
    (found,) = mapping(folder, f"{head}fields:\n  {line}\n").fields
    assert isinstance(found, ColumnMap)
    return found


class TestValues:
    @pytest.mark.parametrize(
        ("raw", "value"),
        [("NEW", "new"), ("new", "new"), (" OPEN ", "working"), ("IN_PROGRESS", "working"), ("", ""), (None, None)],
    )
    def test_all_are_read(self, tmp_path: Path, raw: Raw, value: Value) -> None:
        assert column(tmp_path, STATUS + "}").read(raw) == value

    def test_the_first_is_written(self, tmp_path: Path) -> None:
        assert column(tmp_path, STATUS + "}").encode("working") == "IN_PROGRESS"

    def test_what_reads_alike_is_left(self, tmp_path: Path) -> None:
        status = column(tmp_path, STATUS + "}")
        assert status.put({"status": "working"}, "OPEN") == "OPEN"
        assert status.put({"status": "new"}, "OPEN") == "NEW"

    def test_case_decides_where_it_must(self, tmp_path: Path) -> None:
        status = column(tmp_path, "status: {field: S, values: {a: X, b: x, c: Y}}")
        assert (status.read("X"), status.read("x"), status.read("y")) == ("a", "b", "c")

    def test_unknown_reject(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableError, match="the mapping's `values` do not name this value") as caught:
            column(tmp_path, STATUS + "}").read("DONE")
        assert caught.value.code == "unknown_value"

    def test_unknown_keep(self, tmp_path: Path) -> None:
        status = column(tmp_path, STATUS + ", unknown: keep}")
        assert (status.read(" DONE "), status.encode("DONE")) == ("DONE", "DONE")

    def test_unknown_missing(self, tmp_path: Path) -> None:
        status = column(tmp_path, STATUS + ", unknown: missing}")
        assert status.get({"S": "DONE"}) == {}
        assert status.put({"status": "new"}, "DONE") == "DONE"

    def test_reads_settles_a_shared_value(self, tmp_path: Path) -> None:
        status = column(tmp_path, "status: {field: S, values: {new: OPEN, working: OPEN}, reads: {OPEN: working}}")
        assert (status.read("OPEN"), status.encode("new")) == ("working", "OPEN")

    def test_a_typed_wire_keeps_types(self, tmp_path: Path) -> None:
        rating = column(tmp_path, "rating: {field: R, values: {hot: 1, cold: [0, false]}}", TYPED)
        assert (rating.read(1), rating.read(0), rating.read(False)) == ("hot", "cold", "cold")
        assert (rating.encode("hot"), rating.encode("cold")) == (1, 0)

    def test_a_text_wire_has_text(self, tmp_path: Path) -> None:
        rating = column(tmp_path, "rating: {field: R, values: {hot: 1, cold: true}}")
        assert (rating.encode("hot"), rating.encode("cold"), rating.read("TRUE")) == ("1", "true", "cold")

    def test_booleans_can_have_values(self, tmp_path: Path) -> None:
        called = column(tmp_path, "do_not_call: {field: C, values: {true: N, false: [J, ja]}}")
        assert (called.read("ja"), called.read("n"), called.encode(True)) == (False, True, "N")

    def test_a_field_with_a_list_takes_nothing_else(self, tmp_path: Path) -> None:
        rating = column(tmp_path, "rating: R")
        assert rating.read("hot") == "hot"
        with pytest.raises(UnreadableError, match=r"^is none of the field's values \(hot, warm, cold\)$"):
            rating.read("lukewarm")


class TestSeveral:
    TOPICS = "kind: fields\nperson: {topics: {type: multi_select, choices: [tea, rum, gin]}}\n"

    def topics(self, folder: Path, line: str) -> ColumnMap:
        (folder / "fields.yaml").write_text(self.TOPICS, encoding="utf-8")
        return column(folder, f"topics: {line}")

    def test_items_are_translated_one_by_one(self, tmp_path: Path) -> None:
        topics = self.topics(tmp_path, '{field: T, separator: ",", values: {tea: [Tee, Chai], rum: Rum}}')
        assert topics.read("chai, Rum") == ("tea", "rum")
        assert topics.encode(("rum", "tea")) == "Rum,Tee"

    def test_the_order_says_nothing(self, tmp_path: Path) -> None:
        topics = self.topics(tmp_path, "{field: T, values: {tea: Tee, rum: Rum}}")
        assert topics.put({"topics": ("tea", "rum")}, "Rum;Tee") == "Rum;Tee"

    def test_an_unknown_item_rejects_the_field(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableError):
            self.topics(tmp_path, "{field: T, values: {tea: Tee}}").read("Tee;Bier")

    def test_an_unknown_item_can_be_missing(self, tmp_path: Path) -> None:
        topics = self.topics(tmp_path, "{field: T, values: {tea: Tee}, unknown: missing}")
        assert topics.read("Tee;Bier") == ("tea",)

    def test_choices_hold_without_a_map(self, tmp_path: Path) -> None:
        topics = self.topics(tmp_path, "T")
        assert topics.read("tea;gin") == ("tea", "gin")
        with pytest.raises(UnreadableError):
            topics.read("tea;beer")


def test_faults_of_value_maps(tmp_path: Path) -> None:
    lines = (
        "status: {field: S, values: {new: OPEN, working: [OPEN, X]}}",
        "stage: {field: T, values: {leed: L, customer: []}, reads: {L: leads}}",
        "title: {field: A, reads: {x: y}}",
        "rating: {field: R, values: {hot: H}, as: phone}",
        "budget: {field: B, values: {low: 1}}",
        "description: {field: D, values: {a: b}, caes: lower}",
    )
    assert faults(tmp_path, lead=HEAD + "fields:\n  " + "\n  ".join(lines) + "\n") == [
        "lead.yaml:6:30: fields.status.values: 'OPEN' stands under several values;"
        " say in `reads` which one it reads as",
        "lead.yaml:7:30: fields.stage.values.leed: 'leed' is none of its values (lead, prospect, customer)"
        " (did you mean 'lead'?)",
        "lead.yaml:7:49: fields.stage.values.customer: needs at least one provider value",
        "lead.yaml:7:65: fields.stage.reads.L: 'leads' is none of its values (lead, prospect, customer)"
        " (did you mean 'lead'?)",
        "lead.yaml:8:21: fields.title.reads: goes with `values`",
        "lead.yaml:9:44: fields.rating.as: does not go with `values`: the map reads the provider's value itself",
        "lead.yaml:10:31: fields.budget.values.low: must be a number",
        "lead.yaml:11:43: fields.description.caes: unknown key (did you mean 'as'?)",
    ]


@pytest.mark.parametrize(
    ("kind", "scalar", "value"),
    [
        ("text", "x", "x"),
        ("text", 7, "7"),
        ("integer", 7, 7),
        ("integer", Decimal("7.0"), 7),
        ("integer", "7", 7),
        ("decimal", 7, Decimal(7)),
        ("decimal", Decimal("0.10"), Decimal("0.10")),
        ("boolean", True, True),
        ("boolean", "False", False),
        ("date", "2026-01-31", date(2026, 1, 31)),
        ("datetime", "2026-01-31T10:00:00+02:00", datetime(2026, 1, 31, 8, tzinfo=UTC)),
        ("datetime", "2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("multi_select", "a", ("a",)),
        ("email", "Ada@X.example", "ada@x.example"),
        ("phone", "+1 415 555 0100", "+14155550100"),
        ("country", "Germany", "DE"),
        ("url", "x.example", "https://x.example"),
    ],
)
def test_a_constant_takes_the_field_s_type(kind: str, scalar: Scalar, value: Value) -> None:
    made = typed(scalar, Field("x", kind, ""))
    assert made == value
    assert type(made) is type(value)


@pytest.mark.parametrize(
    ("kind", "scalar", "message"),
    [
        ("text", True, "is true or false where a text is wanted"),
        ("integer", "seven", "must be a number"),
        ("integer", Decimal("7.5"), "must be a whole number"),
        ("integer", "NaN", "must be a number"),
        ("decimal", "Infinity", "must be a number"),
        ("boolean", "ja", "must be true or false"),
        ("boolean", 1, "must be true or false"),
        ("date", "31.01.2026", "must be a date such as 2026-01-31"),
        ("datetime", "noon", "must be a datetime such as 2026-01-31T09:00:00Z"),
        ("email", "ada", "is no email: not an e-mail address"),
        ("email", " ", "is no email"),
        ("phone", "call me", "is no phone: not a phone number"),
    ],
)
def test_a_constant_of_another_type(kind: str, scalar: Scalar, message: str) -> None:
    with pytest.raises(ValueError, match=f"^{message}$"):
        typed(scalar, Field("x", kind, ""))


def test_a_constant_that_does_not_fit_the_field() -> None:
    with pytest.raises(ValueError, match=r"^'warmish' is none of its values \(hot, warm\)$"):
        typed("warmish", Field("x", "choice", "", choices=("hot", "warm")))
    with pytest.raises(ValueError, match=r"^is longer than the field's 3 characters$"):
        typed("four", Field("x", "text", "", 3))
