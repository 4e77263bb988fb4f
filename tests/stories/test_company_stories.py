"""What people say of their company, before, while and after an organisation is linked, told as it happens."""

from __future__ import annotations

from pathlib import Path

from offices import ADA as ADA_THERE
from offices import contact, convert, lead, office
from streets import only
from town import Town, describe

from leadbridge.memory import MemoryCrm, memory_crm
from leadbridge.testing.faults import Faults

ACCOUNT = "provider: stage\nconnection: sf\nobject: Account\nrole: account\nfields: {name: Name, industry: Industry}\n"
CONTACT = (
    "provider: stage\nconnection: sf\nobject: Contact\nrole: contact\n"
    "fields: {email: Email, last_name: LastName, organisation: AccountId}\n"
)
PEOPLE = (
    "provider: stage\nconnection: hs\nobject: contacts\nrole: contact\n"
    "fields: {email: email, last_name: name, company: company, industry: industry}\n"
)
ADA = {"email": "ada@x.example", "name": "King"}


def offices(folder: Path) -> tuple[Town, MemoryCrm, MemoryCrm]:
    """A CRM with accounts and contacts, and one whose contacts name their company as text."""
    town = Town(folder, "people: {sync: [sf, hs]}")
    sf = town.crm("sf", describe("Account", "Name Industry"), describe("Contact", "Email LastName AccountId"))
    hs = town.crm("hs", describe("contacts", "email name company industry"))
    for name, text in {"sf.account": ACCOUNT, "sf.contact": CONTACT, "hs": PEOPLE}.items():
        town.map(name, text)
    return town, sf, hs


def employed(folder: Path) -> tuple[Town, MemoryCrm, MemoryCrm, str, str]:
    """Ada at Acme in both, in step; the ids of her account and of her contact in hs."""
    town, sf, hs = offices(folder)
    acme = sf.create("Account", {"Name": "Acme Inc", "Industry": "Tools"})
    sf.create("Contact", {"Email": "ada@x.example", "LastName": "King", "AccountId": acme})
    ada = hs.create("contacts", {**ADA, "company": "Acme Inc", "industry": "Tools"})
    town.sync()
    assert town.plan().rows == 0
    return town, sf, hs, acme, ada


def test_once_an_organisation_is_linked_its_name_is_everybodys(tmp_path: Path) -> None:
    town, sf, hs = offices(tmp_path)
    hs.create("contacts", {**ADA, "company": "acme corp.", "industry": ""})
    town.sync()
    assert only(hs, "contacts")["company"] == "acme corp."

    acme = sf.create("Account", {"Name": "Acme Inc", "Industry": "Tools"})
    sf.edit("Contact", next(iter(sf.records("Contact"))), {"AccountId": acme})
    town.sync()

    assert only(hs, "contacts") == {**ADA, "company": "Acme Inc", "industry": "Tools"}
    assert only(sf, "Account") == {"Name": "Acme Inc", "Industry": "Tools"}
    (conflict,) = town.conflicts()
    assert (conflict.field, [loser.value for loser in conflict.losers]) == ("company", ["acme corp."])
    assert town.plan().rows == 0


def test_at_first_contact_nobody_is_asked_for_the_name_of_a_company_that_is_known(tmp_path: Path) -> None:
    town, sf, hs = offices(tmp_path)
    acme = sf.create("Account", {"Name": "Acme Inc", "Industry": ""})
    sf.create("Contact", {"Email": "ada@x.example", "LastName": "King", "AccountId": acme})
    hs.create("contacts", {**ADA, "company": "acme corp.", "industry": "Tools"})
    town.sync()

    # The account says nothing of its industry: what the contact says of it stays, and stays the contact's.
    assert only(hs, "contacts") == {**ADA, "company": "Acme Inc", "industry": "Tools"}
    assert only(sf, "Account")["Industry"] == ""
    assert [loser.value for conflict in town.conflicts() for loser in conflict.losers] == ["acme corp."]
    assert town.reviews() == []
    assert town.plan().rows == 0


