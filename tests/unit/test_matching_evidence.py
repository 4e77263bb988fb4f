from __future__ import annotations

import pytest
from captured import organisation, person

from leadbridge.extend import Evidence, Pair
from leadbridge.matching import ExactKeys, strongest
from leadbridge.matching.pairs import LARGEST, candidate_pairs

SAME, UNSURE, VETO = Evidence("same", "a"), Evidence("unsure", "b"), Evidence("different", "c")


def judge(left, right):
    pairs = candidate_pairs([left, right])
    return ExactKeys().leadbridge_dedupe(pairs)[0] if pairs else None


ADA = {"first_name": "Ada", "last_name": "Loewe"}
BEN = {"first_name": "Ben", "last_name": "Maier"}


@pytest.mark.parametrize(
    ("left", "right", "verdict", "text"),
    [
        ({"email": "a@x.example"}, {"email": "A@x.example"}, "same", "same e-mail"),
        (
            {"email": "a@x.example", "phone": "+43123456"},
            {"email": "a@x.example", "mobile_phone": "+43123456"},
            "same",
            "same e-mail and phone",
        ),
        ({"email": "a@x.example", **ADA}, {"email": "a@x.example", **ADA, "last_name": "Lowe"}, "same", "same e-mail"),
        ({"email": "a@x.example", **ADA}, {"email": "a@x.example", **BEN}, "unsure", "same e-mail, different names"),
        (
            {"email": "a@x.example", "phone": "+43123456", **ADA},
            {"email": "a@x.example", "phone": "+43123456", **BEN},
            "same",
            "same e-mail and phone",
        ),
        (
            {"email": "info@x.example", "phone": "+43123456", **ADA},
            {"email": "info@x.example", "phone": "+43123456", **ADA, "first_name": "Eva"},
            "unsure",
            "same mailbox of a task, different names",
        ),
        ({"email": "info@x.example", **ADA}, {"email": "info@x.example"}, "same", "same e-mail"),
        ({"company": "X Ltd", **ADA}, {"company": "X", **ADA}, "same", "same name and company"),
        (
            {"company": "X Ltd", "email": "a@x.example", **ADA},
            {"company": "X", "email": "b@x.example", **ADA},
            "unsure",
            "same name and company, different e-mails",
        ),
        (
            {"company": "X Ltd", "email": "a@x.example", "phone": "+43123456", **ADA},
            {"company": "X", "email": "b@x.example", "phone": "+43123456", **ADA},
            "same",
            "same name and company",
        ),
        (
            {"phone": "+43123456", **ADA},
            {"phone": "+43123456", **ADA, "first_name": "A."},
            "same",
            "same phone and last name",
        ),
        (
            {"phone": "+43123456", **ADA},
            {"phone": "+43123456", "last_name": "LOEWE"},
            "same",
            "same phone and last name",
        ),
        (
            {"phone": "+43123456", **ADA},
            {"phone": "+43123456", **ADA, "first_name": "Eva"},
            "unsure",
            "same phone, names not known to be the same",
        ),
        ({"phone": "+43123456", **ADA}, {"phone": "+43123456"}, "unsure", "same phone, names not known to be the same"),
    ],
)
def test_what_is_said_of_two_persons(left, right, verdict, text):
    one, other = person("1", **left), person("2", **right)
    assert judge(one, other) == Evidence(verdict, text)
    assert judge(person("2", **left), person("1", **right)) == Evidence(verdict, text)


def test_a_line_shared_by_different_people_says_nothing():
    assert judge(person("1", phone="+43123456", **ADA), person("2", phone="+43123456", **BEN)) is None


@pytest.mark.parametrize(
    ("left", "right", "verdict", "text"),
    [
        (
            {"name": "X", "domain": "x.example"},
            {"name": "X Ltd", "website": "www.x.example"},
            "same",
            "same company name and domain",
        ),
        (
            {"name": "X", "phone": "+43123456"},
            {"name": "X", "phone": "+43123456"},
            "same",
            "same company name and phone",
        ),
        ({"name": "X", "street": "Ring 1"}, {"name": "X", "street": "RING 1"}, "same", "same company name and street"),
        (
            {"name": "X Nord", "phone": "+43123456", "street": "Ring 1"},
            {"name": "X", "phone": "+43123456", "street": "Ring 1"},
            "same",
            "same phone and street, similar company names",
        ),
        (
            {"name": "Y", "phone": "+43123456", "street": "Ring 1"},
            {"name": "X", "phone": "+43123456", "street": "Ring 1"},
            "unsure",
            "same phone, different company names",
        ),
        (
            {"name": "X", "street": "Ring 1", "city": "Wien"},
            {"name": "X", "street": "Ring 1", "city": "Graz"},
            "unsure",
            "same company name, nothing else in common",
        ),
        ({"name": "X"}, {"name": "X"}, "unsure", "same company name, nothing else in common"),
        (
            {"name": "X", "domain": "x.example"},
            {"name": "Y", "domain": "x.example"},
            "unsure",
            "same domain, different company names",
        ),
    ],
)
def test_what_is_said_of_two_organisations(left, right, verdict, text):
    assert judge(organisation("1", **left), organisation("2", **right)) == Evidence(verdict, text)


def test_a_subject_without_keys_gets_no_word():
    left, right = organisation("1"), organisation("2")
    campaign = type(left)(left.record, "campaign", "campaign", {})
    assert ExactKeys().leadbridge_dedupe([Pair(campaign, campaign, ())]) == [None]
    assert candidate_pairs([campaign, right]) == ()


@pytest.mark.parametrize(
    ("words", "combined"),
    [
        ([], None),
        ([None, None], None),
        ([None, SAME], SAME),
        ([SAME, UNSURE], UNSURE),
        ([UNSURE, VETO, SAME], VETO),
        ([SAME, Evidence("same", "0")], Evidence("same", "0; a")),
        ([SAME, SAME], SAME),
    ],
)
def test_several_plugins_make_one_word(words, combined):
    assert strongest(words) == combined
    assert strongest(reversed(words)) == combined


def test_a_key_that_many_share_is_chained_by_name():
    crowd = [person(f"{n:04}", phone="+43123456", last_name=f"name{n % 7}") for n in range(LARGEST + 1)]
    pairs = candidate_pairs(crowd)
    assert len(pairs) == LARGEST
    same_name = [p for p in pairs if p.left.values["last_name"] == p.right.values["last_name"]]
    assert len(same_name) == LARGEST - 6
    assert len(candidate_pairs(crowd[:LARGEST])) == LARGEST * (LARGEST - 1) // 2
