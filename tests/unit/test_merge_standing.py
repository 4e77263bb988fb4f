"""Which links are live, and what follows when a record goes: the design's rules, one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest
from merging import golden, mapping

from leadbridge.golden import Golden, Link, LinkState
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.departing import Departing, Departure, depart, returned
from leadbridge.merge.rekeying import Ambiguous, Rekeys, rekeys
from leadbridge.merge.standing import Sights, age_of, changed, proven, stand
from leadbridge.merge.succession import ConversionEvent, MergeEvent, resolve
from leadbridge.provider import Gone
from leadbridge.records import Record, Ref


def ref(id_: str = "1", connection: str = "sf", object_: str = "Lead") -> Ref:
    return Ref(connection, object_, id_)


def link(at: Ref, number: int, state: LinkState = "live", *, age: int = 0, **base: str) -> Link:
    return Link(number, 1, at, "lead", state, {f"{at.connection}_{k}": v for k, v in base.items()}, age)


def states(links: tuple[Link, ...]) -> dict[str, str]:
    return {str(a.ref): a.state for a in links}


LEAD = mapping("sf")
CONTACT = replace(LEAD, role="contact")


def test_of_several_records_in_one_object_the_oldest_is_live_whatever_came_first() -> None:
    twins = [link(ref("9"), 1, "surplus", age=30), link(ref("10"), 2, "live", age=20), link(ref("11"), 3, age=40)]
    for order in permutations(twins):
        assert states(stand(order, Sights())) == {
            "sf:Lead:9": "surplus",
            "sf:Lead:10": "live",
            "sf:Lead:11": "surplus",
        }


def test_where_no_age_is_known_ids_count_as_people_count() -> None:
    assert states(stand([link(ref("10"), 1), link(ref("9"), 2)], Sights())) == {
        "sf:Lead:9": "live",
        "sf:Lead:10": "surplus",
    }


def test_one_record_in_each_object_is_live_at_the_same_time() -> None:
    contact = link(ref("7", object_="Contact"), 2)
    assert states(stand([link(ref(), 1), contact], Sights())) == {"sf:Lead:1": "live", "sf:Contact:7": "live"}


def test_when_the_live_twin_goes_the_next_is_promoted() -> None:
    twins = [link(ref("1"), 1), link(ref("2"), 2, "surplus"), link(ref("3"), 3, "surplus")]
    after = stand(twins, Sights(gone=frozenset({ref("1")})))
    assert states(after) == {"sf:Lead:1": "gone", "sf:Lead:2": "live", "sf:Lead:3": "surplus"}
    assert [a.id for a in changed(twins, after)] == [1, 2]


def test_a_record_that_leaves_all_mappings_suspends_its_link_and_comes_back() -> None:
    before = link(ref(), 1, phone="1")
    (away,) = stand([before], Sights({ref(): None}))
    assert (away.state, away.base) == ("suspended", before.base)
    assert stand([away], Sights()) == (away,), "nobody saw it since"
    assert stand([away], Sights({ref(): LEAD})) == (before,)


def test_a_record_that_moves_to_another_mapping_changes_role_and_keeps_its_bases() -> None:
    before = link(ref(), 1, phone="1")
    assert stand([before], Sights({ref(): CONTACT})) == (replace(before, role="contact"),)


def test_a_converted_lead_stays_converted_even_when_it_is_seen_again() -> None:
    contact = ref("7", object_="Contact")
    sights = Sights(succession=resolve([ConversionEvent(ref(), contact)]))
    after = stand([link(ref(), 1), link(contact, 2)], sights)
    assert states(after) == {"sf:Lead:1": "converted", "sf:Contact:7": "live"}
    assert stand(after, Sights({ref(): LEAD}, frozenset({ref()}))) == after


def test_a_record_that_was_merged_away_is_gone_and_the_one_it_went_into_is_live() -> None:
    sights = Sights({ref("1"): LEAD}, succession=resolve([MergeEvent(ref("1"), ref("2"))]))
    assert states(stand([link(ref("1"), 1), link(ref("2"), 2, "surplus")], sights)) == {
        "sf:Lead:1": "gone",
        "sf:Lead:2": "live",
    }


def test_a_record_that_is_captured_and_reported_gone_at_once_is_there() -> None:
    assert states(stand([link(ref(), 1)], Sights({ref(): LEAD}, frozenset({ref()})))) == {"sf:Lead:1": "live"}


def test_only_a_tombstone_or_absence_from_a_complete_scan_that_sees_all_proves_a_delete() -> None:
    gone = [
        Gone(ref("1"), "tombstone"),
        Gone(ref("2"), "absent"),
        Gone(ref("3", "hs"), "absent"),
        Gone(ref("4", "web"), "absent"),
        Gone(ref("5"), "tombstone", merged_into="1"),
    ]
    scanned = {("sf", "Lead"), ("web", "Lead")}
    assert proven(gone, scanned, {"web"}) == {ref("1"), ref("2")}
    assert proven(gone, set(), set()) == {ref("1")}


@pytest.mark.parametrize("created", [None, "", "2025-01-01", datetime(2025, 1, 1)])  # noqa: DTZ001  (no zone)
def test_what_is_no_moment_gives_no_age(created: str | datetime | None) -> None:
    assert age_of(created) == 0


def test_age_counts_in_seconds() -> None:
    assert age_of(datetime(1970, 1, 1, 1, tzinfo=UTC)) == 3600


# --- deletes

SF, HS, WEB = link(ref(), 1, phone="1"), link(ref("2", "hs"), 2, phone="1"), link(ref("3", "web"), 3, phone="1")
MAPPINGS: dict[Ref, ObjectMapping] = {a.ref: mapping(a.ref.connection, "phone") for a in (SF, HS, WEB)}


def scene(*before: Link, gone: frozenset[Ref] = frozenset({SF.ref})) -> Departing:
    after = stand(before, Sights(gone=gone))
    return Departing(before, after, MAPPINGS, targets=frozenset({"sf", "hs", "web"}))


def test_by_default_a_delete_is_parked_and_nothing_is_deleted_elsewhere() -> None:
    (departure,) = depart(golden(phone="1"), scene(SF, HS))
    assert departure == Departure(SF.ref, "parked")
    assert departure.asks


def test_a_delete_is_judged_once() -> None:
    gone = replace(SF, state="gone")
    assert depart(golden(phone="1"), scene(gone, HS)) == ()


def test_with_propagate_it_is_planned_for_every_live_record_elsewhere_that_the_job_may_write() -> None:
    here = replace(scene(SF, HS, WEB), policy="propagate", targets=frozenset({"sf", "web"}))
    (departure,) = depart(golden(phone="1"), here)
    assert (departure.fate, departure.deletes) == ("propagated", (WEB,))


@pytest.mark.parametrize("edited", [True, False])
def test_met_by_a_change_elsewhere_nothing_is_deleted_and_a_person_is_asked(edited: bool) -> None:
    said = golden(phone="1") if edited else golden(phone="2")  # captured now, or taken before and never told
    (departure,) = depart(said, replace(scene(SF, HS), policy="propagate", edited=edited))
    assert departure == Departure(SF.ref, "met_by_a_change")


def test_a_twin_that_goes_says_nothing_of_the_person() -> None:
    twin = link(ref("8"), 4, "surplus", phone="1")
    assert depart(golden(phone="1"), scene(SF, twin, HS, gone=frozenset({twin.ref}))) == ()
    (departure,) = depart(golden(phone="1"), replace(scene(SF, twin, HS), policy="propagate"))
    assert departure == Departure(SF.ref, "no_consequence")


def test_the_last_record_of_a_person_may_go_without_a_question() -> None:
    (departure,) = depart(golden(phone="1"), scene(SF))
    assert (departure.fate, departure.asks) == ("no_consequence", False)


def test_a_mapping_that_is_not_known_any_more_counts_as_a_change() -> None:
    assert depart(golden(phone="1"), replace(scene(SF, HS), mappings={}))[0].fate == "met_by_a_change"


def test_a_record_that_reappears_is_live_again_and_its_question_clears_itself() -> None:
    gone = replace(SF, state="gone")
    after = stand([gone, HS], Sights({SF.ref: LEAD}))
    assert states(after) == {"sf:Lead:1": "live", "hs:Lead:2": "live"}
    assert returned([gone, HS], after) == (SF.ref,)
    assert depart(golden(phone="1"), Departing([gone, HS], after, MAPPINGS)) == ()


# --- edited keys


def row(id_: str, **values: str) -> Record:
    return Record(ref(id_), {f"sf_{k}": v for k, v in values.items()})


KEYED = link(ref("a@x"), 1, email="a@x", phone="1", city="")


def test_one_vanished_and_one_new_key_with_otherwise_equal_rows_are_a_rekey() -> None:
    found = rekeys([KEYED], [row("b@x", email="b@x", phone="1", city="", more="new column"), row("c@x")], "sf_email")
    assert found == Rekeys({KEYED.ref: ref("b@x")})


def test_a_row_that_differs_beside_the_key_is_a_delete_and_a_create() -> None:
    assert rekeys([KEYED], [row("b@x", email="b@x", phone="2", city="")], "sf_email") == Rekeys({})


def test_several_equal_rows_are_a_question() -> None:
    came = [row("c@x", email="c@x", phone="1", city=""), row("b@x", email="b@x", phone="1", city="")]
    found = rekeys([KEYED], came, "sf_email")
    assert found == Rekeys({}, (Ambiguous((KEYED.ref,), (ref("b@x"), ref("c@x"))),))
    other = link(ref("z@x"), 2, email="z@x", phone="1", city="")
    assert rekeys([other, KEYED], came[:1], "sf_email").ambiguous == (Ambiguous((KEYED.ref, other.ref), (ref("c@x"),)),)


def test_a_new_row_that_two_could_have_become_belongs_to_neither() -> None:
    short = link(ref("s@x"), 2, email="s@x", phone="1")
    found = rekeys([KEYED, short], [row("b@x", email="b@x", phone="1", city="")], "sf_email")
    assert found == Rekeys({}, (Ambiguous((KEYED.ref, short.ref), (ref("b@x"),)),))


def test_rows_that_say_nothing_beside_their_key_prove_nothing() -> None:
    assert rekeys([link(ref("a@x"), 1, email="a@x", phone="")], [row("b@x", email="b@x", phone="")], "sf_email") == (
        Rekeys({})
    )


def test_zero_is_not_false_in_a_rekey() -> None:
    kept = Link(1, 1, ref("a"), "lead", base={"key": "a", "n": 0})
    assert rekeys([kept], [Record(ref("b"), {"key": "b", "n": False})], "key") == Rekeys({})


def test_an_empty_golden_record_is_no_obstacle() -> None:
    assert depart(Golden(1, "person"), scene(SF, HS))[0].fate == "parked"