def test_a_renamed_account_is_renamed_wherever_its_people_are(tmp_path: Path) -> None:
    town, sf, hs, acme, ada = employed(tmp_path)
    sf.edit("Account", acme, {"Name": "Acme AG", "Industry": ""})
    town.sync()

    assert hs.records("contacts")[ada] == {**ADA, "company": "Acme AG", "industry": ""}
    assert town.conflicts() == []
    assert town.plan().rows == 0
    reason = next(r for r in town.why("hs", "contacts", ada).fields if r.field == "company")
    assert (reason.value, reason.origin, reason.rule) == ("Acme AG", "sf", "the organisation's")


def test_what_is_written_over_the_name_of_a_linked_company_is_kept_and_can_be_given_to_it(tmp_path: Path) -> None:
    town, sf, hs, acme, ada = employed(tmp_path)
    hs.edit("contacts", ada, {"company": "Acme Holding"})
    town.sync()

    assert hs.records("contacts")[ada]["company"] == sf.records("Account")[acme]["Name"] == "Acme Inc"
    (conflict,) = town.conflicts()
    assert [(loser.value, str(loser.ref)) for loser in conflict.losers] == [("Acme Holding", f"hs:contacts:{ada}")]
    assert town.plan().rows == 0

    # A person says that it is the company that is called so.
    assert "name of the organisation" in town.restore(conflict.id)
    town.sync()
    assert hs.records("contacts")[ada]["company"] == sf.records("Account")[acme]["Name"] == "Acme Holding"
    assert len(town.conflicts()) == 1
    assert town.plan().rows == 0


def test_somebody_who_changes_employers_and_somebody_who_leaves(tmp_path: Path) -> None:
    town, sf, hs, _, ada = employed(tmp_path)
    other = sf.create("Account", {"Name": "Other Ltd", "Industry": "Food"})
    contact = next(iter(sf.records("Contact")))
    sf.edit("Contact", contact, {"AccountId": other})
    town.sync()
    assert hs.records("contacts")[ada] == {**ADA, "company": "Other Ltd", "industry": "Food"}

    # Without an organisation it is the person's own again, as it was, and can be edited.
    sf.edit("Contact", contact, {"AccountId": ""})
    town.sync()
    assert hs.records("contacts")[ada]["company"] == "Other Ltd"
    hs.edit("contacts", ada, {"company": "Own boss"})
    sf.edit("Account", other, {"Name": "Another Ltd"})
    town.sync()
    assert hs.records("contacts")[ada]["company"] == "Own boss"
    assert town.conflicts() == []
    assert town.plan().rows == 0


def test_an_account_that_is_merged_into_another_takes_its_people_along(tmp_path: Path) -> None:
    town, sf, hs, acme, ada = employed(tmp_path)
    other = sf.create("Account", {"Name": "Other Ltd", "Industry": ""})
    town.sync()
    sf.edit("Contact", next(iter(sf.records("Contact"))), {"AccountId": other})
    sf.merge("Account", acme, other)
    town.sync()

    assert hs.records("contacts")[ada] == {**ADA, "company": "Other Ltd", "industry": "Tools"}
    assert town.plan().rows == 0
    sf.edit("Account", other, {"Name": "Another Ltd"})
    town.sync()
    assert hs.records("contacts")[ada]["company"] == "Another Ltd"
    assert town.plan().rows == 0


def test_an_undo_puts_the_persons_own_words_back_and_holds_them(tmp_path: Path) -> None:
    town, sf, hs, acme, ada = employed(tmp_path)
    sf.edit("Account", acme, {"Name": "Acme AG"})
    run = town.sync().run
    town.undo(run)
    assert hs.records("contacts")[ada]["company"] == "Acme Inc"
    assert town.plan().rows == 0

    assert town.release("hs", "contacts", ada) == 1
    town.sync()
    assert hs.records("contacts")[ada]["company"] == "Acme AG"


