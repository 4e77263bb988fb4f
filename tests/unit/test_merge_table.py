"""The merge's decision table, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from merging import FIELDS, ORDER, PREFER, golden, side

from leadbridge.golden import Golden
from leadbridge.mapping.fields import ConstantMap
from leadbridge.merge.model import FieldPolicy, Merged, PolicyKind, Side
from leadbridge.merge.record import merge

RUN = 7


def run(before: Golden, *sides: Side, policy: FieldPolicy | None = None) -> Merged:
    policies = dict(PREFER) if policy is None else {"default": policy}
    return merge(before, sides, policies, RUN)


def values(merged: Merged) -> Mapping[str, object]:
    return merged.golden.values


def owed(merged: Merged) -> dict[str, dict[str, object]]:
    return {row.link.ref.connection: dict(row.values) for row in merged.owed}


def test_nothing_changed_is_nothing_to_do() -> None:
    merged = run(golden(phone="1"), side("sf", {"phone": "1"}, {"phone": "1"}), side("hs", {"phone": "1"}))
    assert merged == Merged(golden(phone="1"))


def test_a_lone_change_is_taken_and_owed_to_the_others() -> None:
    merged = run(golden(phone="1"), side("sf", {"phone": "1"}), side("hs", {"phone": "1"}, {"phone": "2"}))
    assert merged.golden.fields["phone"].value == "2"
    assert merged.golden.fields["phone"].origin == "hs"
    assert owed(merged) == {"sf": {"sf_phone": "2"}}
    assert merged.owed[0].expected == {"sf_phone": "1"}
    assert merged.bases == {2: {"hs_phone": "2"}}


def test_clearing_a_field_is_a_change_too() -> None:
    merged = run(golden(phone="1"), side("sf", {"phone": "1"}, {"phone": ""}), side("hs", {"phone": "1"}))
    assert (values(merged)["phone"], owed(merged)) == ("", {"hs": {"hs_phone": ""}})


def test_the_same_change_on_both_sides_is_adopted_without_a_write() -> None:
    merged = run(
        golden(phone="1"), side("sf", {"phone": "1"}, {"phone": "2"}), side("hs", {"phone": "1"}, {"phone": "2"})
    )
    assert (values(merged)["phone"], merged.owed, merged.conflicts) == ("2", (), ())
    assert merged.bases == {1: {"sf_phone": "2"}, 2: {"hs_phone": "2"}}


def test_two_changes_are_a_conflict_that_the_order_settles() -> None:
    merged = run(
        golden(phone="1"), side("sf", {"phone": "1"}, {"phone": "2"}), side("hs", {"phone": "1"}, {"phone": "3"})
    )
    assert values(merged)["phone"] == "2"
    (conflict,) = merged.conflicts
    assert (conflict.winner.value, [c.value for c in conflict.losers], conflict.rule) == ("2", ["3"], "prefer")
    assert owed(merged) == {"hs": {"hs_phone": "2"}}
    assert merged.owed[0].expected == {"hs_phone": "3"}, "the overruled value is expected, its base waits for the write"
    assert merged.bases == {1: {"sf_phone": "2"}}


def test_a_golden_edit_that_a_changed_side_never_saw_is_weighed_not_overrun() -> None:
    before = golden(phone=("2", "sf"))
    merged = run(before, side("sf", {"phone": "2"}), side("hs", {"phone": "1"}, {"phone": "3"}))
    assert (values(merged)["phone"], [c.value for c in merged.conflicts[0].losers]) == ("2", ["3"])


def test_an_untold_golden_edit_yields_where_its_own_origin_changed_again() -> None:
    before = golden(phone=("2", "hs"))
    merged = run(before, side("sf", {"phone": "1"}), side("hs", {"phone": "2"}, {"phone": "3"}))
    assert (values(merged)["phone"], merged.conflicts, owed(merged)) == ("3", (), {"sf": {"sf_phone": "3"}})


def test_a_failed_write_is_still_owed_though_nothing_was_captured() -> None:
    merged = run(golden(phone="2"), side("sf", {"phone": "2"}), side("hs", {"phone": "1"}))
    assert owed(merged) == {"hs": {"hs_phone": "2"}}


def test_our_own_echo_is_no_change() -> None:
    merged = run(golden(phone="2"), side("sf", {"phone": "2"}), side("hs", {"phone": "2"}, {"phone": "2"}))
    assert merged == Merged(golden(phone="2"))


def test_a_missing_field_abstains_and_is_left_alone() -> None:
    merged = run(golden(phone="1", city="Rome"), side("hs", {}, {"phone": "1"}))
    assert owed(merged) == {}


def test_first_contact_adopts_equal_values() -> None:
    merged = run(golden(phone="1"), side("sf", {"phone": "1"}), side("hs", None, {"phone": " 1 "}))
    assert (merged.owed, merged.questions, merged.bases) == ((), (), {2: {"hs_phone": " 1 "}})


def test_first_contact_blank_yields_to_a_value_in_both_directions() -> None:
    merged = run(
        golden(phone="1"), side("sf", {"phone": "1", "city": ""}), side("hs", None, {"phone": "", "city": "Rome"})
    )
    assert (values(merged)["city"], owed(merged)) == ("Rome", {"sf": {"sf_city": "Rome"}, "hs": {"hs_phone": "1"}})


def test_first_contact_with_two_values_asks_and_leaves_both_alone() -> None:
    merged = run(Golden(1, "person"), side("sf", None, {"phone": "1"}), side("hs", None, {"phone": "2"}))
    (question,) = merged.questions
    assert [c.value for c in question.candidates] == ["1", "2"]
    assert (owed(merged), merged.golden.fields) == ({}, {})
    assert merged.bases == {1: {"sf_phone": "1"}, 2: {"hs_phone": "2"}}, "later edits of either are changes"


def test_first_contact_by_preference_takes_the_first_connection_and_keeps_the_loser() -> None:
    policy = FieldPolicy("prefer", ORDER, first="prefer")
    merged = run(Golden(1, "person"), side("hs", None, {"phone": "2"}), side("sf", None, {"phone": "1"}), policy=policy)
    assert (values(merged)["phone"], owed(merged)) == ("1", {"hs": {"hs_phone": "1"}})
    assert [c.value for c in merged.conflicts[0].losers] == ["2"]


def test_a_guarded_field_is_neither_read_nor_written() -> None:
    sides = side("sf", {"phone": "1"}, {"phone": "9"}, guarded=frozenset({"phone"})), side("hs", {"phone": "1"})
    assert run(golden(phone="1"), *sides) == Merged(golden(phone="1"))


def test_only_the_owner_may_change_a_field_and_others_are_put_back() -> None:
    policy = FieldPolicy("owner", owner="sf")
    merged = run(
        golden(phone="1"), side("sf", {"phone": "1"}), side("hs", {"phone": "1"}, {"phone": "2"}), policy=policy
    )
    assert (values(merged)["phone"], owed(merged)) == ("1", {"hs": {"hs_phone": "1"}})
    assert [c.value for c in merged.conflicts[0].losers] == ["2"]


@pytest.mark.parametrize(
    ("kind", "field", "sf", "hs", "wins"),
    [
        ("longest", "city", "Rome", "Roma Capitale", "Roma Capitale"),
        ("min", "city", "b", "a", "a"),
        ("max", "city", "b", "a", "b"),
        ("union", "tags", ("a", "b"), ("b", "c"), ("a", "b", "c")),
        ("fill_blank", "city", "", "Rome", "Rome"),
        ("restrictive", "opted_out", False, True, True),
        ("prefer", "city", "b", "a", "b"),
    ],
)
def test_each_policy_settles_a_conflict(kind: PolicyKind, field: str, sf: object, hs: object, wins: object) -> None:
    old = {"city": "old", "tags": ("old",), "opted_out": None}[field]
    sides = [side("sf", {field: old}, {field: sf}), side("hs", {field: old}, {field: hs})]  # type: ignore[dict-item]
    merged = run(golden(**{field: (old, "web")}), *sides, policy=FieldPolicy(kind, ORDER))  # type: ignore[arg-type]
    assert values(merged)[field] == wins
    turned = run(golden(**{field: (old, "web")}), *sides[::-1], policy=FieldPolicy(kind, ORDER))  # type: ignore[arg-type]
    assert turned == merged


def test_ask_leaves_the_field_to_a_person() -> None:
    sides = side("sf", {"city": "a"}, {"city": "b"}), side("hs", {"city": "a"}, {"city": "c"})
    merged = run(golden(city="a"), *sides, policy=FieldPolicy("ask", ORDER))
    assert ([c.value for c in merged.questions[0].candidates], owed(merged)) == (["b", "c"], {})


def test_blank_never_lifts_an_opt_out_but_a_clear_no_does() -> None:
    policy = FieldPolicy("restrictive", ORDER)
    before = golden(opted_out=True)
    blank = run(
        before, side("sf", {"opted_out": True}), side("hs", {"opted_out": True}, {"opted_out": None}), policy=policy
    )
    assert (values(blank)["opted_out"], owed(blank)) == (True, {"hs": {"hs_opted_out": True}})
    given = run(
        before, side("sf", {"opted_out": True}), side("hs", {"opted_out": True}, {"opted_out": False}), policy=policy
    )
    assert (values(given)["opted_out"], owed(given)) == (False, {"sf": {"sf_opted_out": False}})


def test_consent_at_first_contact_is_settled_for_the_opt_out_without_asking() -> None:
    policy = FieldPolicy("restrictive", ORDER)
    merged = run(
        Golden(1, "person"),
        side("sf", None, {"opted_out": False}),
        side("hs", None, {"opted_out": True}),
        policy=policy,
    )
    assert (values(merged)["opted_out"], merged.questions) == (True, ())


def test_a_change_that_beats_a_first_contact_is_kept() -> None:
    policy = FieldPolicy("prefer", ORDER, first="prefer")
    merged = run(
        golden(phone="1"), side("sf", {"phone": "1"}, {"phone": "2"}), side("hs", None, {"phone": "3"}), policy=policy
    )
    assert (values(merged)["phone"], owed(merged)) == ("2", {"hs": {"hs_phone": "2"}})
    assert [c.value for c in merged.conflicts[0].losers] == ["3"]


def test_at_first_contact_the_owner_is_preferred_to_the_order() -> None:
    policy = FieldPolicy("owner", ORDER, owner="hs", first="prefer")
    merged = run(Golden(1, "person"), side("sf", None, {"phone": "1"}), side("hs", None, {"phone": "2"}), policy=policy)
    assert (values(merged)["phone"], owed(merged)) == ("2", {"sf": {"sf_phone": "2"}})


def test_what_is_absent_everywhere_at_first_contact_is_agreed_so_that_a_later_value_is_a_change() -> None:
    merged = run(Golden(1, "person"), side("sf", None, {"phone": ""}), side("hs", None, {"phone": None}))
    assert (merged.golden.fields, merged.owed) == ({}, ())
    assert merged.bases == {1: {"sf_phone": ""}, 2: {"hs_phone": None}}


def test_zero_and_false_are_different_bases() -> None:
    merged = run(golden(opted_out=False), side("sf", {"opted_out": 0}, {"opted_out": False}))
    assert merged.bases == {1: {"sf_opted_out": False}}
    assert merged.bases[1]["sf_opted_out"] is False


def test_a_union_of_texts_is_a_union_of_their_lines() -> None:
    policy = FieldPolicy("union", ORDER)
    before = golden(city=("a\nb", "sf"))
    merged = run(before, side("sf", {"city": "a\nb"}), side("hs", {"city": "a"}, {"city": "b\nc"}), policy=policy)
    assert values(merged)["city"] == "a\nb\nc"


def test_consent_given_again_is_taken_and_logged() -> None:
    policy = FieldPolicy("restrictive", ORDER)
    sides = side("sf", {"opted_out": True}), side("hs", {"opted_out": True}, {"opted_out": False})
    merged = run(golden(opted_out=True), *sides, policy=policy)
    (conflict,) = merged.conflicts
    assert (conflict.winner.value, [c.value for c in conflict.losers]) == (False, [True])
    assert conflict.rule == "consent given again"


def test_an_opt_out_that_the_other_side_never_saw_beats_a_no() -> None:
    policy = FieldPolicy("restrictive", ORDER)
    before = golden(opted_out=(True, "sf"))
    sides = side("sf", {"opted_out": True}), side("hs", {"opted_out": None}, {"opted_out": False})
    merged = run(before, *sides, policy=policy)
    assert (values(merged)["opted_out"], owed(merged)) == (True, {"hs": {"hs_opted_out": True}})


def test_newest_remembers_the_stamp_of_what_golden_took() -> None:
    policy = FieldPolicy("newest", ORDER)
    early, late = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 2, tzinfo=UTC)
    web = replace(side("web", {"city": "a"}, {"city": "old"}), stamps={"city": early})
    sf = replace(side("sf", {"city": "a"}, {"city": "new"}), stamps={"city": late})
    first = run(golden(city=("a", "hs")), web, sf, policy=policy)
    assert values(first)["city"] == "new"
    failed = run(first.golden, web, side("sf", {"city": "new"}), policy=policy)
    assert (values(failed)["city"], owed(failed)) == ("new", {"web": {"web_city": "new"}})


def test_another_link_of_the_origin_s_connection_that_was_not_told_is_not_the_origin() -> None:
    before = golden(phone=("2", "sf"))
    merged = run(before, side("sf", {"phone": "2"}), side("sf", {"phone": "1"}, {"phone": "3"}, number=11))
    assert (values(merged)["phone"], [c.value for c in merged.conflicts[0].losers]) == ("2", ["3"])


def test_blank_yields_to_a_value_in_a_conflict_of_least_and_greatest_and_longest() -> None:
    for kind in ("min", "max", "longest"):
        sides = side("sf", {"city": "old"}, {"city": ""}), side("hs", {"city": "old"}, {"city": "b"})
        merged = run(golden(city=("old", "web")), *sides, policy=FieldPolicy(kind, ORDER))  # type: ignore[arg-type]
        assert values(merged)["city"] == "b", kind


def test_fill_blank_keeps_what_golden_has_that_a_side_never_saw() -> None:
    policy = FieldPolicy("fill_blank", ("web", "sf", "hs"))
    merged = run(
        golden(city=("a", "hs")), side("hs", {"city": "a"}), side("web", {"city": ""}, {"city": "b"}), policy=policy
    )
    assert (values(merged)["city"], [c.value for c in merged.conflicts[0].losers]) == ("a", ["b"])


def test_a_union_of_what_is_no_list_and_no_text_is_the_preferred_value() -> None:
    sides = side("sf", {"opted_out": None}, {"opted_out": False}), side("hs", {"opted_out": None}, {"opted_out": True})
    merged = run(golden(opted_out=(None, "web")), *sides, policy=FieldPolicy("union", ORDER))
    assert values(merged)["opted_out"] is False


def test_changes_that_differ_in_spelling_only_are_one_value() -> None:
    sides = side("sf", {"city": "a"}, {"city": " b"}), side("hs", {"city": "a"}, {"city": "b "})
    merged = run(golden(city="a"), *sides, policy=FieldPolicy("ask", ORDER))
    assert (values(merged)["city"], merged.questions, merged.conflicts) == (" b", (), ())


def test_a_change_in_spelling_only_is_no_change() -> None:
    sides = side("sf", {"city": "a"}, {"city": " a"}), side("hs", {"city": "a"}, {"city": "b"})
    merged = run(golden(city="a"), *sides, policy=FieldPolicy("ask", ORDER))
    assert (values(merged)["city"], merged.questions) == ("b", ())


def test_a_change_that_only_an_owner_may_make_is_no_loser_where_it_says_what_golden_says() -> None:
    policy = FieldPolicy("owner", owner="sf")
    merged = run(
        golden(phone="2"), side("sf", {"phone": "2"}), side("hs", {"phone": "1"}, {"phone": "2"}), policy=policy
    )
    assert (merged.conflicts, merged.owed, merged.bases) == ((), (), {2: {"hs_phone": "2"}})


def test_a_barred_change_beside_an_owner_s_is_logged() -> None:
    policy = FieldPolicy("owner", owner="sf")
    sides = side("sf", {"phone": "1"}, {"phone": "2"}), side("hs", {"phone": "1"}, {"phone": "3"})
    merged = run(golden(phone="1"), *sides, policy=policy)
    assert (values(merged)["phone"], [c.value for c in merged.conflicts[0].losers]) == ("2", ["3"])


def test_ask_asks_at_first_contact_whatever_first_says() -> None:
    policy = FieldPolicy("ask", ORDER, first="prefer")
    merged = run(golden(phone="1"), side("sf", {"phone": "1"}), side("hs", None, {"phone": "2"}), policy=policy)
    assert [c.value for c in merged.questions[0].candidates] == ["1", "2"]


def test_a_first_contact_that_is_preferred_beats_what_golden_has() -> None:
    policy = FieldPolicy("prefer", ORDER, first="prefer")
    merged = run(golden(phone=("1", "hs")), side("hs", {"phone": "1"}), side("sf", None, {"phone": "2"}), policy=policy)
    assert (values(merged)["phone"], [c.value for c in merged.conflicts[0].losers]) == ("2", ["1"])
    assert merged.moves[0].rule == "first contact"


def test_two_unequal_first_contacts_are_settled_for_the_opt_out_and_the_loser_is_logged() -> None:
    policy = FieldPolicy("restrictive", ORDER)
    sides = side("sf", None, {"opted_out": False}), side("hs", None, {"opted_out": True})
    merged = run(Golden(1, "person"), *sides, policy=policy)
    assert [c.value for c in merged.conflicts[0].losers] == [False]


def test_an_edit_made_here_comes_before_all_connections() -> None:
    before = golden(city=("here", ""))
    merged = run(before, side("sf", {"city": "a"}, {"city": "b"}), side("hs", {"city": "here"}))
    assert (values(merged)["city"], [c.value for c in merged.conflicts[0].losers]) == ("here", ["b"])


def test_a_side_that_was_not_captured_changes_nothing() -> None:
    late = replace(side("hs", {"city": "a"}), captured=None)
    merged = run(golden(city=("c", "sf")), late, side("sf", {"city": "c"}))
    assert (values(merged)["city"], merged.conflicts, owed(merged)) == ("c", (), {"hs": {"hs_city": "c"}})


def test_of_two_records_in_one_connection_the_smaller_id_is_preferred() -> None:
    sides = [side("sf", {"city": "a"}, {"city": text}, number=n) for n, text in ((12, "x"), (11, "y"))]
    assert values(run(golden(city=("a", "web")), *sides))["city"] == "y"


def test_a_side_that_only_awaits_its_write_makes_no_conflict_of_a_lone_change() -> None:
    sides = side("hs", {"city": "1"}, {"city": "1"}), side("web", {"city": "2"}, {"city": "3"})
    merged = run(golden(city=("2", "sf")), *sides)
    assert (values(merged)["city"], merged.conflicts) == ("3", ())


def test_where_the_origin_changed_again_its_old_value_is_no_candidate_for_anybody() -> None:
    sides = side("hs", {"city": "2"}, {"city": "3"}), side("web", {"city": "1"}, {"city": "4"})
    merged = run(golden(city=("2", "hs")), *sides)
    assert (values(merged)["city"], [c.value for c in merged.conflicts[0].losers]) == ("3", ["4"])


def test_a_first_contact_that_equals_what_a_change_just_brought_is_adopted() -> None:
    sides = side("hs", {"city": "1"}, {"city": "3"}), side("web", None, {"city": "3"})
    merged = run(golden(city=("1", "sf")), *sides)
    assert (values(merged)["city"], merged.questions, merged.conflicts) == ("3", (), ())
    assert merged.bases == {2: {"hs_city": "3"}, 3: {"web_city": "3"}}


def test_what_golden_holds_as_blank_yields_to_a_first_contact() -> None:
    merged = run(golden(city=""), side("sf", {"city": ""}), side("hs", None, {"city": "Rome"}))
    assert (values(merged)["city"], merged.questions) == ("Rome", ())


def test_only_consent_is_kept_from_being_cleared() -> None:
    cleared = side("sf", {"opted_out": True}), side("hs", {"opted_out": True}, {"opted_out": None})
    assert values(run(golden(opted_out=True), *cleared))["opted_out"] is None
    denied = side("sf", {"opted_out": True}), side("hs", {"opted_out": True}, {"opted_out": False})
    merged = run(golden(opted_out=True), *denied)
    assert (values(merged)["opted_out"], merged.conflicts) == (False, ())


def test_two_records_of_the_owner_are_settled_by_the_smaller_id() -> None:
    sides = [side("sf", {"city": "a"}, {"city": text}, number=n) for n, text in ((12, "x"), (11, "y"))]
    merged = run(golden(city=("a", "web")), *sides, policy=FieldPolicy("owner", owner="sf"))
    assert (values(merged)["city"], merged.questions) == ("y", ())


def test_the_newest_stamp_wins_whoever_is_preferred() -> None:
    early, late = datetime(2025, 1, 1, tzinfo=UTC), datetime(2025, 1, 2, tzinfo=UTC)
    sf = replace(side("sf", {"city": "a"}, {"city": "old"}), stamps={"city": early})
    hs = replace(side("hs", {"city": "a"}, {"city": "new"}), stamps={"city": late})
    merged = run(golden(city=("a", "web")), sf, hs, policy=FieldPolicy("newest", ORDER))
    assert (values(merged)["city"], [c.value for c in merged.conflicts[0].losers]) == ("new", ["old"])


# -- constants


def from_list(connection: str, city: str, now: Mapping[str, str], base: Mapping[str, str] | None = None) -> Side:
    """A record of a list whose people are all of one city."""
    found = side(connection, base, now, names=("phone",))
    fields = (*found.mapping.fields, ConstantMap(FIELDS["city"], city))
    return replace(found, mapping=replace(found.mapping, fields=fields))


def test_a_constant_fills_a_blank() -> None:
    merged = run(golden(), from_list("web", "Rome", {"phone": "1"}), side("sf", {}, {"phone": "1", "city": ""}))
    assert (values(merged)["city"], owed(merged)) == ("Rome", {"sf": {"sf_city": "Rome"}})


def test_a_constant_contradicts_nobody() -> None:
    """Neither what is agreed, nor what another side says, nor the constant of another list; and nobody is asked."""
    policy = FieldPolicy("prefer", ORDER, first="ask")
    listed = from_list("web", "Rome", {"phone": "1"})
    for before, others, city in (
        (golden(city="Oslo"), [], "Oslo"),
        (golden(), [side("sf", {}, {"city": "Bergen"})], "Bergen"),
        (golden(), [from_list("hs", "Paris", {"phone": "1"})], "Paris"),
    ):
        for sides in ([listed, *others], [*others, listed]):
            merged = run(before, *sides, policy=policy)
            assert (values(merged)["city"], merged.questions, merged.conflicts) == (city, (), ())


def test_a_constant_that_was_taken_once_is_no_change_later() -> None:
    merged = run(golden(phone="1", city="Oslo"), from_list("web", "Rome", {"phone": "1"}, {"phone": "1"}))
    assert merged == Merged(golden(phone="1", city="Oslo"))
