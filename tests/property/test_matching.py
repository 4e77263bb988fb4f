from __future__ import annotations

from captured import organisation, person
from hypothesis import given, settings
from hypothesis import strategies as st

from leadbridge.extend import Evidence
from leadbridge.matching import Ambiguous, ExactKeys, Found, Index, group, keys_of
from leadbridge.matching.normal import company_key, fold, registrable_domain

NAMES = st.sampled_from([None, "Ada", "Ben", "A"])
PEOPLE = st.lists(
    st.fixed_dictionaries(
        {
            "email": st.sampled_from([None, "a@x.example", "b@x.example", "info@x.example", "a@gmail.com"]),
            "phone": st.sampled_from([None, "+43123456", "+43654321"]),
            "first_name": NAMES,
            "last_name": NAMES,
            "company": st.sampled_from([None, "X Ltd", "X", "Y"]),
        }
    ),
    max_size=9,
).map(lambda rows: [person(str(n), **row) for n, row in enumerate(rows)])
VERDICTS = st.sampled_from([None, Evidence("same", "s"), Evidence("unsure", "u"), Evidence("different", "d")])


def exact(pairs):
    return ExactKeys().leadbridge_dedupe(pairs)


@settings(deadline=None)
@given(st.data(), PEOPLE)
def test_groups_do_not_depend_on_the_order_of_the_batch(data, people):
    assert group(data.draw(st.permutations(people)), exact) == group(people, exact)


@settings(deadline=None, max_examples=200)
@given(st.data(), st.integers(2, 7))
def test_any_evidence_gives_a_partition_that_keeps_every_veto(data, count):
    people = [person(str(n), phone="+43123456") for n in range(count)]
    words = {}

    def judge(pairs):
        for pair in pairs:
            key = (pair.left.ref, pair.right.ref)
            if key not in words:
                words[key] = data.draw(VERDICTS)
        return [words[pair.left.ref, pair.right.ref] for pair in pairs]

    found = group(people, judge)
    assert sorted(r.ref for g in found.groups for r in g.records) == [p.ref for p in people]
    home = {r.ref: n for n, g in enumerate(found.groups) for r in g.records}
    asked = [{r.ref for r in review.records} for review in found.reviews]
    for (left, right), word in words.items():
        if word and word.verdict == "different":
            assert home[left] != home[right]
        if word and word.verdict in ("same", "unsure") and home[left] != home[right]:
            assert any({left, right} <= refs for refs in asked)
    assert found == group(data.draw(st.permutations(people)), judge)


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_normalises_and_the_normal_form_is_its_own(text):
    assert fold(fold(text)) == fold(text)
    assert fold(text).isascii()
    domain = registrable_domain(text)
    assert registrable_domain(domain) == domain
    assert company_key(text) == "" or fold(text) != ""


@settings(deadline=None)
@given(
    st.sampled_from(["Acme", "The Acme", "Smith & Jones", "L\u00f6we"]),
    st.sampled_from(["", " Ltd", ", Inc.", " GmbH & Co. KG"]),
)
def test_a_legal_form_never_changes_the_key(name, form):
    assert company_key(name + form) == company_key(name)


ACCOUNTS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from([None, "X Ltd", "X", "Y", "Y Nord"]),
            "domain": st.sampled_from([None, "x.example", "y.example", "gmail.com"]),
            "city": st.sampled_from([None, "Wien", "Graz"]),
        }
    ),
    max_size=6,
).map(lambda rows: [organisation(str(n), **row) for n, row in enumerate(rows)])
LEADS = st.fixed_dictionaries(
    {
        "email": st.sampled_from([None, "a@x.example", "a@y.example", "a@gmail.com"]),
        "company": st.sampled_from([None, "X", "Y GmbH"]),
        "city": st.sampled_from([None, "Wien"]),
    }
)


@settings(deadline=None, max_examples=200)
@given(st.data(), ACCOUNTS, LEADS)
def test_what_is_found_shares_every_key_named_and_does_not_depend_on_order(data, accounts, lead):
    kinds = ["domain", "company_name"]
    found = Index(accounts, kinds).find("person", lead)
    assert found == Index(data.draw(st.permutations(accounts)), kinds).find("person", lead)
    if found is None:
        for account in accounts:
            assert not set(keys_of("person", lead, kinds)) & set(keys_of("organisation", account.values, kinds))
    if isinstance(found, Found):
        for kind in found.keys:
            assert set(keys_of("person", lead, [kind])) & set(keys_of("organisation", found.record.values, [kind]))
    if isinstance(found, Ambiguous):
        assert found.records
