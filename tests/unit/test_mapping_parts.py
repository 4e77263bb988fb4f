"""Several canonical fields in one provider field: what no field is mapped to stays."""

from __future__ import annotations

from leadbridge.mapping.fields import PartsMap
from leadbridge.subjects import STANDARD
from leadbridge.transforms.defaults import builtin_transforms
from leadbridge.values import MISSING, Value

FIELDS = STANDARD.subjects["person"].fields


def name_map() -> PartsMap:
    spec = next(t for t in builtin_transforms() if t.name == "split_name")
    codec = spec.build(spec.options(), "text")
    parts = {"first": FIELDS["first_name"], "last": FIELDS["last_name"]}
    return PartsMap(parts, "Name", codec, "text")  # type: ignore[arg-type]


def put(golden: dict[str, Value], old: str) -> object:
    return name_map().put(golden, old)


def test_a_title_before_the_name_survives_a_new_last_name() -> None:
    assert put({"first_name": "Ada", "last_name": "King"}, "Dr. Ada Lovelace") == "Dr. Ada King"


def test_a_part_that_golden_does_not_hold_is_left_as_it_is() -> None:
    assert put({"last_name": "King"}, "Ada Lovelace") == "Ada King"


def test_what_already_says_it_is_not_rewritten() -> None:
    assert put({"first_name": "Ada", "last_name": "Lovelace"}, "Lovelace, Ada") == "Lovelace, Ada"


def test_a_title_alone_is_no_name() -> None:
    assert put({"first_name": "", "last_name": ""}, "Dr. Ada Lovelace") == ""


def test_no_part_in_golden_abstains() -> None:
    assert name_map().put({}, "Ada Lovelace") is MISSING
