"""Planning is order-free and idempotent: promises 5 and 10, as far as a preview can break them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from planning import ACCOUNT, CONTACT, PERSON, part, policy, record, scene

from leadbridge.plan.conversion import plan_conversions
from leadbridge.plan.model import Match, Request
from leadbridge.plan.uniting import unite
from leadbridge.values import is_absent

NAMES, COMPANIES = ["", "Ann", "Bob"], ["", "Acme", "Reuter"]
RULES = ["fill_blank", "overwrite", "keep", "newest", "longest", "union", "restrictive"]

leads = st.fixed_dictionaries(
    {
        "first_name": st.sampled_from(NAMES),
        "last_name": st.sampled_from(["", "King", "Day"]),
        "company": st.sampled_from(COMPANIES),
        "industry": st.sampled_from([None, "", "Food", "Pharma"]),
        "do_not_call": st.sampled_from([None, True, False]),
    }
)
existing = st.fixed_dictionaries({name: st.sampled_from([None, "", "One", "Another"]) for name in ("name", "industry")})


def requests_of(values, account):
    made = []
    for number, held in enumerate(values, 1):
        lead = unite([record(f"web:f:{number}", **held)], ["web"], PERSON)
        keys = (f"company_name:{held['company']}",) if held["company"] else ()
        matched = {("crm", "account"): Match(account, "name")} if account and held["company"] == "Acme" else {}
        made.append(Request(number, lead, ("crm",), matched, {"account": keys}))
    return made


def used(rule):
    return policy(
        part("account", {"name": "company", "industry": "industry"}, match=["company_name"], existing=rule), CONTACT
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(leads, max_size=5), existing, st.sampled_from(RULES), st.randoms(use_true_random=False))
def test_the_plan_does_not_depend_on_the_order_of_the_requests(values, account, rule, random):
    requests = requests_of(values, record("crm:accounts:A1", "account", **account))
    shuffled = list(requests)
    random.shuffle(shuffled)
    assert plan_conversions(shuffled, scene(used(rule))) == plan_conversions(requests, scene(used(rule)))


@settings(max_examples=60, deadline=None)
@given(st.lists(leads, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_uniting_does_not_depend_on_the_order_of_the_records(values, random):
    members = [record(f"{'web' if n % 2 else 'fair'}:f:{n}", **held) for n, held in enumerate(values)]
    shuffled = list(members)
    random.shuffle(shuffled)
    assert unite(shuffled, ["web", "fair"], PERSON) == unite(members, ["web", "fair"], PERSON)


@settings(max_examples=60, deadline=None)
@given(st.lists(leads, min_size=1, max_size=4), existing, st.sampled_from(RULES))
def test_planning_again_after_the_plan_was_carried_out_changes_nothing(values, account, rule):
    known = record("crm:accounts:A1", "account", **account)
    requests = requests_of(values, known)
    first = plan_conversions(requests, scene(used(rule)))
    row = next((r for r in first.rows if r.ref == known.ref), None)
    done = replace(known, values={**known.values, **{c.field: c.new for c in (row.changes if row else ())}})
    again = plan_conversions(requests_of(values, done), scene(used(rule)))
    assert [r.verb for r in again.rows if r.ref == known.ref] in ([], ["keep"])


@settings(max_examples=60, deadline=None)
@given(st.lists(leads, max_size=5))
def test_every_request_is_either_converted_or_rejected_and_every_row_is_somebodys(values):
    plan = plan_conversions(requests_of(values, None), scene(policy(ACCOUNT, CONTACT)))
    assert len(plan.conversions) + len(plan.rejects) == len(values)
    assert (
        {n for c in plan.conversions for n in c.rows}
        == {row.number for row in plan.rows}
        == set(range(1, len(plan.rows) + 1))
    )
    assert all(not is_absent(change.new) for row in plan.rows for change in row.changes)
