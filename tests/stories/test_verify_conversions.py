"""Promise 11 looked at on what is there: each converted lead is so completely, or is named with what is lacking."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hubs import TWO, hub, person
from offices import ADA, BOB, contact, convert, everything, lead, native_office, office
from streets import only_id
from town import Town, nobody

from leadbridge.jobs.verify import Conversions, Verification, verify
from leadbridge.state import goldens, links
from leadbridge.testing.faults import Faults

OFFICES = pytest.mark.parametrize("made", [office, native_office], ids=["managed", "native"])


def verified(town: Town) -> Verification:
    with town.opened() as (workspace, store):
        return verify(workspace, store, "convert", nobody)


def counted(found: Verification) -> dict[str, int]:
    (one,) = found.conversions
    names = ("converted", "whole", "reopened", "gone", "broken")
    return {name: getattr(one, name) for name in names if getattr(one, name)}


def lacking(found: Verification) -> list[str]:
    (one,) = found.conversions
    return [what for _, what in one.examples]


@OFFICES
def test_what_was_converted_is_whole_and_nothing_is_written(tmp_path: Path, made: Callable[[Path], Town]) -> None:
    town = made(tmp_path)
    crm = town.crm("crm")
    lead(crm, **ADA)
    lead(crm, **BOB)
    lead(crm, **{**ADA, "first_name": "Eve", "email": "eve@x.example", "phone": "", "status": "new"})
    convert(town)
    before = everything(crm)
    found = verified(town)
    assert counted(found) == {"converted": 2, "whole": 2}
    assert found.holds
    contacts = next(one for one in found.objects if one.object == "Contacts")
    assert (contacts.records, contacts.in_step, contacts.missing) == (2, 2, 0)
    assert everything(crm) == before


IN_STEP = "people: {sync: [crm, shop], roles: [lead]}\nconvert: {convert: [crm], policy: convert.yaml}"


@OFFICES
def test_a_lead_that_is_known_becomes_a_contact_that_is_new_here_with_the_account_it_has(
    tmp_path: Path, made: Callable[..., Town]
) -> None:
    town = made(tmp_path, IN_STEP, "crm", "shop")
    crm = town.crm("crm")
    lead(crm, **ADA)
    town.sync()
    account = crm.create("Accounts", {"name": "Acme", "industry": ""})
    contact(crm, first_name="Ada", last_name="King", email="ada@x.example", organisation=account)
    convert(town)
    assert counted(verified(town)) == {"converted": 1, "whole": 1}
    with town.opened() as (_, store), store.read() as snapshot:
        (person,), (company,) = (goldens.page(snapshot, subject=name) for name in ("person", "organisation"))
        assert person.golden.value("organisation") == str(company.golden.id)


@OFFICES
@pytest.mark.parametrize("roles", ["contact", "lead, contact"])
def test_a_contact_that_is_known_without_its_account_is_told_of_it(
    tmp_path: Path, made: Callable[..., Town], roles: str
) -> None:
    """A job without accounts does not know whom a contact's account stands for."""
    town = made(tmp_path, IN_STEP.replace("[lead]", f"[{roles}]"), "crm", "shop")
    crm = town.crm("crm")
    account = crm.create("Accounts", {"name": "Acme", "industry": ""})
    contact(crm, first_name="Ada", last_name="King", email="ada@x.example", organisation=account)
    lead(crm, **ADA)
    town.sync()
    convert(town)
    assert counted(verified(town)) == {"converted": 1, "whole": 1}


def test_before_anything_was_converted_there_is_nothing_to_look_at(tmp_path: Path) -> None:
    town = office(tmp_path)
    lead(town.crm("crm"), **ADA)
    found = verified(town)
    assert (found.conversions, found.holds) == ([], True)


@OFFICES
def test_a_contact_that_somebody_deleted_is_missing_and_no_broken_conversion(
    tmp_path: Path, made: Callable[[Path], Town]
) -> None:
    town = made(tmp_path)
    crm = town.crm("crm")
    lead(crm, **ADA)
    convert(town)
    crm.delete("Contacts", only_id(crm, "Contacts"))
    found = verified(town)
    assert counted(found) == {"converted": 1, "whole": 1}
    assert {one.object: one.missing for one in found.objects if one.missing} == {"Contacts": 1}


def test_a_lead_that_somebody_opened_again_is_told_apart_from_one_that_was_never_closed(tmp_path: Path) -> None:
    town = office(tmp_path)
    crm = town.crm("crm")
    id_ = lead(crm, **ADA)
    convert(town)
    crm.edit("Leads", id_, {"status": "working"})
    assert counted(verified(town)) == {"converted": 1, "reopened": 1}
    with town.opened() as (_, store), store.begin() as tx:
        (stored,) = links.page(tx, "crm", "Leads")
        links.set_bases(tx, {stored.link.id: {**stored.link.base, "status": "working"}})
    found = verified(town)
    assert (counted(found), found.holds) == ({"converted": 1, "broken": 1}, False)
    assert lacking(found) == ["it does not say status converted"]


def test_a_lead_that_somebody_deleted_is_gone(tmp_path: Path) -> None:
    town = office(tmp_path)
    crm = town.crm("crm")
    id_ = lead(crm, **ADA)
    convert(town)
    crm.delete("Leads", id_)
    assert counted(verified(town)) == {"converted": 1, "gone": 1}


