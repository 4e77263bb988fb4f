"""Fields that no record is told, such as owners of two CRMs by ids of their own: what differs is nobody's loss."""

from __future__ import annotations

from dataclasses import replace

import pytest
from merging import ORDER, golden, mapping, side

from leadbridge.golden import Golden
from leadbridge.merge.model import FieldPolicy, Merged, PolicyKind, Side
from leadbridge.merge.record import merge

ASKING = FieldPolicy("prefer", ORDER, first="ask")


def run(before: Golden, *sides: Side, policy: FieldPolicy = ASKING) -> Merged:
    return merge(before, sides, {"default": policy}, 7)


def unwritten(connection: str, base: dict[str, str] | None, now: dict[str, str]) -> Side:
    return replace(side(connection, base, now), mapping=mapping(connection, write="never"))


def test_of_a_field_that_no_record_is_told_nobody_is_asked_and_nothing_is_overruled() -> None:
    before = replace(golden(), fields={})
    sides = unwritten("sf", None, {"phone": "005A"}), unwritten("hs", None, {"phone": "81001"})
    merged = run(before, *sides)
    assert (merged.golden.values["phone"], merged.questions, merged.conflicts, merged.owed) == ("005A", (), (), ())
    known = golden(phone="005A")
    both = unwritten("sf", {"phone": "005A"}, {"phone": "005B"}), unwritten("hs", {"phone": "1"}, {"phone": "2"})
    merged = run(known, *both)
    assert (merged.golden.values["phone"], merged.questions, merged.conflicts) == ("005B", (), ())


def test_where_one_record_is_told_it_is_asked_all_the_same() -> None:
    told = side("hs", None, {"phone": "81001"})
    merged = run(replace(golden(), fields={}), unwritten("sf", None, {"phone": "005A"}), told)
    assert [question.field for question in merged.questions] == ["phone"]


@pytest.mark.parametrize("kind", ["ask", "owner", "restrictive"])
def test_a_policy_of_consent_or_of_one_owner_or_of_questions_stands_where_no_record_is_told(kind: PolicyKind) -> None:
    sides = unwritten("sf", {"phone": ""}, {"phone": "1"}), unwritten("hs", {"phone": ""}, {"phone": "2"})
    merged = run(golden(phone=""), *sides, policy=FieldPolicy(kind, ORDER))
    assert bool(merged.questions) or bool(merged.conflicts)
