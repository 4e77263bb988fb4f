from __future__ import annotations

from datetime import date
from decimal import Decimal

from planning import ACCOUNT, CONTACT, NOW, OPPORTUNITY, part, policy, record, request, scene

from leadbridge.plan.conversion import plan_conversions
from leadbridge.plan.model import Change
from leadbridge.values import MISSING

ADA = record(
    "web:form:7",
    first_name="Ada",
    last_name="King",
    company="Reuter GmbH",
    email="ada@reuter.example",
    budget=Decimal(500),
    product="Labeller",
    score=70,
)


def made(plan, role):
    return [row for row in plan.rows if row.role == role]


def values(row):
    return {change.field: change.new for change in row.changes}


def test_a_lead_that_matches_nothing_becomes_four_records_and_stays_itself():
    plan = plan_conversions([request(1, ADA, domain="reuter.example")], scene())
    assert [(row.number, row.verb, row.role, row.connection) for row in plan.rows] == [
        (1, "create", "account", "crm"),
        (2, "create", "contact", "crm"),
        (3, "create", "opportunity", None),
        (4, "create", "prospect", None),
        (5, "keep", "lead", "web"),
    ]
    assert plan.conversions[0].rows == (1, 2, 3, 4, 5)
    assert plan.rejects == ()


def test_each_new_field_names_its_value_its_rule_and_its_origin():
    plan = plan_conversions([request(1, ADA)], scene())
    assert made(plan, "contact")[0].changes[0] == Change("first_name", MISSING, "Ada", "from the lead", ADA.ref)
    assert values(made(plan, "opportunity")[0]) == {
        "name": "Reuter GmbH - Labeller",
        "amount": Decimal(500),
        "stage": "Prospecting",
        "close_date": date(2025, 9, 30),
    }
    assert made(plan, "opportunity")[0].changes[2].rule == "by the policy"
    assert values(made(plan, "prospect")[0]) == {"qualified_at": NOW, "score": 70}


def test_new_records_refer_to_each_other_by_row():
    plan = plan_conversions([request(1, ADA)], scene())
    assert made(plan, "contact")[0].refers == {"organisation": 1, "source_lead": 5}
    assert made(plan, "opportunity")[0].refers == {"organisation": 1, "contact": 2, "source_lead": 5}


def test_an_existing_contact_keeps_what_it_has_and_gets_what_it_lacks():
    known = record(
        "crm:contacts:C1", "contact", last_name="King-Noel", first_name="", phone=None, email="ada@reuter.example"
    )
    row = made(plan_conversions([request(1, ADA, contact=known)], scene()), "contact")[0]
    assert (row.verb, row.ref, row.why) == ("update", known.ref, "same contact")
    assert row.changes == (Change("first_name", "", "Ada", "fill_blank: first_name was blank", ADA.ref),)
    assert row.kept == (Change("last_name", "King-Noel", "King", "kept: there is a value already", ADA.ref),)


def test_an_existing_record_that_says_the_same_is_kept_without_a_word():
    known = record(
        "crm:contacts:C1", "contact", first_name="Ada", last_name=" King", email="ADA@reuter.example", organisation="A1"
    )
    row = made(plan_conversions([request(1, ADA, contact=known)], scene()), "contact")[0]
    assert (row.verb, row.changes, row.kept, row.refers) == ("keep", (), (), {})


def test_an_existing_contact_without_an_account_gets_one():
    known = record(
        "crm:contacts:C1", "contact", first_name="Ada", last_name="King", email="ada@reuter.example", organisation=""
    )
    row = made(plan_conversions([request(1, ADA, contact=known)], scene()), "contact")[0]
    assert (row.verb, row.changes, row.refers) == ("update", (), {"organisation": 1})


def test_an_opt_out_reaches_the_contact_and_is_never_lifted():
    out = record("web:form:8", last_name="King", company="X", opted_out_of_email=True)
    back = record("web:form:9", last_name="King", company="X", opted_out_of_email=False)
    free = record("crm:contacts:C1", "contact", last_name="King", opted_out_of_email=False)
    barred = record("crm:contacts:C1", "contact", last_name="King", opted_out_of_email=True)
    assert values(made(plan_conversions([request(1, out, contact=free)], scene()), "contact")[0]) == {
        "opted_out_of_email": True
    }
    row = made(plan_conversions([request(1, back, contact=barred)], scene()), "contact")[0]
    assert (row.verb, row.kept[0].rule) == ("keep", "kept: an opt-out stays")


def test_colleagues_share_one_new_account_and_complete_each_other():
    bob = record("web:form:8", last_name="Day", company="Reuter", industry="Food")
    plan = plan_conversions(
        [request(1, ADA, domain="reuter.example"), request(2, bob, domain="reuter.example")], scene()
    )
    (account,) = made(plan, "account")
    assert values(account) == {"name": "Reuter GmbH", "industry": "Food"}
    assert account.why == "no account matches; 2 leads share it"
    assert account.changes[1].origin == bob.ref
    assert [change.new for change in account.kept] == ["Reuter"]
    assert [row.refers["organisation"] for row in made(plan, "contact")] == [1, 1]


