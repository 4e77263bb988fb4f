"""E-mail, phones, countries, company names and persons' names as people write them."""

from __future__ import annotations

import pytest
from transform_cases import codec, read, refused

BAD_EMAIL = "bad_email: not an e-mail address"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("Ada@X.example", "ada@x.example"),
        (" ada@x.test ", "ada@x.test"),
        ("<Ada@x.example>", "ada@x.example"),
        ("Ada Lovelace <ada@x.example>", "ada@x.example"),
        ("MAILTO:ada@x.example?subject=Hi", "ada@x.example"),
        ("ada@x.example.", "ada@x.example"),
        ("o'brien+crm@mail.x.example", "o'brien+crm@mail.x.example"),
        ("ada\u200b@x.example", "ada@x.example"),
        ("\u00e4da@B\u00dcCHER.example", "\u00e4da@b\u00fccher.example"),
        ("ada@xn--bcher-kva.example", "ada@b\u00fccher.example"),
        ("\u200b", ""),
        ("ada", BAD_EMAIL),
        ("ada@localhost", BAD_EMAIL),
        ("ada@1.2.3.4", BAD_EMAIL),
        ("a..b@x.example", BAD_EMAIL),
        ("ada @x.example", BAD_EMAIL),
        ("x" * 65 + "@x.example", BAD_EMAIL),
        ("a@x.example; b@x.example", "bad_email: more than one e-mail address in one field"),
        ("a" * 401, "too_long: the value has 401 characters, more than any such value has"),
    ],
)
def test_email(raw, value):
    assert read(raw, "email") == value


NO_COUNTRY = "bad_phone: a phone number without a country; name it with `region`, or write +, country and number"
NO_AREA = "bad_phone: a local number without an area code; name it with `area_code`"
TOO_LONG = "bad_phone: too many digits for a phone number of its country, or several numbers in one field"


@pytest.mark.parametrize(
    ("raw", "options", "value"),
    [
        ("(415) 555-0100", {"region": "us"}, "+14155550100"),
        (4155550100, {"region": "US"}, "+14155550100"),
        ("(415)\n555-0100", {"region": "US"}, "+14155550100"),
        ("415.555.0100 x12", {"region": "US"}, "+14155550100;ext=12"),
        ("1-800-FLOWERS", {"region": "US"}, "+18003569377"),
        ("\u202a+1 415 555 0100\u202c", {}, "+14155550100"),
        ("tel:+1-415-555-0100;ext=12", {}, "+14155550100;ext=12"),
        ("06 1234 5678", {"region": "IT"}, "+390612345678"),
        ("0049 30 123456", {}, "+4930123456"),
        ("0049 30 123456", {"region": "US"}, "+4930123456"),
        ("226-2649", {"region": "US", "area_code": "312"}, "+13122262649"),
        ("226-2649", {"region": "US"}, NO_AREA),
        ("(415) 555-0100", {}, NO_COUNTRY),
        ("123", {"region": "US"}, "bad_phone: not as many digits as a phone number of its country has"),
        ("415555010044", {"region": "US"}, TOO_LONG),
        ("call me", {"region": "US"}, "bad_phone: not a phone number"),
    ],
)
def test_phone(raw, options, value):
    assert read(raw, "phone", **options) == value


@pytest.mark.parametrize(
    ("style", "written"),
    [
        ("e164", "+14155550100;ext=12"),
        ("international", "+1 415-555-0100 ext. 12"),
        ("national", "(415) 555-0100 ext. 12"),
        ("rfc3966", "tel:+1-415-555-0100;ext=12"),
    ],
)
def test_a_phone_is_written_in_the_style_of_the_crm(style, written):
    assert codec("phone", region="US", style=style).encode("+14155550100;ext=12") == written


def test_a_phone_of_another_country_is_never_written_as_a_national_one():
    assert codec("phone", region="US", style="national").encode("+4930123456") == "+49 30 123456"


def test_what_is_no_phone_number_is_written_as_it_is():
    assert codec("phone", region="US", style="national").encode("reception") == "reception"


def test_phone_options_are_checked():
    assert refused("phone", region="XX") == (
        "Value error, is no country with phone numbers; use two letters, such as US or GB"
    )
    assert refused("phone", style="national") == "Value error, area_code and style: national need a region"
    assert refused("phone", area_code="312") == "Value error, area_code and style: national need a region"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("DE", "DE"),
        ("deu", "DE"),
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("Allemagne", "DE"),
        ("U.K.", "GB"),
        ("England", "GB"),
        ("u.s.a.", "US"),
        ("The Netherlands", "NL"),
        ("C\u00f4te d\u2019Ivoire", "CI"),
        ("cote d'ivoire", "CI"),
        ("Korea, Republic of", "KR"),
        ("Turkey", "TR"),
        ("St. Lucia", "LC"),
        ("Trinidad & Tobago", "TT"),
        ("Kosovo", "XK"),
        ("Georgia", "GE"),
        ("Congo", "CG"),
        ("Asia/Pacific Region", "unknown_country: no country has this name or code"),
    ],
)
def test_country(raw, value):
    assert read(raw, "country") == value