@OFFICES
@pytest.mark.parametrize(
    ("object", "words"),
    [("Contacts", "it has no contact in crm"), ("Accounts", "its account is not linked in crm")],
)
def test_a_link_that_is_lacking_is_named(tmp_path: Path, made: Callable[[Path], Town], object: str, words: str) -> None:
    town = made(tmp_path)
    lead(town.crm("crm"), **ADA)
    convert(town)
    with town.opened() as (_, store), store.begin() as tx:
        links.remove(tx, [stored.link.id for stored in links.page(tx, "crm", object)])
    found = verified(town)
    assert (counted(found), found.holds, lacking(found)) == ({"converted": 1, "broken": 1}, False, [words])


@OFFICES
def test_an_opportunity_that_was_never_made_is_named(tmp_path: Path, made: Callable[[Path], Town]) -> None:
    town = made(tmp_path)
    lead(town.crm("crm"), **ADA)
    convert(town)
    with town.opened() as (_, store), store.begin() as tx:
        links.remove(tx, [stored.link.id for stored in links.page(tx, "crm", "Opportunitys")])
    assert lacking(verified(town)) == ["its opportunity is not linked in crm"]


def test_a_person_of_no_account_is_named(tmp_path: Path) -> None:
    town = office(tmp_path)
    lead(town.crm("crm"), **ADA)
    convert(town)
    with town.opened() as (_, store), store.begin() as tx:
        (person,) = goldens.page(tx, subject="person")
        fields = {name: held for name, held in person.golden.fields.items() if name != "organisation"}
        goldens.update_expected(tx, [replace(person.golden, fields=fields)], {person.golden.id: person.version})
    assert lacking(verified(town)) == ["it belongs to no account"]


def test_a_contact_that_is_somebody_elses_is_named(tmp_path: Path) -> None:
    """The CRM says that another contact stands for the lead."""
    town = native_office(tmp_path)
    crm = town.crm("crm")
    first, second = lead(crm, **ADA), lead(crm, **{**BOB, "company": "Other"})
    convert(town)
    ada, bob = crm.entry("Leads", first).became, crm.entry("Leads", second).became
    assert isinstance(ada, dict)
    ada["contact"] = bob["contact"]
    found: Conversions = verified(town).conversions[0]
    assert (found.whole, found.broken) == (1, 1)
    assert found.examples[0][1].endswith("which is linked with somebody else, or not at all")


@OFFICES
def test_what_was_undone_or_refused_is_not_counted(tmp_path: Path, made: Callable[[Path], Town]) -> None:
    town = made(tmp_path)
    crm = town.crm("crm")
    lead(crm, **ADA)
    town.faults("crm", Faults(refuses=lambda action: action.object == "Opportunitys", keeps_back=lambda request: True))
    convert(town)
    found = verified(town)
    assert (found.conversions, found.holds) == ([], True)


def test_leads_that_became_contacts_in_their_own_record_are_counted(tmp_path: Path) -> None:
    """Neither who was a contact before nor who is a lead still."""
    town = hub(tmp_path)
    crm = town.crm("hub")
    id_ = person(crm, **ADA, kind="new")
    person(crm, **{**BOB, "company": "", "budget": ""}, kind="customer")
    town.sync()
    run = convert(town).run
    town.sync()
    found = verified(town)
    assert (counted(found), found.holds) == ({"converted": 1, "whole": 1}, True)
    crm.edit("People", id_, {"status": "working"})
    assert counted(verified(town)) == {"converted": 1, "whole": 1}, "a status of leads says nothing of a contact"
    crm.edit("People", id_, {"kind": "warm"})
    assert counted(verified(town)) == {"converted": 1, "reopened": 1}
    crm.edit("People", id_, {"kind": "deal", "status": "converted"})
    assert town.undo(run).left == ()
    assert verified(town).conversions == []


def test_a_contact_that_lacks_its_account_is_named_in_one_object_too(tmp_path: Path) -> None:
    town = hub(tmp_path)
    person(town.crm("hub"), **ADA, kind="new")
    convert(town)
    with town.opened() as (_, store), store.begin() as tx:
        links.remove(tx, [stored.link.id for stored in links.page(tx, "hub", "Accounts")])
    found = verified(town)
    assert (counted(found), lacking(found)) == ({"converted": 1, "broken": 1}, ["its account is not linked in hub"])


def test_a_lead_whose_contact_was_there_already_is_counted_and_the_contact_is_not(tmp_path: Path) -> None:
    town = hub(tmp_path)
    crm = town.crm("hub")
    person(crm, last_name="King", email=ADA["email"], kind="customer")
    person(crm, **ADA, kind="new")
    convert(town)
    found = verified(town)
    assert (counted(found), found.holds) == ({"converted": 1, "whole": 1}, True)


def test_of_two_leads_of_one_person_both_are_counted(tmp_path: Path) -> None:
    town = hub(tmp_path)
    crm = town.crm("hub")
    person(crm, **ADA, kind="new")
    person(crm, **ADA, kind="warm")
    convert(town)
    assert counted(verified(town)) == {"converted": 2, "whole": 2}


def test_records_of_roles_that_a_job_leaves_alone_are_not_missing(tmp_path: Path) -> None:
    town = hub(tmp_path, TWO + "contacts: {sync: [hub, crm], roles: [contact, account]}\n")
    crm = town.crm("hub")
    person(crm, **ADA, kind="new")
    gone = person(crm, **BOB, kind="customer")
    town.sync()
    crm.delete("People", gone)
    with town.opened() as (workspace, store):
        found = verify(workspace, store, "contacts", nobody)
    people = next(one for one in found.objects if one.object == "People")
    assert (people.records, people.missing) == (0, 1)
