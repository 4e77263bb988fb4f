"""Brakes: each stops at its threshold and not before, and says side, number, rows to look at and the way on."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadbridge.config.words import Limit
from leadbridge.plan.brakes import BrakeName, Calls, Facts, Leads, Limits, Scope, Side, Source, Stop, stops
from leadbridge.provider import Verb

NONE = Limits()
VERBS: tuple[Verb, ...] = ("delete", "update", "create")


def names(facts: Facts, limits: Limits = NONE) -> list[str]:
    return [stop.brake for stop in stops(facts, limits)]


def side(verb: Verb, number: int, linked: int) -> Facts:
    return Facts("people", [Side("sf", linked, {verb: number}, {verb: (7, 9)})])


@pytest.mark.parametrize(
    ("verb", "most"),
    [("delete", 5), ("update", 50), ("create", 50)],
)
def test_shares_of_the_linked_records(verb: Verb, most: int) -> None:
    assert names(side(verb, most, 100)) == []
    assert names(side(verb, most + 1, 100)) == [verb]


def test_shares_count_from_20_rows_up() -> None:
    assert names(side("delete", 19, 19)) == []
    assert names(side("delete", 2, 20)) == ["delete"]
    assert names(side("create", 20, 3)) == ["create"], "few are linked, many would be made"


def test_a_count_holds_however_few_records_there_are() -> None:
    assert names(side("delete", 3, 5), Limits(delete=Limit(count=3))) == []
    assert names(side("delete", 4, 5), Limits(delete=Limit(count=3))) == ["delete"]
    assert names(side("delete", 1, 0), Limits(delete=Limit(count=0))) == ["delete"]


def test_a_job_s_own_share_takes_the_place_of_the_default() -> None:
    assert names(side("delete", 3, 100), Limits(delete=Limit(share=Decimal("0.02")))) == ["delete"]
    assert names(side("delete", 90, 100), Limits(delete=Limit(share=Decimal(1)))) == []


def converting(converted: int, read: int, **facts: Any) -> Facts:
    planned = {"create": 3 * converted, "update": converted}
    return Facts("convert", [Side("sf", 10, planned)], leads=[Leads("sf", read, converted)], **facts)


def test_what_a_lead_becomes_is_no_sign_of_a_fault_but_that_most_leads_convert_is() -> None:
    assert names(converting(50, 100)) == []
    assert names(converting(51, 100)) == ["convert"]
    assert names(converting(19, 19)) == []
    assert names(converting(100, 100, first=True, approved=True)) == [], "a person approved this very plan"
    assert names(converting(51, 100, overridden=frozenset({"convert"}))) == []


def test_a_conversion_job_s_own_limits_hold() -> None:
    assert names(converting(5, 100), Limits(convert=Limit(count=4))) == ["convert"]
    assert names(converting(5, 100), Limits(convert=Limit(share=Decimal("0.05")))) == []
    assert names(converting(30, 100), Limits(convert=Limit(share=Decimal("0.2")))) == ["convert"]
    assert names(converting(5, 100), Limits(create=Limit(count=14))) == ["create"]
    assert names(converting(20, 100), Limits(update=Limit(share=Decimal("0.5")))) == ["update"]
    deletes = Facts("convert", [Side("sf", 100, {"delete": 6})], leads=[])
    assert names(deletes) == ["delete"]


def test_the_message_about_conversions_says_how_many_of_which() -> None:
    (stop,) = stops(converting(60, 100), NONE)
    assert stop.message == (
        "sf: 60 conversions of 100 open leads, 60 %; the job allows 50 %. Look at the plan; if they are right, add "
        "--override convert"
    )


def test_the_message_names_side_number_rows_and_override() -> None:
    (stop,) = stops(side("delete", 1200, 10000), Limits(delete=Limit(share=Decimal("0.02"))))
    assert stop == Stop(
        "delete",
        "sf",
        1200,
        "sf: 1,200 deletes of 10,000 linked records, 12 %; the job allows 2 %. Look at rows 7, 9 of the plan; if they "
        "are right, add --override delete",
        "--override delete",
        Decimal("0.12"),
        (7, 9),
    )


def test_the_first_plan_must_be_approved() -> None:
    facts = Facts("people", [Side("sf", 0, {"create": 3})], first=True)
    (stop,) = stops(facts, NONE)
    assert stop.message == (
        "this is the first plan of job 'people' that writes (3 rows); look at it with: leadbridge plan people; then "
        "approve it with: leadbridge apply"
    )
    assert names(Facts("people", [Side("sf", 0, {"create": 3000})], first=True, approved=True)) == []
    assert names(Facts("people", [Side("sf", 0, {})], first=True)) == [], "it writes nothing"
    assert names(Facts("people", [Side("sf", 0, {"create": 3000})])) == ["create"], "none linked, not the first"


def test_an_approved_first_plan_is_still_held_to_a_count() -> None:
    facts = Facts("people", [Side("sf", 0, {"create": 30})], first=True, approved=True)
    assert names(facts, Limits(create=Limit(count=20))) == ["create"]


@pytest.mark.parametrize(
    ("before", "seen", "expected"),
    [
        (None, 0, []),
        (0, 0, []),
        (1, 0, ["empty"]),
        (100, 80, []),
        (100, 79, ["fall"]),
        (19, 1, []),
        (20, 15, ["fall"]),
        (100, 200, []),
    ],
)
def test_a_source_that_came_back_empty_or_fell(before: int | None, seen: int, expected: list[str]) -> None:
    assert names(Facts("people", sources=[Source("sf", "Lead", before, seen)])) == expected


def test_what_is_said_of_sources() -> None:
    facts = Facts("people", sources=[Source("sf", "Lead", 1000, 0), Source("hs", "contacts", 1000, 700)])
    assert [stop.message for stop in stops(facts, NONE)] == [
        "hs: contacts fell from 1,000 to 700 records, by 30 %; more than 20 % stops a run. If they are really gone, "
        "add --override fall",
        "sf: Lead is empty, it had 1,000 records at the last scan; see whether it is complete. If they are really "
        "gone, add --override empty",
    ]


def test_a_missing_canary_a_shrunken_scope_and_a_changed_mapping() -> None:
    facts = Facts(
        "people",
        scopes=[Scope("sf", ("Lead.Phone", "Account")), Scope("hs", identity_changed=True)],
        canaries={"sf": "00Q1"},
        mappings=["sf.leads.yaml", "where"],
    )
    found = stops(facts, NONE)
    assert [(stop.brake, stop.side) for stop in found] == [
        ("scope", "hs"),
        ("scope", "sf"),
        ("canary", "sf"),
        ("mapping", ""),
    ]
    assert [stop.message for stop in found] == [
        "hs: the sign-in belongs to somebody else than before; sign in as before, or, if it is meant, add --override "
        "scope",
        "sf no longer shows Account, Lead.Phone; put it back, or give the permission back, or, if it is meant, add "
        "--override scope. Nothing that cannot be seen counts as deleted",
        "sf: the canary record '00Q1' is not there; what was read is not complete, or the record was deleted: then "
        "name another under `canary`, or add --override canary",
        "sf.leads.yaml, where changed since the last run; capture what it concerns completely first, with: "
        "leadbridge plan people --rebaseline",
    ]


def test_a_group_larger_than_allowed_and_calls_over_the_budget() -> None:
    facts = Facts("people", group=12, group_rows=(4,), calls={"sf": Calls(91, 10), "hs": Calls(5)}, budget={"sf": 100})
    found = stops(facts, Limits(group=11))
    assert [stop.message for stop in found] == [
        "12 records would be one; the job allows 11 in one group of duplicates. Look at row 4 of the plan; if they are "
        "one, add --override group",
        "sf: the plan takes up to 101 API calls (10 of them for retries), and the budget has 100 left; run it later, "
        "or add --override budget",
    ]
    assert names(facts, Limits(group=12)) == ["budget"]


@pytest.mark.parametrize("brake", ["delete", "empty", "canary"])
def test_an_override_lifts_one_brake_only(brake: BrakeName) -> None:
    facts = Facts(
        "people",
        [Side("sf", 100, {"delete": 50})],
        [Source("sf", "Lead", 100, 0)],
        canaries={"sf": "1"},
        overridden=frozenset({brake}),
    )
    assert sorted(names(facts)) == sorted({"delete", "empty", "canary"} - {brake})


COUNTS = st.integers(0, 300)


@given(st.sampled_from(VERBS), COUNTS, COUNTS, st.integers(0, 100), st.booleans())
def test_a_share_stops_exactly_what_passes_it_and_more_rows_never_pass_where_fewer_stop(
    verb: Verb, number: int, linked: int, percent: int, approved: bool
) -> None:
    limit = Limit(share=Decimal(percent) / 100)
    limits = Limits(**{verb: limit})  # type: ignore[arg-type]
    facts = Facts("people", [Side("sf", linked, {verb: number})], approved=approved)
    stopped = bool(stops(facts, limits))
    assert stopped == (max(number, linked) >= 20 and number * 100 > linked * percent)
    if stopped:
        assert stops(Facts("people", [Side("sf", linked, {verb: number + 1})], approved=approved), limits)


@given(st.permutations([Side(c, 100, {"delete": n}) for c, n in (("sf", 9), ("hs", 90), ("web", 1))]))
def test_the_order_of_sides_plays_no_part(sides: list[Side]) -> None:
    assert [stop.side for stop in stops(Facts("people", sides), NONE)] == ["hs", "sf"]
