from __future__ import annotations

from captured import organisation, person

from leadbridge.matching import Ambiguous, Found, Index

ACME = organisation("1", name="Acme GmbH", domain="acme.example", city="Wien", country="AT")
ACME_NORD = organisation("2", name="Acme Nord GmbH", website="https://acme.example/nord", city="Graz", country="AT")
REUTER = organisation("3", name="Reuter AG", phone="+43123456789")
ACCOUNTS = [ACME, ACME_NORD, REUTER]


def find(kinds, **values):
    return Index(ACCOUNTS, kinds).find("person", values)


def test_finds_the_one_record_and_says_why():
    assert find(["domain"], email="ada@acme.de") is None
    found = find(["phone", "domain"], phone="+43123456789")
    assert found == Found(REUTER, ("phone",), "same phone")


def test_several_records_are_narrowed_by_the_keys_after():
    found = find(["domain", "company_name"], email="ada@acme.example", company="ACME NORD")
    assert found == Found(ACME_NORD, ("domain", "company_name"), "same domain and company name")


def test_several_records_that_no_key_tells_apart_are_a_question():
    found = find(["domain", "company_name"], email="ada@acme.example", company="Other")
    assert found == Ambiguous((ACME, ACME_NORD), ("domain",), "2 records with the same domain")


def test_the_order_of_keys_decides():
    values = {"email": "ada@acme.example", "phone": "+43123456789"}
    assert isinstance(Index(ACCOUNTS, ["domain", "phone"]).find("person", values), Ambiguous)
    assert Index(ACCOUNTS, ["phone", "domain"]).find("person", values) == Found(REUTER, ("phone",), "same phone")


def test_free_mail_never_finds_an_account():
    index = Index([organisation("9", name="Gmail fans", domain="gmail.com")], ["domain"])
    assert index.find("person", {"email": "ada@gmail.com"}) is None


def test_a_name_alone_in_another_place_is_a_question():
    there = find(["domain", "company_name"], company="Acme", city="Wien")
    assert there == Found(ACME, ("company_name",), "same company name")
    elsewhere = find(["domain", "company_name"], company="Acme", city="Linz")
    assert elsewhere == Ambiguous(
        (ACME,), ("company_name",), "a record with the same company name, and in another place"
    )
    abroad = find(["domain", "company_name"], email="a@acme.example", company="Acme", country="DE")
    assert abroad == Ambiguous(
        (ACME, ACME_NORD),
        ("domain", "company_name"),
        "2 records with the same domain and company name, and in another place",
    )


def test_the_domain_needs_no_place():
    index = Index([ACME], ["domain", "company_name"])
    assert index.find("person", {"email": "a@acme.example", "city": "Linz"}) == Found(ACME, ("domain",), "same domain")


def test_contacts_by_e_mail():
    contact = person("7", connection="crm", role="contact", email="Ada@x.example")
    index = Index([contact, person("8", role="contact", email="")], ["email"])
    assert index.find("person", {"email": "ada@X.example"}) == Found(contact, ("email",), "same e-mail")
    assert index.find("person", {"email": None}) is None


def test_the_keys_that_leads_without_a_record_share():
    index = Index([], ["domain", "company_name"])
    assert index.shared_keys("person", {"email": "a@acme.example", "company": "Acme"}) == (
        "domain:acme.example",
        "company_name:acme",
    )
