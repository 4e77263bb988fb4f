from __future__ import annotations

import pytest
from planning import PERSON, policy, record, request

from leadbridge.conditions import compile_condition
from leadbridge.plan.selection import select
from leadbridge.plan.sharing import share
from leadbridge.plan.uniting import unite
from leadbridge.records import Ref


def test_a_value_comes_from_the_first_connection_that_has_it():
    fair = record("fair:f:1", last_name="King", phone="+49301", company=None)
    web = record("web:f:1", last_name="King-Noel", phone="", company="Reuter")
    lead = unite([fair, web], ["web", "fair"], PERSON)
    assert dict(lead.values) == {"last_name": "King-Noel", "phone": "+49301", "company": "Reuter"}
    assert lead.origins == {"last_name": web.ref, "phone": fair.ref, "company": web.ref}
    assert lead.refs == (web.ref, fair.ref)


def test_ids_are_ordered_as_people_count():
    lead = unite([record("web:f:10", last_name="Ten"), record("web:f:9", last_name="Nine")], ["web"], PERSON)
    assert lead.values["last_name"] == "Nine"


@pytest.mark.parametrize("name", ["opted_out_of_email", "do_not_call", "do_not_contact"])
def test_one_opt_out_bars_them_all(name):
    yes, no = record("fair:f:1", **{name: True}), record("web:f:1", **{name: False})
    assert unite([yes, no], ["web", "fair"], PERSON).values[name] is True
    assert unite([yes, no], ["web", "fair"], PERSON).origins[name] == Ref("fair", "f", "1")


def test_no_opt_out_and_an_unknown_one_stay_apart():
    lead = unite([record("web:f:1", do_not_call=""), record("web:f:2", do_not_contact=False)], ["web"], PERSON)
    assert dict(lead.values) == {"do_not_call": "", "do_not_contact": False}


def chosen(*leads, when=None, unless=None, where=None):
    united = [unite([lead], ["web"], PERSON) for lead in leads]
    condition = None if where is None else compile_condition(where, PERSON.fields)
    return select(united, policy(when=when, unless=unless), condition)


def test_a_lead_is_left_out_with_what_decided_it():
    found = chosen(record("web:f:1", last_name="King", score=40), when="score >= 60")
    assert [out.reason for out in found.left_out] == ["when: score >= 60 (score is 40)"]
    assert found.left_out[0].label == "King"


def test_missing_consent_never_lets_a_person_through():
    found = chosen(record("web:f:1", last_name="King", do_not_contact=""), unless="do_not_contact")
    assert [out.reason for out in found.left_out] == [
        "unless: do_not_contact is undecided, because do_not_contact is not known"
    ]
    assert len(chosen(record("web:f:1", do_not_contact=False), unless="do_not_contact").selected) == 1
    assert chosen(record("web:f:1", do_not_contact=True), unless="do_not_contact").left_out[0].reason == (
        "unless: do_not_contact (do_not_contact is true)"
    )


def test_the_jobs_where_is_anded_with_the_policys_when():
    leads = [
        record("web:f:1", score=70, budget=0),
        record("web:f:2", score=70, budget=5),
        record("web:f:3", score=1, budget=5),
    ]
    found = chosen(*leads, when="score >= 60", where="budget > 0")
    assert [lead.refs[0].id for lead in found.selected] == ["2"]
    assert [out.reason for out in found.left_out] == [
        "where: budget > 0 (budget is 0)",
        "when: score >= 60 (score is 1)",
    ]


def test_a_condition_that_errs_on_one_lead_rejects_that_lead_only():
    found = chosen(record("web:f:1", last_name="King", company="X"), record("web:f:2"), when="company > 3")
    assert (found.rejects[0].code, found.rejects[0].source) == ("condition", "web:f:1")
    assert found.rejects[0].reason == (
        "King: the condition 'company > 3' compares or combines values of different types"
    )
    assert len(found.left_out) == 1


KINDS = ["domain", "company_name"]


def lead(number, domain="", company=""):
    return request(number, record(f"web:f:{number}", company=company), domain=domain)


def test_leads_of_one_domain_share_a_company_even_by_another_name():
    assert share([lead(1, "a.example", "A"), lead(2, "a.example", "A Inc")], "account", KINDS) == {1: 1, 2: 1}


def test_the_same_name_at_two_domains_is_two_companies():
    assert share([lead(1, "a.example", "A"), lead(2, "b.example", "A")], "account", KINDS) == {1: 1, 2: 2}


def test_a_lead_without_a_domain_joins_the_one_company_of_that_name():
    assert share([lead(1, "", "A"), lead(2, "a.example", "A")], "account", KINDS) == {1: 1, 2: 1}


def test_a_name_that_does_not_tell_two_companies_apart_joins_neither():
    leads = [lead(1, "a.example", "A"), lead(2, "b.example", "A"), lead(3, "", "A"), lead(4, "", "A")]
    assert share(leads, "account", KINDS) == {1: 1, 2: 2, 3: 3, 4: 3}


def test_leads_without_any_key_share_nothing():
    assert share([lead(1), lead(2)], "account", KINDS) == {1: 1, 2: 2}
