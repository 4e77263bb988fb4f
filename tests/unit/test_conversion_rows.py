"""Managed conversion, row by row: what is settled here and what is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from converting import ADA, World, held, of, settles, undone, writes
from planning import CONTACT, part, policy

from leadbridge.golden import Held
from leadbridge.plan.agreeing import agreed
from leadbridge.plan.conversion import plan_conversions
from leadbridge.plan.conversion_rows import lower
from leadbridge.plan.rows import WriteRow
from leadbridge.subjects import STANDARD

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
