"""Managed conversion, refused at some step, and what goes along with the lead."""

from __future__ import annotations

from dataclasses import replace

from converting import ADA, Executor, World, held, of, undone, writes
from planning import ACCOUNT, CONTACT, OPPORTUNITY, part, policy

from leadbridge.plan.carrying import Note
from leadbridge.plan.conversion_rows import Lowered
from leadbridge.values import MISSING

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
        Note("crm", "activities, notes are not carried: crm.activity.yaml maps no field to the `person`"),
        Note("crm", "files, campaign members are not carried: no mapping gives them an object to write to in crm"),
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
