"""Leads that could belong to several records: a person says to which, and the next conversion goes by that."""

from __future__ import annotations

from pathlib import Path

import pytest
from offices import ADA, BOB, OBJECTS, ROLES, TYPED, contact, convert, lead, office
from town import Town, describe

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


CONSENT = """\
convert: {convert: [crm], policy: convert.yaml}
people: {sync: [crm, shop], roles: [contact], first: prefer}
"""


def consenting(folder: Path) -> Town:
    """An office and a shop that know who opted out; whoever did is not converted."""
    town = office(folder, CONSENT, "crm", "shop")
    for name in ("crm", "shop"):
        for role in ("lead", "contact"):
            columns = [*ROLES[role].split(), "opted_out_of_email"]
            town.crm(name, describe(OBJECTS[role], " ".join(columns)))
            as_ = {"opted_out_of_email": "{field: opted_out_of_email, as: boolean}"}
            fields = "".join(f"  {f}: {as_.get(f) or TYPED.get(f, f)}\n" for f in columns)
            head = f"provider: stage\nconnection: {name}\nobject: {OBJECTS[role]}\nrole: {role}\n"
            town.map(f"{name}.{role}", f"{head}fields:\n{fields}")
    policy = folder / "mappings" / "convert.yaml"
    text = policy.read_text(encoding="utf-8")
    when = "when: \"status == 'working'\","
    policy.write_text(text.replace(when, f'{when} unless: "opted_out_of_email",'), encoding="utf-8")
    return town


def test_an_opt_out_on_a_lead_counts_although_its_contact_says_else(tmp_path: Path) -> None:
    """The contact was synced; the lead is recognised as the same person. Nothing lifts what it says of consent."""
    town = consenting(tmp_path)
    crm = town.crm("crm")
    there = contact(crm, last_name="King", email="ada@x.example", opted_out_of_email=False)
    id_ = lead(crm, **ADA, opted_out_of_email=True)
    convert(town)
    assert crm.records("Leads")[id_]["status"] == "working"
    town.sync()
    convert(town)
    assert crm.records("Leads")[id_]["status"] == "working"
    assert crm.records("Contacts")[there]["phone"] == ""


def test_an_opt_out_of_a_recognised_lead_is_told_to_all(tmp_path: Path) -> None:
    """Where the policy converts it all the same."""
    town = consenting(tmp_path)
    policy = tmp_path / "mappings" / "convert.yaml"
    policy.write_text(
        policy.read_text(encoding="utf-8").replace(' unless: "opted_out_of_email",', ""), encoding="utf-8"
    )
    crm, shop = town.crm("crm"), town.crm("shop")
    there = contact(crm, last_name="King", email="ada@x.example", opted_out_of_email=False)
    town.sync()
    lead(crm, **ADA, opted_out_of_email=True)
    convert(town)
    town.sync()
    assert crm.records("Contacts")[there]["opted_out_of_email"] is True
    (twin,) = shop.records("Contacts").values()
    assert twin["opted_out_of_email"] is True
