"""Managed conversion goes by golden values: twins in other CRMs, prospects and opportunities kept here, stages."""

from __future__ import annotations

import pytest
from converting import ADA, World, of, settles, writes
from planning import ACCOUNT, CONTACT, OPPORTUNITY, PROSPECT, part, policy

from leadbridge.mapping.policy import Constant
from leadbridge.plan.conversion import plan_conversions
from leadbridge.records import Ref
from leadbridge.values import MISSING

# Golden values, not one CRM's


def twins(**lead: object) -> tuple[World, Ref, Ref]:
    """A contact without a phone, whose twin in another CRM has one that has not come over yet."""
    world = World()
    world.have("hs", "contact")
    here = world.put("crm", "contact", last_name="King", first_name="Ada", email="ada@reuter.example")
    there = world.put("hs", "contact", last_name="King", first_name="Ada", email="ada@reuter.example", phone="2")
    world.remember(here, there)
    world.put("crm", "lead", **{**ADA, **lead})
    return world, here, there


def test_a_fill_blank_conversion_into_a_contact_whose_twin_elsewhere_has_another_phone() -> None:
    world, here, there = twins()
    lowered = world.convert()
    assert "phone" not in of(lowered, "contact").values
    assert world.golden(here).value("phone") == "2"
    assert world.records[there]["phone"] == "2"
    assert here in world.due
    assert there not in world.due


def test_the_phone_of_the_lead_that_yields_is_kept_in_the_conflict_log() -> None:
    world, here, _ = twins()
    row = next(row for row in settles(world.lower()) if row.conflicts)
    assert row.golden == world.links[here].golden
    (conflict,) = row.conflicts
    assert (conflict.field, conflict.rule, conflict.winner.value) == ("phone", "conversion", "2")
    assert [(loser.value, loser.connection) for loser in conflict.losers] == [("1", "crm")]


def test_a_record_that_is_not_told_all_says_so() -> None:
    """The policy fills some fields; what else the golden record knows is for the next sync."""
    world = World(policy(ACCOUNT, part("contact", {"last_name": "last_name", "email": "email"})))
    world.put("crm", "lead", **ADA)
    lowered = world.lower()
    assert (of(lowered, "contact").owes_more, of(lowered, "account").owes_more) == (True, False)
    world, _, _ = twins()
    assert of(world.lower(), "contact").owes_more


def test_an_overwriting_conversion_owes_the_twin_the_new_phone() -> None:
    world, here, there = twins()
    world.used = policy(ACCOUNT, part("contact", {"last_name": "last_name", "phone": ("phone", "overwrite")}))
    world.convert()
    assert world.records[here]["phone"] == "1"
    assert world.records[there]["phone"] == "2"
    assert there in world.due


def test_what_somebody_edited_since_the_last_run_counts_above_the_golden_record() -> None:
    longest = part("contact", {"last_name": "last_name", "phone": ("phone", "longest")}, match=["email"])
    world = World(policy(ACCOUNT, longest))
    contact = world.put("crm", "contact", last_name="King", email="ada@reuter.example", phone="2")
    world.remember(contact)
    world.records[contact]["phone"] = "3333"
    world.put("crm", "lead", **{**ADA, "phone": "444"})
    world.convert()
    assert world.records[contact]["phone"] == "3333"


@pytest.mark.parametrize("targets", [("crm", "hs"), ("hs", "crm")])
def test_a_new_account_beside_one_that_exists_in_another_crm_says_what_that_one_says(targets: tuple[str, str]) -> None:
    world = World(policy(ACCOUNT, CONTACT))
    for role in ("account", "contact"):
        world.have("hs", role)
    account = world.put("crm", "account", name="Reuter", industry="Food")
    world.remember(account)
    world.put("crm", "lead", **ADA)
    world.used = policy(
        part("account", {"name": "company", "industry": "product"}, match=["company_name"]), CONTACT, status="converted"
    )
    lowered = world.convert((), *targets)
    made = next(row for row in writes(lowered) if (row.connection, row.role) == ("hs", "account"))
    assert made.values == {"name": "Reuter", "industry": "Food"}
    assert [(c.field, c.rule) for c in made.changes if c.field == "industry"] == [
        ("industry", "agreed: the record's twin says so")
    ]
    golden = {link.golden for ref, link in world.links.items() if ref.object == "accounts"}
    assert golden == {world.links[account].golden}


# Prospects, opportunities kept here, stages


def test_a_prospect_is_the_person_too_and_gets_a_record_where_a_mapping_gives_it_an_object() -> None:
    world = World(policy(ACCOUNT, CONTACT, PROSPECT))
    world.have("crm", "prospect")
    lead = world.put("crm", "lead", **ADA)
    lowered = world.convert()
    prospect = of(lowered, "prospect")
    assert prospect.refers == {"organisation": of(lowered, "account").number}
    (ref,) = (ref for ref in world.records if ref.object == "prospects")
    assert world.links[ref].golden == world.links[lead].golden
    assert world.golden(lead).value("qualified_at") == prospect.values["qualified_at"]


def test_without_an_object_prospect_and_opportunity_are_kept_here() -> None:
    world = World(policy(ACCOUNT, CONTACT, OPPORTUNITY, PROSPECT))
    world.writable.remove(("crm", "opportunity"))
    lead = world.put("crm", "lead", **ADA)
    lowered = world.convert()
    assert [row.role for row in writes(lowered)] == ["account", "contact"]
    kept = [known.golden for known in world.goldens.values() if known.golden.subject == "opportunity"]
    assert [golden.value("name") for golden in kept] == ["Reuter - Labeller"]
    assert world.golden(lead).value("qualified_at") is not None


def test_nothing_is_kept_here_of_a_refused_conversion() -> None:
    world = World(policy(ACCOUNT, CONTACT, OPPORTUNITY, PROSPECT))
    world.writable.remove(("crm", "opportunity"))
    lead = world.put("crm", "lead", **ADA)
    world.convert({of(world.lower(), "contact").number})
    assert [known.golden.subject for known in world.goldens.values()] == ["person"]
    assert world.golden(lead).value("qualified_at") is MISSING


def staged(stage: str, to: str) -> World:
    world = World(policy(ACCOUNT, part("contact", {"last_name": "last_name", "stage": Constant(to)}), stage=to))
    world.put("crm", "lead", **ADA, stage=stage)
    return world


def test_a_conversion_moves_the_stage_along_legal_moves() -> None:
    world = staged("lead", "prospect")
    lowered = world.convert()
    assert of(lowered, "contact").values["stage"] == "prospect"
    assert of(lowered, "lead").values == {"stage": "prospect"}


def test_a_stage_that_is_no_legal_move_stays_and_the_rest_is_done() -> None:
    world = staged("customer", "prospect")
    lowered = world.convert()
    assert "stage" not in of(lowered, "contact").values
    assert [row.role for row in writes(lowered)] == ["account", "contact"]
    (contact,) = (ref for ref in world.records if ref.object == "contacts")
    assert world.golden(contact).value("stage") == "customer"


def test_the_plan_says_why_a_stage_stays() -> None:
    world = staged("customer", "prospect")
    plan = plan_conversions(world.requests(), world.scene())
    said = "kept: customer -> prospect is no legal move: it is a last stage"
    assert {(row.role, change.field, change.rule) for row in plan.rows for change in row.kept} == {
        ("contact", "stage", said),
        ("lead", "stage", said),
    }
