"""Numbers, money and yes or no: exact, in the notation named, never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from transform_cases import codec, read, refused

DOTTED = "bad_number: not a number in this notation ('.' before decimals); see `locale`"
COMMA = "bad_number: not a number in this notation (',' before decimals); see `locale`"
TOO_MANY = "bad_number: more digits than an amount or a measure has"


@pytest.mark.parametrize(
    ("raw", "options", "value"),
    [
        ("1,234.50", {}, Decimal("1234.50")),
        ("$1,234.50", {}, Decimal("1234.50")),
        ("US$ 5", {}, Decimal(5)),
        ("5 EUR", {}, Decimal(5)),
        ("kr 5", {}, Decimal(5)),
        ("(1,234.5)", {}, Decimal("-1234.5")),
        ("5-", {}, Decimal(-5)),
        ("-$5", {}, Decimal(-5)),
        ("$-5", {}, Decimal(-5)),
        ("\u22125", {}, Decimal(-5)),
        ("12,34,567.8", {}, Decimal("1234567.8")),
        ("1'234.50", {}, Decimal("1234.50")),
        ("1 234.50", {}, Decimal("1234.50")),
        (".5", {}, Decimal("0.5")),
        ("1e5", {}, Decimal(100000)),
        ("12%", {}, Decimal(12)),
        (0.1, {}, Decimal("0.1")),
        (7, {}, Decimal(7)),
        ("1.234,50", {"locale": "de_DE"}, Decimal("1234.50")),
        ("1\u202f234,5", {"locale": "fr_FR"}, Decimal("1234.5")),
        ("1\u2019234.5", {"locale": "de_CH"}, Decimal("1234.5")),
        ("1,5", {"decimal_mark": ","}, Decimal("1.5")),
        ("0.25", {"fraction": True}, Decimal(25)),
        ("25%", {"fraction": True}, Decimal(25)),
        ("1,5", {}, DOTTED),
        ("1.234,50", {}, DOTTED),
        ("10k", {}, DOTTED),
        ("11-50", {}, DOTTED),
        ("$", {}, DOTTED),
        ("\u0663", {}, DOTTED),
        ("1.5", {"locale": "de_DE"}, COMMA),
        ("5 XYZ", {}, "bad_number: not a number"),
        ("$5 EUR", {}, "bad_number: not a number"),
        ("(-5)", {}, "bad_number: not a number"),
        ("NaN", {}, "bad_number: not a number"),
        (float("inf"), {}, "bad_number: not a number"),
        (Decimal("sNaN"), {}, "bad_number: not a number"),
        (True, {}, "bad_number: true and false are no numbers"),
        ("1" * 301, {}, TOO_MANY),
        (Decimal("1E+999999"), {}, TOO_MANY),
        (1.5e300, {}, TOO_MANY),
        pytest.param(10**5000, {}, "too_long: the number has too many digits", id="5001 digits"),
    ],
)
def test_decimal(raw, options, value):
    assert read(raw, "decimal", **options) == value


def test_a_number_is_written_in_the_notation_of_the_crm():
    assert codec("decimal").encode(Decimal("1E+3")) == "1000"
    assert codec("decimal", locale="de_DE").encode(Decimal("1234.50")) == "1234,50"
    assert codec("decimal", fraction=True).encode(Decimal(25)) == "0.25"
    assert codec("decimal", wire="typed").encode(Decimal("1234.50")) == Decimal("1234.50")
    assert codec("integer").encode(1234) == "1234"
    assert codec("integer", wire="typed").encode(1234) == 1234


def test_exactness_does_not_end_at_the_default_precision():
    digits = "-" + "123456789" * 10 + ".25"
    assert read(digits, "decimal") == Decimal(digits)
    assert codec("decimal").encode(Decimal(digits)) == digits
    assert codec("decimal", fraction=True).encode(read(digits, "decimal", fraction=True)) == digits


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("1,234", 1234),
        ("12.0", 12),
        (7.0, 7),
        ("0", 0),
        ("12.5", "bad_number: not a whole number"),
        ("1000+", DOTTED),
        (False, "bad_number: true and false are no numbers"),
    ],
)
def test_integer(raw, value):
    found = read(raw, "integer")
    assert (found, type(found)) == (value, type(value))


def test_notation_options_are_checked():
    assert refused("decimal", locale="german") == (
        "Value error, 'german' is no locale; use a language and a country, such as de_DE"
    )
    assert refused("integer", locale="de_DE", decimal_mark=",") == (
        "Value error, locale and decimal_mark say the same thing; keep one"
    )
    assert refused("decimal", locale="pt-BR") == "accepted"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("Yes", True),
        (" x ", True),
        ("0", False),
        ("OFF", False),
        (1, True),
        (0, False),
        (True, True),
        (
            "maybe",
            "bad_boolean: neither true nor false; known words are true, yes, y, t, 1, on, x or false, no, n, f, 0, off",
        ),
    ],
)
def test_boolean(raw, value):
    found = read(raw, "boolean")
    assert (found, type(found)) == (value, type(value))


def test_boolean_words_can_be_named_and_the_first_is_written():
    words = {"true_words": ["Ja", True, 1], "false_words": ["Nein", False, 0]}
    assert [read(raw, "boolean", **words) for raw in ("JA", "1", "true", "nein", "0")] == [
        True,
        True,
        True,
        False,
        False,
    ]
    assert codec("boolean", **words).encode(True) == "Ja"
    assert codec("boolean", **words).encode(False) == "Nein"
    assert codec("boolean", wire="typed", **words).encode(False) is False
    assert codec("boolean").encode(True) == "true"
    assert refused("boolean", true_words=["No"]) == "Value error, 'no' cannot mean true and false; name both lists"
