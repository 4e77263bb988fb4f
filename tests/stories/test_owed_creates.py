"""Golden records that each run takes up because a record may be owed somewhere: only as long as one is."""

from __future__ import annotations

from pathlib import Path

from streets import only_id, two_crms
from town import Town, describe

from leadbridge.state import goldens
from leadbridge.testing.faults import Faults

ADA = {"Email": "ada@x.example", "LastName": "King", "Phone": "(415) 555-0100", "City": "Rome", "OptedOut": False}


def owed(town: Town) -> list[int]:
    with town.opened() as (_, store), store.read() as snapshot:
        return goldens.due(snapshot)


def test_an_answer_that_leaves_nothing_to_make_is_carried_out_once(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    sf.create("Lead", ADA)
    town.sync()
    sf.edit("Lead", only_id(sf, "Lead"), {"City": "Bern"})
    hs.edit("contacts", only_id(hs, "contacts"), {"phone": "+1 415 555 0111"})
    town.sync()
    sf.edit("Lead", only_id(sf, "Lead"), {"Phone": "415 555 0122"})
    hs.edit("contacts", only_id(hs, "contacts"), {"phone": "+1 415 555 0133"})
    town.sync()
    (conflict,) = town.conflicts()
    town.restore(conflict.id)
    assert len(owed(town)) == 1
    town.sync()
    assert hs.records("contacts")[only_id(hs, "contacts")]["phone"] == "+14155550133"
    assert owed(town) == []
    assert town.sync().counts["settled"] == 0


def test_a_question_about_twins_is_answered_and_nothing_stays_owed(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    sf.create("Lead", {**ADA, "Phone": None})
    sf.create("Lead", {**ADA, "City": "Bern"})
    hs.create("contacts", {"email": "Ada@X.example", "lastname": "King", "phone": "4155550100"})
    town.sync()
    (asked,) = town.reviews()
    town.answer(asked.id, "different")
    town.sync()
    town.sync()
    assert owed(town) == []


def test_a_create_that_was_refused_stays_owed_until_it_is_made(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    sf.create("Lead", ADA)
    town.faults("hs", Faults(refuses=lambda action: True))
    town.sync()
    assert len(owed(town)) == 1
    town.sync()
    assert len(owed(town)) == 1
    town.faults("hs", Faults())
    town.retry()
    assert (len(hs.records("contacts")), owed(town)) == (1, [])


def test_what_another_job_still_owes_is_not_forgotten(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    erp = town.crm("erp", describe("People", "mail name"))
    town.map(
        "erp",
        "provider: stage\nconnection: erp\nobject: People\nrole: lead\nfields:\n  email: mail\n  last_name: name\n",
    )
    town.work("people: {sync: [sf, hs], first: prefer}\nstaff: {sync: [sf, erp], first: prefer}")
    sf.create("Lead", ADA)
    town.faults("erp", Faults(refuses=lambda action: True))
    town.sync()
    town.sync("staff")
    assert len(owed(town)) == 1
    town.sync()
    assert len(owed(town)) == 1, "people has nothing to make for it; staff has"
    town.faults("erp", Faults())
    town.retry()
    town.sync()
    assert (len(hs.records("contacts")), len(erp.records("People")), owed(town)) == (1, 1, [])
