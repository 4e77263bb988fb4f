"""Managed conversion, row by row: what is settled, what is written, what waits to take it back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from converting import Executor, World
from planning import ACCOUNT, CONTACT, OPPORTUNITY, PROSPECT, part, policy

from leadbridge.golden import Held
from leadbridge.mapping.policy import Constant
from leadbridge.plan.agreeing import agreed
from leadbridge.plan.carrying import Note
from leadbridge.plan.conversion import plan_conversions
from leadbridge.plan.conversion_rows import Lowered, lower
from leadbridge.plan.rows import SettleRow, WriteRow
from leadbridge.records import Ref
from leadbridge.subjects import STANDARD
from leadbridge.values import MISSING

ADA = {
    "first_name": "Ada",
    "last_name": "King",
    "email": "ada@reuter.example",
    "phone": "1",
    "company": "Reuter",
    "budget": Decimal(500),
    "product": "Labeller",
    "status": "open",
}


def writes(lowered: Lowered) -> list[WriteRow]:
    return [row for row in lowered.rows if isinstance(row, WriteRow) and row.undoes is None]


def undone(lowered: Lowered) -> list[WriteRow]:
    return [row for row in lowered.rows if isinstance(row, WriteRow) and row.undoes is not None]


def settles(lowered: Lowered) -> list[SettleRow]:
    return [row for row in lowered.rows if isinstance(row, SettleRow)]


def of(lowered: Lowered, role: str) -> WriteRow:
    (row,) = (row for row in writes(lowered) if row.role == role)
    return row


def held(world: World, connection: str, object: str) -> list[dict[str, object]]:
    """The records of one object, blank fields left out."""
    found = sorted(ref for ref in world.records if (ref.connection, ref.object) == (connection, object))
    return [{n: raw for n, raw in world.records[ref].items() if raw != ""} for ref in found]


# What a plan looks like


def test_a_lead_that_nobody_knows_becomes_three_records_and_is_closed_last() -> None:
    world = World()
    world.put("crm", "lead", **ADA)
    lowered = world.lower()
    shown = [
        (r.number, type(r).__name__, r.role if isinstance(r, WriteRow) else r.subject, r.conversions, r.undoes)
        for r in lowered.rows
    ]
    assert shown == [
        (1, "SettleRow", "person", (), None),
        (2, "SettleRow", "organisation", (), None),
        (3, "SettleRow", "opportunity", (), None),
        (4, "WriteRow", "account", (1,), None),
        (5, "WriteRow", "contact", (1,), None),
        (6, "WriteRow", "opportunity", (1,), None),
        (7, "WriteRow", "lead", (1,), None),
        (8, "WriteRow", "opportunity", (1,), 6),
        (9, "WriteRow", "contact", (1,), 5),
        (10, "WriteRow", "account", (1,), 4),
        (11, "SettleRow", "person", (1,), None),
        (12, "SettleRow", "organisation", (1,), 2),
        (13, "SettleRow", "opportunity", (1,), 3),
    ]
    assert [row.verb for row in undone(lowered)] == ["delete", "delete", "delete"]


def test_new_records_name_each_other_by_row_and_the_lead_by_its_id() -> None:
    world = World()
    lead = world.put("crm", "lead", **ADA)
    lowered = world.lower()
    contact, opportunity = of(lowered, "contact"), of(lowered, "opportunity")
    assert contact.refers == {"organisation": 4}
    assert contact.values["source_lead"] == lead.id
    assert opportunity.refers == {"organisation": 4, "contact": 5}
    assert (contact.settle, opportunity.settle, of(lowered, "account").settle) == (1, 3, 2)
    assert opportunity.values == {
        "name": "Reuter - Labeller",
        "amount": Decimal(500),
        "stage": "Prospecting",
        "close_date": date(2025, 9, 30),
        "source_lead": lead.id,
    }


def test_a_lead_of_another_crm_is_named_in_words() -> None:
    world = World()
    world.have("fair", "lead", writable=False)
    lead = world.put("fair", "lead", **ADA)
    assert of(world.lower(), "contact").values["source_lead"] == f"fair:leads:{lead.id}"


def test_the_lead_is_closed_only_if_it_still_says_what_went_into_the_conversion() -> None:
    world = World()
    world.put("crm", "lead", **ADA)
    row = of(world.lower(), "lead")
    assert row.values == {"status": "converted"}
    assert row.expected == {"opted_out_of_email": "", **ADA}


def test_a_lead_that_cannot_be_written_is_remembered_as_converted() -> None:
    world = World()
    world.have("fair", "lead", writable=False)
    lead = world.put("fair", "lead", **ADA)
    lowered = world.convert()
    assert [row.role for row in writes(lowered)] == ["account", "contact", "opportunity"]
    assert world.links[lead].state == "converted"
    assert world.golden(lead).value("status") == "converted"
    assert world.records[lead]["status"] == "open"


def test_contact_and_lead_are_one_golden_record_in_the_end() -> None:
    world = World()
    lead = world.put("crm", "lead", **ADA)
    world.convert()
    roles = {ref.object: link for ref, link in world.links.items()}
    assert roles["contacts"].golden == roles["leads"].golden
    assert (roles["contacts"].state, roles["leads"].state) == ("live", "converted")
    assert roles["contacts"].base["email"] == "ada@reuter.example"
    assert world.golden(lead).value("company") == "Reuter"


def test_leads_of_one_person_that_are_all_new_are_one_golden_record_from_the_start() -> None:
    world = World()
    world.have("fair", "lead", writable=False)
    world.put("crm", "lead", **ADA)
    world.put("fair", "lead", **{**ADA, "phone": "2", "first_name": ""})
    lowered = world.lower()
    first = settles(lowered)[0]
    assert [(change.ref.connection, "phone" in change.base, "email" in change.base) for change in first.links] == [
        ("crm", True, True),
        ("fair", False, True),
    ]
    world.convert({of(lowered, "contact").number})
    assert len({link.golden for link in world.links.values() if link.role == "lead"}) == 1


def test_an_opt_out_of_the_lead_is_the_persons_whatever_the_policy_names() -> None:
    world = World(policy(part("contact", {"last_name": "last_name"}, match=["email"])))
    contact = world.put("crm", "contact", last_name="King", email="ada@reuter.example", opted_out_of_email=False)
    world.put("crm", "lead", **ADA, opted_out_of_email=True)
    world.convert()
    assert world.golden(contact).value("opted_out_of_email") is True
    assert contact in world.due


# Records that exist


def test_the_oldest_golden_record_stays_and_each_is_expected_at_its_version() -> None:
    world = World()
    contact = world.put("crm", "contact", last_name="King", email="ada@reuter.example")
    lead = world.put("crm", "lead", **ADA)
    older, newer = world.remember(lead), world.remember(contact)
    world.goldens[newer] = replace(world.goldens[newer], version=4)
    row = next(row for row in settles(world.lower()) if row.subject == "person")
    assert (row.golden, row.version, row.united, row.versions) == (older, 1, (newer,), {newer: 4})
    world.convert()
    assert world.links[contact].golden == world.links[lead].golden == older


def test_records_met_for_the_first_time_are_joined_by_their_rows() -> None:
    world = World()
    contact = world.put("crm", "contact", last_name="King", email="ada@reuter.example")
    lead = world.put("crm", "lead", **ADA)
    lowered = world.lower()
    assert [
        (row.number, row.golden, row.settle, row.joined) for row in settles(lowered) if row.subject == "person"
    ] == [
        (1, None, None, ()),
        (2, None, None, ()),
        (lowered.rows[-3].number, None, 2, (1,)),
    ]
    world.convert()
    assert world.links[contact].golden == world.links[lead].golden


def test_an_existing_contact_is_updated_where_it_is_blank_and_expects_what_it_held() -> None:
    world = World()
    contact = world.put("crm", "contact", last_name="King-Noel", email="ada@reuter.example")
    lead = world.put("crm", "lead", **ADA)
    lowered = world.lower()
    row = of(lowered, "contact")
    assert (row.verb, row.id, row.values, row.refers) == (
        "update",
        contact.id,
        {"first_name": "Ada", "phone": "1", "source_lead": lead.id},
        {"organisation": of(lowered, "account").number},
    )
    assert row.expected == {"first_name": "", "phone": "", "source_lead": "", "organisation": ""}


def test_what_an_existing_contact_keeps_blank_is_not_filled_from_the_lead_later() -> None:
    kept = part("contact", {"last_name": "last_name", "phone": ("phone", "keep"), "email": "email"}, match=["email"])
    world = World(policy(kept))
    contact = world.put("crm", "contact", last_name="King", email="ada@reuter.example")
    world.put("crm", "lead", **ADA)
    world.convert()
    assert world.golden(contact).value("phone") == ""
    assert "phone" not in held(world, "crm", "contacts")[0]


def test_a_field_that_the_crm_cannot_hold_is_kept_here() -> None:
    world = World()
    world.have("crm", "account", "name", "website")
    world.put("crm", "lead", **ADA)
    used = policy(part("account", {"name": "company", "industry": "product"}), CONTACT)
    world.used = used
    world.convert()
    (account,) = (ref for ref in world.records if ref.object == "accounts")
    assert world.golden(account).fields["industry"] == Held("Labeller", "crm", 7)


def test_a_guarded_field_is_left_alone() -> None:
    world = World()
    contact = world.put("crm", "contact", last_name="King", email="ada@reuter.example")
    world.put("crm", "lead", **ADA)
    book = world.book()
    entry = replace(book.records[contact], guarded=frozenset({"phone"}))
    book = replace(book, records={**book.records, contact: entry})
    plan = plan_conversions(agreed(world.requests(), book), world.scene())
    row = of(lower(plan, world.scene(), STANDARD, book), "contact")
    assert "phone" not in row.values
    assert [change.field for change in row.changes] == ["first_name"]


def test_the_persons_own_contact_and_its_account_are_found_by_what_is_remembered() -> None:
    """The contact got married and the company another name: no key finds them."""
    world = World()
    account = world.put("crm", "account", name="Reuter & Sons")
    contact = world.put("crm", "contact", last_name="Noel", email="ada@noel.example", organisation=account.id)
    lead = world.put("crm", "lead", **ADA)
    world.remember(lead, contact)
    world.convert()
    assert len(held(world, "crm", "contacts")) == len(held(world, "crm", "accounts")) == 1
    assert world.links[contact].golden == world.links[lead].golden
    assert world.records[contact]["email"] == "ada@noel.example"


def test_a_persons_own_contact_without_an_account_gets_one() -> None:
    world = World()
    contact = world.put("crm", "contact", last_name="Noel", email="ada@noel.example")
    lead = world.put("crm", "lead", **ADA)
    world.remember(lead, contact)
    world.convert()
    (account,) = (ref for ref in world.records if ref.object == "accounts")
    assert world.records[contact]["organisation"] == account.id


def test_a_new_inquiry_of_a_person_whose_lead_was_converted_gets_its_own_opportunity() -> None:
    world = World()
    world.put("crm", "lead", **ADA)
    world.convert()
    first = {ref for ref in world.records if ref.object == "opportunitys"}
    again = world.put("crm", "lead", **{**ADA, "product": "Printer"})
    (old,) = (ref for ref in world.records if ref.object == "leads" and ref != again)
    raws = world.records.pop(old)
    world.convert()
    world.records[old] = raws
    assert [world.records[r]["name"] for r in world.records if r.object == "opportunitys" and r not in first] == [
        "Reuter - Printer"
    ]
    assert len(held(world, "crm", "contacts")) == len(held(world, "crm", "accounts")) == 1
    assert world.links[again].golden == world.links[old].golden


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


# A refused step


def test_a_conversion_that_dies_after_the_account_leaves_nothing_behind() -> None:
    world = World()
    lead = world.put("crm", "lead", **ADA)
    before = dict(world.records[lead])
    contact = of(world.lower(), "contact").number
    world.convert({contact})
    assert set(world.records) == {lead}
    assert world.records[lead] == before
    assert world.links[lead].state == "live"
    assert {known.golden.subject for known in world.goldens.values()} == {"person"}


def test_an_existing_account_is_set_back_where_it_still_holds_what_was_written() -> None:
    world = World(policy(part("account", {"name": "company", "industry": "product"}), CONTACT))
    account = world.put("crm", "account", name="Reuter")
    world.put("crm", "lead", **ADA)
    lowered = world.lower()
    assert of(lowered, "account").values == {"industry": "Labeller"}
    back = next(row for row in undone(lowered) if row.role == "account")
    assert (back.verb, back.values, back.expected) == ("update", {"industry": ""}, {"industry": "Labeller"})
    world.convert({of(lowered, "contact").number})
    assert world.records[account]["industry"] == ""
    assert world.golden(account).value("industry") is MISSING


def test_a_new_account_that_somebody_edited_meanwhile_stays() -> None:
    world = World(edits={"account": {"name": "Reuter Group"}})
    world.put("crm", "lead", **ADA)
    lowered = world.lower()
    executor = Executor(world, frozenset({of(lowered, "contact").number}))
    executor.run(lowered)
    assert held(world, "crm", "accounts") == [{"name": "Reuter Group"}]
    assert [row.role for row in undone(lowered) if row.number in executor.stuck] == ["account"]
    assert {known.golden.subject for known in world.goldens.values()} == {"person", "organisation"}


def test_colleagues_share_an_account_that_stays_while_one_of_them_is_converted() -> None:
    world = World()
    ada = world.put("crm", "lead", **ADA)
    bob = world.put("crm", "lead", **{**ADA, "first_name": "Bob", "email": "bob@reuter.example", "phone": "9"})
    lowered = world.lower()
    assert of(lowered, "account").conversions == (1, 2)
    first = next(row for row in writes(lowered) if row.role == "contact")
    world.convert({first.number})
    assert (world.links[ada].state, world.links[bob].state) == ("live", "converted")
    assert held(world, "crm", "accounts") == [{"name": "Reuter"}]
    assert [contact["first_name"] for contact in held(world, "crm", "contacts")] == ["Bob"]
    world.convert()
    assert len(held(world, "crm", "accounts")) == 1
    assert len(held(world, "crm", "contacts")) == 2


def test_leads_that_become_one_contact_stand_and_fall_together() -> None:
    world = World()
    world.put("crm", "contact", last_name="King", email="ada@reuter.example", phone="9")
    ada = world.put("crm", "lead", **ADA)
    other = world.put("crm", "lead", **{**ADA, "email": "", "phone": "9"})
    lowered = world.lower()
    assert {row.conversions for row in writes(lowered)} == {(1,)}
    world.convert({next(row for row in reversed(writes(lowered)) if row.role == "lead").number})
    assert (world.links[ada].state, world.links[other].state) == ("live", "live")
    assert world.records[ada]["status"] == "open"


def test_a_lead_edited_after_planning_is_not_converted_by_the_old_plan() -> None:
    world = World()
    lead = world.put("crm", "lead", **ADA)
    lowered = world.lower()
    world.records[lead]["phone"] = "7"
    Executor(world).run(lowered)
    assert set(world.records) == {lead}
    assert world.links[lead].state == "live"


def test_again_a_converted_lead_plans_nothing() -> None:
    world = World()
    world.put("crm", "lead", **ADA)
    world.convert()
    assert world.lower() == Lowered()


def test_a_record_that_could_not_be_taken_back_is_used_by_the_next_run() -> None:
    world = World(edits={"opportunity": {"name": "Big one"}})
    lead = world.put("crm", "lead", **ADA)
    lowered = world.lower()
    Executor(world, frozenset({of(lowered, "lead").number})).run(lowered)
    (opportunity,) = (ref for ref in world.records if ref.object == "opportunitys")
    world.edits = {}
    world.convert()
    assert [ref for ref in world.records if ref.object == "opportunitys"] == [opportunity]
    assert world.records[opportunity]["name"] == "Big one"
    assert world.links[lead].state == "converted"


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


# What goes along


def carrying(*words: str) -> World:
    world = World(replace(policy(ACCOUNT, CONTACT, OPPORTUNITY, status="converted"), carry=words))
    world.have("crm", "activity")
    world.have("crm", "campaign_member")
    return world


def test_activities_and_campaign_members_are_pointed_to_the_contact() -> None:
    world = carrying("activities", "campaign_members")
    lead = world.put("crm", "lead", **ADA)
    call = world.put("crm", "activity", kind="call", subject="rang", person=lead.id, opportunity="7")
    member = world.put("crm", "campaign_member", campaign="Fair", person=lead.id)
    lowered = world.convert()
    contact, account = of(lowered, "contact").number, of(lowered, "account").number
    row = of(lowered, "activity")
    assert (row.refers, row.expected, row.label, row.why) == (
        {"person": contact, "organisation": account},
        {"person": lead.id, "organisation": ""},
        "rang",
        "goes along with Ada King",
    )
    (made,) = (ref for ref in world.records if ref.object == "contacts")
    assert (world.records[call]["person"], world.records[call]["opportunity"]) == (made.id, "7")
    assert world.records[member]["person"] == made.id
    assert lowered.notes == ()


def test_of_a_refused_conversion_the_activities_come_back_to_the_lead() -> None:
    world = carrying("activities")
    lead = world.put("crm", "lead", **ADA)
    call = world.put("crm", "activity", kind="call", person=lead.id)
    world.convert({of(world.lower(), "lead").number})
    assert world.records[call]["person"] == lead.id
    assert world.records[call]["organisation"] == ""


def test_notes_are_carried_where_the_policy_says_so() -> None:
    world = carrying("notes")
    lead = world.put("crm", "lead", **ADA)
    note = world.put("crm", "activity", kind="note", person=lead.id)
    world.put("crm", "activity", kind="call", person=lead.id)
    assert [row.id for row in writes(world.lower()) if row.role == "activity"] == [note.id]


def test_what_a_crm_cannot_take_along_is_said() -> None:
    world = carrying("activities", "notes", "files", "campaign_members")
    world.have("crm", "activity", "kind", "subject")
    world.writable.remove(("crm", "campaign_member"))
    world.put("crm", "lead", **ADA)
    assert world.lower().notes == (
        Note("crm", "activities are not carried: crm.activity.yaml maps no field to the `person`"),
        Note("crm", "notes are not carried: crm.activity.yaml maps no field to the `person`"),
        Note("crm", "files are not carried: no mapping gives them an object in crm"),
        Note("crm", "campaign members are not carried: no mapping gives them an object in crm"),
    )


def test_what_refers_to_a_lead_of_another_crm_stays_there() -> None:
    world = carrying("activities")
    world.have("fair", "lead", writable=False)
    world.have("fair", "activity")
    lead = world.put("fair", "lead", **ADA)
    world.put("fair", "activity", kind="call", person=lead.id)
    lowered = world.lower()
    assert [row.role for row in writes(lowered)] == ["account", "contact", "opportunity"]
    assert lowered.notes == (
        Note("fair", "what refers to leads in fair stays there: their contacts are in another CRM"),
    )
