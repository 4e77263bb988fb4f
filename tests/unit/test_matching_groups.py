from __future__ import annotations

from captured import organisation, person

from leadbridge.extend import Evidence
from leadbridge.matching import ExactKeys, Group, Groups, Review, group


def exact(pairs):
    return ExactKeys().leadbridge_dedupe(pairs)


def saying(words):
    """A judge by pairs of ids."""
    return lambda pairs: [words.get(p.left.ref.id + p.right.ref.id) for p in pairs]


A, B, C = (person(name, phone="+43123456") for name in "abc")
SAME, UNSURE, VETO = Evidence("same", "s"), Evidence("unsure", "u"), Evidence("different", "d")


def test_records_are_united_through_third_ones():
    one = person("1", email="a@x.example")
    two = person("2", connection="web", email="a@x.example", phone="+43123456", last_name="Loewe")
    three = person("3", phone="+43123456", last_name="Loewe")
    alone = person("4", email="other@x.example")
    assert group([three, alone, two, one], exact) == Groups(
        (Group((one, three, two), ("same e-mail", "same phone and last name")), Group((alone,))), ()
    )


def test_doubt_is_one_question_about_all_that_share_it():
    found = group([C, B, A], exact)
    assert found.groups == (Group((A,)), Group((B,)), Group((C,)))
    assert found.reviews == (Review((A, B, C), ("same phone, names not known to be the same",)),)


def test_doubt_that_other_evidence_settles_asks_nothing():
    found = group([A, B, C], saying({"ab": SAME, "bc": SAME, "ac": UNSURE}))
    assert found == Groups((Group((A, B, C), ("s",)),), ())


def test_a_veto_keeps_two_apart_even_through_a_third():
    found = group([A, B, C], saying({"ab": SAME, "bc": SAME, "ac": VETO}))
    assert found.groups == (Group((A, B), ("s",)), Group((C,)))
    assert found.reviews == (Review((B, C), ("s, but records that are different would come together",)),)


def test_the_link_with_more_keys_is_the_stronger():
    b = person("b", phone="+43123456", email="x@x.example")
    c = person("c", phone="+43123456", email="x@x.example")
    found = group([A, b, c], saying({"ab": SAME, "bc": SAME, "ac": VETO}))
    assert [group.records for group in found.groups] == [(A,), (b, c)]
    assert found.reviews[0].records == (A, b)


def test_a_veto_travels_with_the_groups():
    d = person("d", phone="+43123456")
    found = group([A, B, C, d], saying({"ab": SAME, "cd": SAME, "bc": SAME, "ad": VETO}))
    assert [group.records for group in found.groups] == [(A, B, C), (d,)]
    assert [review.records for review in found.reviews] == [(C, d)]


def test_a_veto_alone_is_no_question():
    assert group([A, B], saying({"ab": VETO})) == Groups((Group((A,)), Group((B,))), ())


def test_subjects_are_never_mixed():
    found = group([organisation("1", phone="+43123456"), A], exact)
    assert len(found.groups) == 2
    assert found.reviews == ()


def test_nothing_gives_nothing_and_asks_no_plugin():
    def unasked(pairs):
        raise AssertionError

    assert group([], unasked) == Groups((), ())
    assert group([A], unasked) == Groups((Group((A,)),), ())
