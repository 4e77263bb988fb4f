from __future__ import annotations

import pytest

from leadbridge.matching import MATCH_KEYS, keys_of
from leadbridge.matching.freemail import is_role_address, is_shared
from leadbridge.matching.normal import company_key, fold, phone_key, registrable_domain
from leadbridge.values import MISSING


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("ACME Inc.", "acme"),
        ("Acme, Inc", "acme"),
        ("acme incorporated", "acme"),
        ("Müller GmbH & Co. KG", "muller"),
        ("Foo Pty Ltd", "foo"),
        ("Smith & Co", "smith"),
        ("Smith & Jones LLP", "smith and jones"),
        ("Smith and Jones", "smith and jones"),
        ("I.B.M. Corp.", "ibm"),
        ("O'Neil Ltd", "oneil"),
        ("O\u2019Neil Ltd", "oneil"),
        ("The Home Depot, Inc.", "home depot"),
        ("The Co", "the"),
        ("Ltd", "ltd"),
        ("!!!", ""),
        ("", ""),
    ],
)
def test_a_company_name_without_its_legal_form(name, key):
    assert company_key(name) == key


@pytest.mark.parametrize(
    ("text", "domain"),
    [
        ("ada@mail.acme.co.uk", "acme.co.uk"),
        ("https://www.Acme.example/x?y=1", "acme.example"),
        ("www.acme.com:8080", "acme.com"),
        ("acme.myshopify.com", "acme.myshopify.com"),
        ("a.b.c.internal", "c.internal"),
        ("co.uk", ""),
        ("localhost", ""),
        ("http://10.0.0.1:80/", ""),
        ("http://[::1]/", ""),
        ("a@b", ""),
        ("@", ""),
        ("", ""),
    ],
)
def test_the_domain_that_somebody_registered(text, domain):
    assert registrable_domain(text) == domain


@pytest.mark.parametrize(
    ("phone", "key"),
    [("+436601234567", "436601234567"), ("+43 660 1234567;ext=12", "436601234567"), ("12345", ""), ("", "")],
)
def test_a_phone_by_its_digits(phone, key):
    assert phone_key(phone) == key


def test_folding_transcribes_and_drops_punctuation():
    assert fold("  Ärzte-Haus \u0414\u043e\u043c (Nord) ") == "arzte haus dom nord"


@pytest.mark.parametrize("domain", ["gmail.com", "yahoo.co.uk", "gmx.at", "web.de", "facebook.com", "mailinator.com"])
def test_domains_of_mail_providers_and_page_hosts_are_shared(domain):
    assert is_shared(domain)


@pytest.mark.parametrize("domain", ["acme.com", "yahoofinder.com", "gmail-tools.com", "web.com"])
def test_domains_of_companies_are_not(domain):
    assert not is_shared(domain)


@pytest.mark.parametrize(
    ("email", "says"), [("Info@x.example", True), ("sales+eu@x.example", True), ("ada@info.example", False)]
)
def test_mailboxes_of_a_task(email, says):
    assert is_role_address(email) is says


def test_a_persons_keys():
    values = {
        "email": " Ada+x@Acme.example ",
        "phone": "+436601234567",
        "mobile_phone": "+436601234567;ext=2",
        "first_name": "Ada",
        "last_name": "L\u00f6we",
        "company": "Acme GmbH",
        "website": None,
    }
    kinds = ("email", "phone", "mobile_phone", "name_and_company", "domain", "company_name", "domain_and_name")
    assert keys_of("person", values, kinds) == (
        "email:ada+x@acme.example",
        "phone:436601234567",
        "mobile_phone:436601234567",
        "name_and_company:ada / lowe / acme",
        "domain:acme.example",
        "company_name:acme",
        "domain_and_name:acme.example acme",
    )


def test_an_organisations_keys():
    values = {
        "name": "Acme Ltd",
        "domain": "acme.example",
        "website": "https://shop.acme.example",
        "phone": "555123456",
    }
    assert keys_of("organisation", values, MATCH_KEYS["account"]) == (
        "domain:acme.example",
        "company_name:acme",
        "domain_and_name:acme.example acme",
        "phone:555123456",
    )


def test_a_users_key():
    """Names say nothing: two colleagues may share one."""
    assert keys_of("user", {"email": "Ada@Us.example", "name": "Ada King"}, ("email", "name_and_company")) == (
        "email:ada@us.example",
    )


@pytest.mark.parametrize("absent", [MISSING, None, ""])
def test_absent_values_give_no_key(absent):
    names = ("email", "phone", "mobile_phone", "first_name", "last_name", "company", "website")
    assert keys_of("person", dict.fromkeys(names, absent), MATCH_KEYS["lead"] + MATCH_KEYS["account"]) == ()


def test_free_mail_gives_no_domain():
    values = {"email": "ada@gmail.com", "website": "https://www.facebook.com/acme", "company": "Acme"}
    assert keys_of("person", values, ("domain", "domain_and_name")) == ()


def test_a_kind_that_the_subject_does_not_have_gives_none():
    assert keys_of("organisation", {"email": "a@x.example"}, ("email", "nonsense")) == ()
    assert keys_of("opportunity", {"name": "x"}, ("company_name",)) == ()