def test_two_leads_that_match_one_account_are_settled_on_it_in_their_order():
    known = record("crm:accounts:A1", "account", name="Reuter", industry="", website="")
    first = record("web:form:1", last_name="A", company="Reuter", industry="Food")
    second = record("web:form:2", last_name="B", company="Reuter", industry="Pharma")
    plan = plan_conversions([request(2, second, account=known), request(1, first, account=known)], scene())
    (account,) = made(plan, "account")
    assert values(account) == {"industry": "Food"}
    assert [(change.new, change.rule) for change in account.kept] == [("Pharma", "kept: there is a value already")]


def test_a_field_that_the_crm_cannot_hold_is_named_and_kept_out():
    plan = plan_conversions([request(1, ADA)], scene(crm_contact=["last_name"]))
    contact = made(plan, "contact")[0]
    assert values(contact) == {"last_name": "King"}
    assert [(change.field, change.rule) for change in contact.kept] == [
        ("first_name", "kept out: no field there holds it"),
        ("email", "kept out: no field there holds it"),
    ]


def test_a_part_whose_condition_does_not_hold_is_not_made():
    poor = record("web:form:8", last_name="Day", company="X", budget=Decimal(0))
    assert made(plan_conversions([request(1, poor)], scene()), "opportunity") == []


def test_without_an_account_part_the_contact_names_none():
    plan = plan_conversions([request(1, ADA)], scene(policy(CONTACT)))
    assert made(plan, "contact")[0].refers == {"source_lead": 2}


def test_a_whole_number_fills_a_decimal():
    used = policy(
        CONTACT, part("opportunity", {**{f.target.name: f.source for f in OPPORTUNITY.fields}, "amount": "employees"})
    )
    lead = record("web:form:8", last_name="Day", company="X", employees=12)
    amount = values(made(plan_conversions([request(1, lead)], scene(used)), "opportunity")[0])["amount"]
    assert (amount, type(amount)) == (Decimal(12), Decimal)


def test_a_lead_that_would_lose_a_required_field_is_not_converted_at_all():
    nameless = record("web:form:8", first_name="Bob", company="X")
    plan = plan_conversions([request(1, nameless)], scene())
    assert (plan.rows, plan.conversions) == ((), ())
    assert plan.rejects[0].reason == "Bob is not converted: the contact would have no last_name"
    assert (plan.rejects[0].code, plan.rejects[0].source) == ("cannot_convert", "web:form:8")


def test_a_new_account_needs_a_name_that_any_of_its_leads_may_bring():
    silent = record("web:form:8", last_name="Day")
    alone = plan_conversions([request(1, silent, domain="reuter.example")], scene())
    assert alone.rejects[0].reason == "Day is not converted: the account would have no name"
    together = plan_conversions(
        [request(1, silent, domain="reuter.example"), request(2, ADA, domain="reuter.example")], scene()
    )
    assert together.rejects == ()
    assert values(made(together, "account")[0])["name"] == "Reuter GmbH"


def test_an_existing_contact_needs_no_last_name_from_the_lead():
    known = record("crm:contacts:C1", "contact", last_name="King")
    lead = record("web:form:8", first_name="Ada", company="X")
    assert plan_conversions([request(1, lead, contact=known)], scene()).rejects == ()


def test_a_condition_that_errs_rejects_the_lead_and_the_rest_go_on():
    used = policy(ACCOUNT, part("contact", {"last_name": "last_name"}, when="company > 3"))
    other = part("contact", {"last_name": "last_name"}, when="score / 0 > 1")
    plan = plan_conversions([request(1, ADA)], scene(used))
    assert plan.rejects[0].reason.startswith("Ada King is not converted: the condition 'company > 3'")
    assert plan_conversions([request(1, ADA)], scene(policy(ACCOUNT, other))).rejects[0].code == "cannot_convert"


def test_the_lead_is_closed_where_its_source_can_be_written():
    used = policy(CONTACT, status="converted", stage="prospect")
    lead = record("crm:leads:7", last_name="King", status="open", stage="prospect")
    row = made(plan_conversions([request(1, lead)], scene(used, crm_lead=["status", "stage"])), "lead")[0]
    assert row.changes == (Change("status", "open", "converted", "on_converted"),)
    row = made(plan_conversions([request(1, lead)], scene(used)), "lead")[0]
    assert (row.verb, row.why) == ("keep", "LeadBridge remembers that it is converted")


def test_the_newer_value_wins_only_by_one_clock():
    used = policy(part("contact", {"last_name": ("last_name", "newest")}))
    old = record("crm:contacts:C1", "contact", modified=NOW.replace(year=2024), last_name="Old")
    same_crm = record("crm:leads:1", modified=NOW, last_name="New")
    elsewhere = record("web:form:1", modified=NOW, last_name="New")
    assert values(made(plan_conversions([request(1, same_crm, contact=old)], scene(used)), "contact")[0]) == {
        "last_name": "New"
    }
    row = made(plan_conversions([request(1, elsewhere, contact=old)], scene(used)), "contact")[0]
    assert row.kept[0].rule == "kept: no clock tells which value is newer"


def test_plugins_fill_what_the_policy_leaves_absent_and_nothing_else():
    asked = request(1, ADA)
    added = {"contact": {"title": "CEO", "last_name": "Other", "phone": None}}
    plan = plan_conversions([type(asked)(1, asked.lead, asked.targets, keys=asked.keys, added=added)], scene())
    contact = values(made(plan, "contact")[0])
    assert (contact["title"], contact["last_name"], "phone" in contact) == ("CEO", "King", False)
