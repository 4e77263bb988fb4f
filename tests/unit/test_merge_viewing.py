"""Company fields of a person as views of its organisation's: a row of the table each."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import pytest
from merging import COMPANY, PREFER, golden, side

from leadbridge.golden import Golden, Held
from leadbridge.merge.model import Merged, Side
from leadbridge.merge.viewing import RULE, merge_viewing

ACME = Golden(9, "organisation", {"name": Held("Acme", "sf"), "industry": Held("Tools", "hs")})
BARE = Golden(9, "organisation", {"name": Held("Acme", "sf"), "industry": Held("", "sf")})
FIELDS = {name: COMPANY[name] for name in ("company", "industry")}


def person(**held: Held) -> Golden:
    return Golden(1, "person", {"organisation": Held("9", "sf"), **held})


def company(connection: str, base: str | None, now: str | None = None, guarded: Sequence[str] = ()) -> Side:
    known = None if base is None else {"company": base}
    captured = None if now is None else {"company": now}
    return side(connection, known, captured, names=("company", "organisation"), guarded=frozenset(guarded))


def merged(before: Golden, *sides: Side, of: Golden = ACME, asked: Sequence[str] = ()) -> Merged:
    return merge_viewing(before, sides, PREFER, 7, {9: of}, FIELDS, asked)


def losers(found: Merged) -> list[tuple[str, object]]:
    return [(conflict.field, loser.value) for conflict in found.conflicts for loser in conflict.losers]


SHOWN = Held("Acme", "sf", 3, None, 9)


def test_what_the_person_said_yields_and_is_kept() -> None:
    found = merged(person(company=Held("acme co", "hs")), company("hs", "acme co"))
    assert found.golden.fields["company"] == Held("Acme", "sf", 7, None, 9)
    assert losers(found) == [("company", "acme co")]
    assert [(o.values, o.expected) for o in found.owed] == [({"hs_company": "Acme"}, {"hs_company": "acme co"})]
    assert {m.field: m.rule for m in found.moves} == {"company": RULE, "industry": RULE}


def test_what_is_shown_already_is_no_news() -> None:
    before = person(company=SHOWN, industry=Held("Tools", "hs", 3, None, 9))
    found = merged(before, company("hs", "Acme"))
    assert (found.golden, found.moves, found.conflicts, found.owed) == (before, (), (), ())


def test_a_value_that_the_person_shares_becomes_the_organisations_without_a_word() -> None:
    found = merged(person(company=Held("Acme", "hs", 2)), company("hs", "Acme"))
    assert found.golden.fields["company"].shows == 9
    assert (losers(found), found.owed) == ([], ())


@pytest.mark.parametrize("base", ["Acme", None], ids=["edited", "first contact"])
def test_nobody_changes_it_through_the_person(base: str | None) -> None:
    found = merged(person(company=SHOWN), company("hs", base, "Holding"))
    assert found.golden.fields["company"] == SHOWN
    assert losers(found) == [("company", "Holding")]
    assert found.questions == ()
    assert [o.values for o in found.owed] == [{"hs_company": "Acme"}]


def test_what_the_organisation_does_not_say_stays_the_persons() -> None:
    found = merged(person(industry=Held("Toys", "hs", 2)), of=BARE)
    assert found.golden.fields["industry"] == Held("Toys", "hs", 2)


def test_what_the_organisation_no_longer_says_is_shown_no_longer() -> None:
    found = merged(person(industry=Held("Tools", "sf", 3, None, 9)), of=BARE)
    assert found.golden.fields["industry"] == Held("", "sf", 7)
    assert losers(found) == []


def test_another_organisation_shows_itself_and_the_last_one_is_no_loser() -> None:
    other = Golden(8, "organisation", {"name": Held("Other", "hs")})
    moved = side("sf", {"organisation": "9"}, {"organisation": "8"}, names=("company", "organisation"))
    found = merge_viewing(person(company=SHOWN), [moved], PREFER, 7, {9: ACME, 8: other}, FIELDS)
    assert found.golden.fields["company"] == Held("Other", "hs", 7, None, 8)
    assert losers(found) == []


def test_without_an_organisation_the_persons_own_values_count_again() -> None:
    left = side("sf", {"organisation": "9"}, {"organisation": ""}, names=("company", "organisation"))
    edited = side("hs", {"company": "Acme"}, {"company": "Own boss"}, names=("company",))
    found = merge_viewing(person(company=SHOWN), [left, edited], PREFER, 7, {9: ACME}, FIELDS)
    assert found.golden.fields["company"] == Held("Own boss", "hs", 7)
    assert losers(found) == []


def test_a_field_that_an_undo_holds_is_not_written_and_one_that_awaits_an_answer_is() -> None:
    held = merged(person(company=SHOWN), company("hs", "acme co", "acme co", ["company"]))
    assert (held.owed, losers(held)) == ((), [])
    asked = merged(person(), company("hs", "acme co", "acme co", ["company"]), asked=["company"])
    assert [o.values for o in asked.owed] == [{"hs_company": "Acme"}]
    assert losers(asked) == [("company", "acme co")]


def test_the_order_of_sides_does_not_matter() -> None:
    sides = [company("sf", None, "One"), company("hs", "Acme", "Two"), company("web", "Acme")]
    found = [merged(person(company=Held("Own", "web")), *some) for some in permutations(sides)]
    assert all(one == found[0] for one in found)
    assert sorted(str(value) for _, value in losers(found[0])) == ["One", "Own", "Two"]


def test_a_person_without_an_organisation_is_merged_as_ever() -> None:
    found = merge_viewing(golden(company="Own"), [company("hs", "Own", "New")], PREFER, 7, {}, FIELDS)
    assert found.golden.value("company") == "New"
