"""Who is who at a sync: newcomers, known records, and what the CRMs themselves say of identity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import Literal

import pytest

from leadbridge.extend import Evidence, Pair
from leadbridge.matching import ExactKeys
from leadbridge.merge.identity import Answers, Identified, Known, NewGolden, identify
from leadbridge.merge.succession import ConversionEvent, Event, MergeEvent, Succession, resolve
from leadbridge.records import Captured, Record, Ref


def judge(pairs: Sequence[Pair]) -> Sequence[Evidence | None]:
    return ExactKeys().leadbridge_dedupe(pairs)


def person(place: str, **values: str) -> Captured:
    connection, object_, id_ = place.split(":")
    return Captured(Record(Ref(connection, object_, id_), {}), "person", "lead", values)


def ref(place: str) -> Ref:
    connection, object_, id_ = place.split(":")
    return Ref(connection, object_, id_)


def who(
    newcomers: Sequence[Captured], known: Sequence[Known] = (), *events: Event, answers: Answers | None = None
) -> Identified:
    return identify(newcomers, known, judge, resolve(events), answers or {})


ADA = {"email": "ada@acme.example", "last_name": "Lovelace", "first_name": "Ada"}


def test_a_newcomer_that_shares_an_e_mail_with_a_known_record_is_that_person() -> None:
    found = who([person("hs:contacts:1", **ADA)], [Known(5, person("sf:Lead:1", **ADA))])
    assert (found.owners, found.questions) == ({ref("hs:contacts:1"): 5}, ())
    assert found.why == {5: ("same e-mail",)}


def test_newcomers_that_are_one_person_share_one_new_golden_record_even_within_one_object() -> None:
    found = who([person("sf:Lead:2", **ADA), person("sf:Lead:1", **ADA), person("hs:contacts:9", email="x@y.example")])
    assert found.owners == {
        ref("hs:contacts:9"): NewGolden(1),
        ref("sf:Lead:1"): NewGolden(2),
        ref("sf:Lead:2"): NewGolden(2),
    }


def test_two_known_people_never_unite_because_a_newcomer_resembles_both() -> None:
    bob = {"phone": "+14155550100", "last_name": "Lovelace"}
    newcomer = person("hs:contacts:1", **ADA, phone="+14155550100")
    known = [
        Known(5, person("sf:Lead:1", **ADA, phone="+14155550100")),
        Known(6, person("sf:Lead:2", **bob, first_name="Ada")),
    ]
    found = who([newcomer], known)
    assert found.owners == {ref("hs:contacts:1"): 5}, "two keys are stronger than one"
    (question,) = found.questions
    assert (question.refs, question.owners) == ((ref("hs:contacts:1"), ref("sf:Lead:2")), frozenset({5, 6}))
    assert question.why == ("same phone and last name, but two records that are known apart would come together",)


def test_an_unsure_newcomer_gets_its_own_golden_record_and_creates_wait_for_the_answer() -> None:
    known = [Known(5, person("sf:Lead:1", email="ada@acme.example", first_name="Ada", last_name="Lovelace"))]
    found = who([person("hs:contacts:1", email="ada@acme.example", first_name="Bob", last_name="Byte")], known)
    assert found.owners == {ref("hs:contacts:1"): NewGolden(1)}
    assert found.asked == {5, NewGolden(1)}


@pytest.mark.parametrize(("answer", "owner"), [("same", 5), ("different", NewGolden(1))])
def test_a_person_s_answer_is_the_last_word(answer: Literal["same", "different"], owner: object) -> None:
    known = [Known(5, person("sf:Lead:1", email="ada@acme.example", first_name="Ada", last_name="Lovelace"))]
    newcomer = person("hs:contacts:1", email="ada@acme.example", first_name="Bob", last_name="Byte")
    answers: Mapping[frozenset[Ref], Literal["same", "different"]] = {
        frozenset({ref("sf:Lead:1"), ref("hs:contacts:1")}): answer
    }
    found = who([newcomer], known, answers=answers)
    assert (found.owners, found.asked) == ({ref("hs:contacts:1"): owner}, frozenset())


def test_several_records_of_one_golden_record_count_as_one() -> None:
    known = [Known(5, person("sf:Lead:1", **ADA)), Known(5, person("sf:Contact:2", phone="+14155550100"))]
    newcomer = person("hs:contacts:1", **ADA, phone="+14155550100")
    assert who([newcomer], known).owners == {ref("hs:contacts:1"): 5}


def test_a_contact_made_from_a_known_lead_is_that_lead_s_person_whatever_its_values_say() -> None:
    event = ConversionEvent(ref("sf:Lead:1"), ref("sf:Contact:7"))
    found = who([person("sf:Contact:7", email="new@x.example")], [Known(5, person("sf:Lead:1", **ADA))], event)
    assert found.owners == {ref("sf:Contact:7"): 5}


def test_a_lead_made_and_converted_between_two_runs_is_one_new_person_with_its_contact() -> None:
    event = ConversionEvent(ref("sf:Lead:1"), ref("sf:Contact:7"))
    found = who([person("sf:Contact:7", email="new@x.example"), person("sf:Lead:1", **ADA)], [], event)
    assert set(found.owners.values()) == {NewGolden(1)}


def test_when_a_crm_merges_two_records_their_golden_records_unite_and_the_older_stays() -> None:
    known = [
        Known(9, person("sf:Lead:1", **ADA)),
        Known(4, person("sf:Lead:2", email="b@x.example")),
        Known(7, person("sf:Lead:3")),
    ]
    chain = MergeEvent(ref("sf:Lead:2"), ref("sf:Lead:1")), MergeEvent(ref("sf:Lead:3"), ref("sf:Lead:2"))
    newcomer = person("hs:contacts:1", email="b@x.example")
    found = who([newcomer], known, *chain)
    assert (found.united, found.owners) == ({7: 4, 9: 4}, {ref("hs:contacts:1"): 4})


def test_a_chain_of_merges_and_a_conversion_is_followed_to_its_end_in_any_order() -> None:
    events: list[Event] = [
        MergeEvent(ref("sf:Lead:1"), ref("sf:Lead:2")),
        ConversionEvent(ref("sf:Lead:2"), ref("sf:Contact:3")),
        MergeEvent(ref("sf:Contact:3"), ref("sf:Contact:4")),
    ]
    for order in permutations(events):
        found = resolve((*order, order[0]))
        assert set(found.heirs.values()) == {ref("sf:Contact:4")}
        assert found.merged == {ref("sf:Lead:1"), ref("sf:Contact:3")}
        assert found.converted == {ref("sf:Lead:2")}
        assert found.made == {}, "the contact that stays was not made by the conversion"
        assert found.families == (frozenset(map(ref, ("sf:Lead:1", "sf:Lead:2", "sf:Contact:3", "sf:Contact:4"))),)


def test_a_contact_made_by_a_conversion_is_told_from_one_that_existed() -> None:
    made = ConversionEvent(ref("sf:Lead:1"), ref("sf:Contact:3"))
    existed = ConversionEvent(ref("sf:Lead:2"), ref("sf:Contact:4"), made=False)
    assert resolve([existed, made]).made == {ref("sf:Contact:3"): (ref("sf:Lead:1"),)}


def test_merges_reported_in_a_circle_end_at_its_smallest_ref() -> None:
    found = resolve([MergeEvent(ref("sf:Lead:1"), ref("sf:Lead:2")), MergeEvent(ref("sf:Lead:2"), ref("sf:Lead:1"))])
    assert (found.heirs, found.merged) == ({ref("sf:Lead:2"): ref("sf:Lead:1")}, {ref("sf:Lead:2")})


def test_nothing_reported_is_nothing_to_follow() -> None:
    assert resolve([]) == Succession()
    assert resolve([MergeEvent(ref("sf:Lead:1"), ref("sf:Lead:1"))]).heirs == {}
