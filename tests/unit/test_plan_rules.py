from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leadbridge.plan.rules import settle
from leadbridge.subjects.model import Field
from leadbridge.values import MISSING

EARLY, LATE = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)
TEXT, TAGS, FLAG = Field("note", "text", ""), Field("tags", "multi_select", ""), Field("opted_out", "boolean", "")
NO_CLOCK = (None, None)


@pytest.mark.parametrize("rule", ["fill_blank", "overwrite", "newest", "longest", "union", "restrictive"])
@pytest.mark.parametrize("nothing", [None, ""])
def test_every_rule_but_keep_fills_what_is_blank(rule, nothing):
    assert settle(rule, TEXT, nothing, "new", NO_CLOCK) == ("new", f"{rule}: note was blank")


@pytest.mark.parametrize("rule", ["fill_blank", "overwrite", "keep", "newest", "longest", "union", "restrictive"])
def test_a_field_that_cannot_be_seen_abstains(rule):
    assert settle(rule, TEXT, MISSING, "new", NO_CLOCK) == (MISSING, "kept: note cannot be seen there")


@pytest.mark.parametrize("nothing", [None, "", "old"])
def test_keep_never_touches_an_existing_record(nothing):
    assert settle("keep", TEXT, nothing, "new", NO_CLOCK)[0] == nothing


@pytest.mark.parametrize(
    ("rule", "old", "new", "stamps", "outcome"),
    [
        ("fill_blank", "old", "new", NO_CLOCK, ("old", "kept: there is a value already")),
        ("fill_blank", False, True, NO_CLOCK, (False, "kept: there is a value already")),
        ("overwrite", "old", "new", NO_CLOCK, ("new", "overwrite: the lead's value wins")),
        ("newest", "old", "new", (EARLY, LATE), ("new", "newest: the lead was modified later")),
        ("newest", "old", "new", (LATE, EARLY), ("old", "kept: not older")),
        ("newest", "old", "new", (LATE, LATE), ("old", "kept: not older")),
        ("newest", "old", "new", (None, LATE), ("old", "kept: no clock tells which value is newer")),
        ("longest", "old", "longer", NO_CLOCK, ("longer", "longest")),
        ("longest", "same", "size", NO_CLOCK, ("same", "kept: not shorter")),
        ("longest", "old", "o   d ", NO_CLOCK, ("old", "kept: not shorter")),
        ("union", ("a", "b"), ("b", "c"), NO_CLOCK, (("a", "b", "c"), "union: both together")),
        ("union", "first", "second", NO_CLOCK, ("first\nsecond", "union: both together")),
        ("union", "first\nsecond", "second", NO_CLOCK, ("first\nsecond", "union: both together")),
        ("restrictive", False, True, NO_CLOCK, (True, "restrictive: an opt-out wins")),
        ("restrictive", True, False, NO_CLOCK, (True, "kept: an opt-out stays")),
    ],
)
def test_what_happens_to_a_value_that_is_there(rule, old, new, stamps, outcome):
    target = TAGS if isinstance(old, tuple) else FLAG if isinstance(old, bool) else TEXT
    assert settle(rule, target, old, new, stamps) == outcome
