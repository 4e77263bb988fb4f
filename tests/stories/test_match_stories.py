"""Leads that could belong to several records: a person says to which, and the next conversion goes by that."""

from __future__ import annotations

from pathlib import Path

import pytest
from offices import ADA, BOB, contact, convert, lead, office
from town import Town

from leadbridge.errors import UsageError
from leadbridge.memory import MemoryCrm


def two_accounts(folder: Path) -> tuple[Town, MemoryCrm, str, str]:
    town = office(folder)
    crm = town.crm("crm")
    first, second = (crm.create("Accounts", {"name": "Acme", "industry": kind}) for kind in ("Food", "Steel"))
    return town, crm, first, second


def test_which_account_is_asked_once_and_the_answer_counts(tmp_path: Path) -> None:
    town, crm, _, second = two_accounts(tmp_path)
    id_ = lead(crm, **ADA)
    assert convert(town).questions == 1
    assert crm.records("Contacts") == {}
    convert(town)
    (asked,) = town.reviews()
    assert asked.kind == "match"
    assert "Ada King: which account?" in asked.body
    with pytest.raises(UsageError, match="Accounts-1, Accounts-2, or none"):
        town.answer(asked.id, "Accounts-9")

    assert "next conversion" in town.answer(asked.id, second)
    assert convert(town).state == "done"
    (made,) = crm.records("Contacts").values()
    assert made["organisation"] == second
    assert crm.records("Leads")[id_]["status"] == "converted"
    assert town.reviews() == []
    assert convert(town).counts["done"] == 0


def test_none_of_them_makes_a_new_record(tmp_path: Path) -> None:
    town, crm, *_ = two_accounts(tmp_path)
    lead(crm, **ADA)
    convert(town)
    (asked,) = town.reviews()
    town.answer(asked.id, "none")
    convert(town)
    assert len(crm.records("Accounts")) == 3
    (made,) = crm.records("Contacts").values()
    assert made["organisation"] == "Accounts-3"


def test_which_contact_is_a_question_of_its_own(tmp_path: Path) -> None:
    town = office(tmp_path)
    crm = town.crm("crm")
    first, second = (contact(crm, last_name=name, email="ada@x.example") for name in ("King", "Noel"))
    lead(crm, **ADA)
    convert(town)
    (asked,) = town.reviews()
    assert f"crm:Contacts:{first}" in asked.body.replace('", "', ":")
    town.answer(asked.id, f"crm:Contacts:{second}")
    convert(town)
    assert crm.records("Contacts")[second]["phone"] == ADA["phone"]
    assert crm.records("Contacts")[first]["phone"] == ""


def test_a_question_that_has_settled_itself_is_cleared(tmp_path: Path) -> None:
    town, crm, first, second = two_accounts(tmp_path)
    lead(crm, **ADA)
    convert(town)
    crm.merge("Accounts", second, first)
    convert(town)
    assert town.reviews() == []
    (made,) = crm.records("Contacts").values()
    assert made["organisation"] == first


def test_another_candidate_is_asked_about_anew(tmp_path: Path) -> None:
    """None of two is no answer about a third."""
    town, crm, *_ = two_accounts(tmp_path)
    lead(crm, **ADA)
    convert(town)
    (asked,) = town.reviews()
    town.answer(asked.id, "none")
    crm.create("Accounts", {"name": "Acme", "industry": "Paper"})
    convert(town)
    (again,) = town.reviews()
    assert again.id != asked.id
    assert crm.records("Contacts") == {}


def test_a_record_that_was_meant_and_is_gone_is_asked_about_again(tmp_path: Path) -> None:
    town, crm, _, second = two_accounts(tmp_path)
    crm.create("Accounts", {"name": "Acme", "industry": "Paper"})
    lead(crm, **ADA)
    convert(town)
    (asked,) = town.reviews()
    town.answer(asked.id, second)
    crm.delete("Accounts", second)
    convert(town)
    (again,) = town.reviews()
    assert again.id != asked.id
    assert second not in again.body


def test_the_others_go_on_meanwhile(tmp_path: Path) -> None:
    town, crm, *_ = two_accounts(tmp_path)
    lead(crm, **ADA)
    lead(crm, **{**BOB, "company": "Other"})
    convert(town)
    assert [one["email"] for one in crm.records("Contacts").values()] == ["bob@x.example"]
