"""Text, lists, web addresses and domains."""

from __future__ import annotations

from decimal import Decimal

import pytest
from transform_cases import codec, read


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("  a\r\nb\x00\x1b[31m ", "a\nb[31m"),
        ("Zu\u0308rich", "Z\u00fcrich"),
        ("\x00", ""),
        (7, "7"),
        (True, "true"),
        (1.5, "1.5"),
        (Decimal("1E+3"), "1000"),
        ("a \ud800", "bad_text: the text holds half a character (a lone surrogate); type it in again"),
        pytest.param(10**5000, "too_long: the number has too many digits", id="5001 digits"),
    ],
)
@pytest.mark.parametrize("name", ["text", "choice", "reference"])
def test_text(name, raw, value):
    assert read(raw, name) == value


def test_text_can_be_in_one_case_and_cut_where_it_is_written():
    assert read("\u00dfx", "text", case="upper") == "SSX"
    assert read("ABC", "text", case="lower") == "abc"
    short = codec("text", truncate=4)
    assert short.decode("abc def") == "abc def"
    assert short.encode("abc def") == "abc"


@pytest.mark.parametrize(
    ("raw", "options", "value"),
    [
        (";a;b; a;;", {}, ("a", "b")),
        ("a, b", {}, ("a, b",)),
        ("a, b", {"separator": ","}, ("a", "b")),
        (";", {}, ()),
    ],
)
def test_multi_select(raw, options, value):
    assert read(raw, "multi_select", **options) == value


def test_a_multi_select_is_written_in_its_order_without_a_leading_separator():
    assert codec("multi_select").encode(("b", " a ", "b", "")) == "b;a"


BAD_URL = "bad_url: not a web address"
BAD_SCHEME = "bad_url: not a web address: only http and https are taken"


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("X.example", "https://x.example"),
        ("HTTP://X.Example/Path?Q#f", "http://x.example/Path?Q#f"),
        ("//x.example", "https://x.example"),
        ("x.example:8080/a", "https://x.example:8080/a"),
        ("https://b\u00fccher.example/\u00fc", "https://b\u00fccher.example/\u00fc"),
        ("java\x00script:alert(1)", BAD_SCHEME),
        (" JavaScript:alert(1)", BAD_SCHEME),
        ("data:text/html,x", BAD_SCHEME),
        ("mailto:a@x.example", BAD_SCHEME),
        ("ftp://x.example", BAD_SCHEME),
        ("https://good.example@evil.example", "bad_url: the address holds a user name; leave it out"),
        ("n/a", BAD_URL),
        ("localhost", BAD_URL),
        ("https://x.example/a b", BAD_URL),
        ("http://[::1", BAD_URL),
        ("https://x.example:99999", BAD_URL),
    ],
)
def test_url(raw, value):
    assert read(raw, "url") == value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("https://www.X.example/a", "x.example"),
        ("http://u:p@x.example/", "x.example"),
        ("Ada <Ada@X.example>", "x.example"),
        ("x.example:80", "x.example"),
        ("www.www.example", "www.example"),
        ("b\u00fccher.example", "xn--bcher-kva.example"),
        ("x", "bad_domain: not an internet domain"),
        ("1.2.3.4", "bad_domain: not an internet domain"),
        ("a b.example", "bad_domain: not an internet domain"),
        ("xn--a.example", "bad_domain: not an internet domain"),
    ],
)
def test_domain(raw, value):
    assert read(raw, "domain") == value
