"""Who is who, when records are edited and made in one cycle."""

from __future__ import annotations

from pathlib import Path

import pytest
from streets import only_id, two_crms
from town import Town, describe

from leadbridge.errors import QuotaError
from leadbridge.testing.faults import Faults, Killed, at

ADA = {"Email": "ada@x.example", "LastName": "King", "Phone": None, "City": None, "OptedOut": False}


def test_a_twin_is_made_under_an_email_that_its_elder_got_in_the_same_cycle(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    one = sf.create("Lead", ADA)
    town.sync()
    sf.edit("Lead", one, {"Email": "ada@new.example"})
    sf.create("Lead", {**ADA, "Email": "ada@new.example"})
    town.sync()
    assert len(hs.records("contacts")) == 1


def test_a_twin_is_made_under_an_email_that_its_crm_was_not_told_to_change_yet(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    one = sf.create("Lead", ADA)
    town.sync()
    sf.edit("Lead", one, {"Email": "ada@new.example"})
    town.faults("hs", Faults(script=at({("write", 1): "quota"})))
    town.sync()
    town.faults("hs", Faults())
    hs.create("contacts", {"email": "ada@x.example", "lastname": "King", "phone": None, "optout": False})
    town.sync()
    assert len(sf.records("Lead")) == 1
    assert {values["email"] for values in hs.records("contacts").values()} == {"ada@new.example", "ada@x.example"}
    assert town.plan().rows == 0


def test_a_record_made_by_a_killed_run_is_no_newcomer_while_nobody_can_ask(tmp_path: Path) -> None:
    town, sf, hs = two_crms(tmp_path)
    one = sf.create("Lead", ADA)
    town.faults("hs", Faults(script=at({("write", 1): "kill_after"})))
    with pytest.raises(Killed):
        town.sync()
    sf.edit("Lead", one, {"Email": "ada@new.example"})
    town.faults("hs", Faults(script=at({("write", 1): "quota"})))
    with pytest.raises(QuotaError):
        town.sync()
    town.faults("hs", Faults())
    town.sync()
    assert len(sf.records("Lead")) == len(hs.records("contacts")) == 1
    assert hs.records("contacts")[only_id(hs, "contacts")]["email"] == "ada@new.example"
    assert town.plan().rows == 0


def test_who_names_a_person_that_became_part_of_another_names_that_one(tmp_path: Path) -> None:
    town = Town(tmp_path, "people: {sync: [sf, hs], first: prefer}")
    sf = town.crm("sf", describe("Contact", "Email LastName"), describe("Opp", "Name ContactId"))
    hs = town.crm("hs", describe("contacts", "email name"), describe("deals", "name contact"))
    for connection, contacts, deals in (("sf", "Contact", "Opp"), ("hs", "contacts", "deals")):
        mail, last, name, who = (
            "Email LastName Name ContactId" if connection == "sf" else "email name name contact"
        ).split()
        head = f"provider: stage\nconnection: {connection}\nobject: "
        town.map(f"{connection}.c", f"{head}{contacts}\nrole: contact\nfields: {{email: {mail}, last_name: {last}}}\n")
        town.map(f"{connection}.o", f"{head}{deals}\nrole: opportunity\nfields: {{name: {name}, contact: {who}}}\n")
    people = [sf.create("Contact", {"Email": f"{n}@{n}.example", "LastName": n}) for n in ("a", "b", "c")]
    deal = sf.create("Opp", {"Name": "Two", "ContactId": people[1]})
    town.sync()

    # The CRM keeps the younger one of two, twice, and nobody touches the deal; then somebody does.
    sf.merge("Contact", people[0], people[1])
    town.sync()
    sf.merge("Contact", people[1], people[2])
    sf.edit("Opp", deal, {"ContactId": people[2]})
    town.sync()
    sf.edit("Opp", deal, {"Name": "Two!"})
    town.sync()

    (named,) = hs.records("deals").values()
    assert named["name"] == "Two!"
    owed = [link for link in town.why("sf", "Opp", deal).links if link.due]
    assert owed == [], "it is not read again for ever"
    person = town.why("sf", "Contact", people[2]).golden
    assert next(r.value for r in town.why("sf", "Opp", deal).fields if r.field == "contact") == str(person)
    assert town.plan().rows == 0