def test_a_question_about_a_company_is_settled_once_the_organisation_is_known(tmp_path: Path) -> None:
    town, sf, hs = offices(tmp_path)
    town.jobs = "people: {sync: [sf, hs, erp]}"
    erp = town.crm("erp", describe("People", "mail name firm"))
    town.map(
        "erp",
        "provider: stage\nconnection: erp\nobject: People\nrole: contact\n"
        "fields: {email: mail, last_name: name, company: firm}\n",
    )
    hs.create("contacts", {**ADA, "company": "acme corp.", "industry": ""})
    erp.create("People", {"mail": "ada@x.example", "name": "King", "firm": "ACME & Co"})
    town.sync()
    assert [review.field for review in town.reviews()] == ["company"]

    acme = sf.create("Account", {"Name": "Acme Inc", "Industry": ""})
    sf.edit("Contact", next(iter(sf.records("Contact"))), {"AccountId": acme})
    town.sync()
    assert (only(hs, "contacts")["company"], only(erp, "People")["firm"]) == ("Acme Inc", "Acme Inc")
    assert town.reviews() == []
    assert sorted(str(loser.value) for row in town.conflicts() for loser in row.losers) == ["ACME & Co", "acme corp."]
    assert town.plan().rows == 0


def test_an_account_that_a_conversion_renames_is_renamed_where_its_people_are(tmp_path: Path) -> None:
    jobs = "convert: {convert: [crm], policy: convert.yaml}\npeople: {sync: [crm, hs], roles: [account, contact]}"
    town = office(tmp_path, jobs)
    policy = tmp_path / "mappings" / "convert.yaml"
    policy.write_text(
        policy.read_text().replace(
            "existing: fill_blank\n  fields: {name: company}", "existing: overwrite\n  fields: {name: company}"
        )
    )
    hs = town.crm("hs", describe("people", "email company"))
    town.map(
        "hs",
        "provider: stage\nconnection: hs\nobject: people\nrole: contact\nfields: {email: email, company: company}\n",
    )
    crm = memory_crm(f"{tmp_path}:crm")
    account = crm.create("Accounts", {"name": "Acme", "industry": ""})
    contact(crm, email="bob@acme.example", last_name="Day", organisation=account)
    town.sync()
    assert only(hs, "people") == {"email": "bob@acme.example", "company": "Acme"}

    lead(crm, **{**ADA_THERE, "company": "Acme GmbH"})
    convert(town)
    assert crm.records("Accounts")[account]["name"] == "Acme GmbH"
    town.sync(overrides=["create", "update"])
    assert {values["company"] for values in hs.records("people").values()} == {"Acme GmbH"}
    assert town.plan().rows == 0


def told(town: Town) -> list[object]:
    return [loser.value for row in town.conflicts() for loser in row.losers]


def test_an_overruled_word_that_cannot_be_written_over_is_logged_once(tmp_path: Path) -> None:
    """The CRM refuses the write: each run reads the record again, and finds the same word there."""
    town, _, hs, _, ada = employed(tmp_path)
    town.faults("hs", Faults(refuses=lambda action: action.object == "contacts"))
    hs.edit("contacts", ada, {"company": "ACME!"})
    for _ in range(3):
        town.sync()
    assert told(town) == ["ACME!"]
    hs.edit("contacts", ada, {"name": "Kingsley"})
    town.sync()
    assert told(town) == ["ACME!"]
    hs.edit("contacts", ada, {"company": "Acme of Bern"})
    town.sync()
    assert told(town) == ["ACME!", "Acme of Bern"]
    town.faults("hs", Faults())
    town.retry()
    assert hs.records("contacts")[ada]["company"] == "Acme Inc"
    hs.edit("contacts", ada, {"company": "Acme of Bern"})
    town.sync()
    assert told(town) == ["ACME!", "Acme of Bern", "Acme of Bern"], "it was written over, and is another edit"


def test_a_word_that_nothing_is_written_over_is_logged_once(tmp_path: Path) -> None:
    town, sf, hs = offices(tmp_path)
    town.map("hs", PEOPLE.replace("company: company", "company: {field: company, write: never}"))
    acme = sf.create("Account", {"Name": "Acme Inc", "Industry": "Tools"})
    sf.create("Contact", {"Email": "ada@x.example", "LastName": "King", "AccountId": acme})
    ada = hs.create("contacts", {**ADA, "company": "acme corp.", "industry": "Tools"})
    town.sync()
    hs.edit("contacts", ada, {"name": "Kingsley"})
    town.sync()
    town.sync()
    assert told(town) == ["acme corp."]
    (conflict,) = town.conflicts()
    town.restore(conflict.id)
    town.sync()
    assert only(sf, "Account")["Name"] == "acme corp."