@pytest.mark.parametrize(
    ("style", "value", "written"),
    [
        ("alpha2", "DE", "DE"),
        ("alpha3", "DE", "DEU"),
        ("alpha3", "XK", "XKX"),
        ("name", "DE", "Germany"),
        ("name", "ZZ", "ZZ"),
    ],
)
def test_a_country_is_written_in_the_style_of_the_crm(style, value, written):
    assert codec("country", style=style).encode(value) == written


@pytest.mark.parametrize(
    ("raw", "kept", "dropped"),
    [
        ("  Acme   GmbH ,", "Acme GmbH", "Acme"),
        ('"Acme Ltd"', "Acme Ltd", "Acme"),
        ("\u201eAcme\u201c", "Acme", "Acme"),
        ("- Acme , Inc. -", "Acme, Inc.", "Acme"),
        ('Acme "The Best" Ltd', 'Acme "The Best" Ltd', 'Acme "The Best'),
        ("Acme GmbH & Co. KG", "Acme GmbH & Co. KG", "Acme"),
        ("Deutsche Bank AG", "Deutsche Bank AG", "Deutsche Bank"),
        ("Yahoo!", "Yahoo!", "Yahoo"),
        ("Ltd", "Ltd", "Ltd"),
        ("***", "***", "***"),
    ],
)
def test_company_name(raw, kept, dropped):
    assert read(raw, "company_name") == kept
    assert read(raw, "company_name", legal_form="drop") == dropped


def test_a_company_name_longer_than_any_crm_takes_keeps_its_legal_form():
    name = "a" * 300 + " Ltd"
    assert read(name, "company_name", legal_form="drop") == name


@pytest.mark.parametrize(
    ("raw", "parts"),
    [
        ("Ada Lovelace", {"first": "Ada", "last": "Lovelace"}),
        ("Lovelace, Ada", {"first": "Ada", "last": "Lovelace"}),
        ("Ludwig van Beethoven", {"first": "Ludwig", "last": "van Beethoven"}),
        ("Maria de la Cruz", {"first": "Maria", "last": "de la Cruz"}),
        ("van Beethoven, Ludwig", {"first": "Ludwig", "last": "van Beethoven"}),
        ("Prof. Dr. Ada M. Lovelace", {"salutation": "Prof. Dr.", "first": "Ada M.", "last": "Lovelace"}),
        ("Martin Luther King, Jr.", {"first": "Martin Luther", "last": "King", "suffix": "Jr."}),
        ("Dick Van Dyke III", {"first": "Dick", "last": "Van Dyke", "suffix": "III"}),
        ("Mr Smith", {"salutation": "Mr", "last": "Smith"}),
        ("Madonna", {"last": "Madonna"}),
        ("Jr", {"last": "Jr"}),
        (",", {}),
        ("a" * 1001, "too_long: the name has 1,001 characters, more than any name has"),
    ],
)
def test_split_name(raw, parts):
    assert read(raw, "split_name") == parts


def test_a_family_name_can_come_first_and_middle_names_can_stand_alone():
    assert read("van Beethoven Ludwig", "split_name", order="last_first") == {
        "first": "Ludwig",
        "last": "van Beethoven",
    }
    assert read("Ada M. K. Lovelace", "split_name", middle="own") == {
        "first": "Ada",
        "middle": "M. K.",
        "last": "Lovelace",
    }


@pytest.mark.parametrize(
    ("parts", "options", "written"),
    [
        ({"first": "Ada", "last": "Lovelace"}, {}, "Ada Lovelace"),
        ({"first": "Ada", "last": "Lovelace"}, {"order": "last_first"}, "Lovelace, Ada"),
        ({"salutation": "Dr.", "first": "Ada", "last": "King", "suffix": "Jr."}, {}, "Dr. Ada King Jr."),
        ({"last": "King Jr", "first": "Martin"}, {"order": "last_first"}, "King, Martin Jr"),
        ({"first": "Ada,", "last": " Love,lace "}, {}, "Ada Love lace"),
        ({"last": "Lovelace"}, {"order": "last_first"}, "Lovelace"),
    ],
)
def test_a_name_is_put_together_so_that_it_splits_the_same_again(parts, options, written):
    assert codec("split_name", **options).encode(parts) == written
