"""Who is who, when records are edited and made in one cycle."""

from __future__ import annotations

from pathlib import Path

import pytest
from streets import only_id, two_crms

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
