from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from leadbridge.transforms import phone_numbers, web
from leadbridge.transforms.spec import UnreadableError

REGIONS = st.sampled_from([None, *sorted(phonenumbers.SUPPORTED_REGIONS)])
CODES = st.sampled_from([str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE])
MARKS = st.sampled_from(["", "", "", " ", "-", ".", "/", " (", ") ", "(0)", "--"])


@st.composite
def abroad(draw: st.DrawFn) -> str:
    """A number with its country before it, as people write them, right or wrong."""
    digits = draw(st.text("0123456789", min_size=1, max_size=15))
    inside = "".join(digit + draw(MARKS) for digit in digits)
    return draw(st.sampled_from(["+", "00", "00 "])) + draw(CODES) + draw(MARKS) + inside


def _outcome(text: str, region: str | None) -> str:
    phone_numbers.read.cache_clear()
    try:
        return phone_numbers.read(text, region)
    except UnreadableError as error:
        return error.code


HOSTS = st.from_regex(r"\A[a-z0-9-]{1,8}(\.[a-z0-9_-]{1,8}){0,3}\.?\Z")
PATHS = st.text("ab/.~_-?#:@% \u00e9", max_size=8)


@settings(deadline=None, max_examples=400)
@given(abroad(), REGIONS)
@example("+54 9 11 4321 1234", None)
@example("0049 (0)30 1234567", "DE")
@example("+1 1 415 555 2671", None)
@example("+39 06 698 1234", "IT")
@example("+800 1234 5678", None)
def test_a_phone_is_what_the_library_says(text: str, region: str | None) -> None:
    short = _outcome(text, region)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(phone_numbers, "_international", lambda _text: None)
        assert short == _outcome(text, region)


def test_common_phones_take_the_short_way() -> None:
    spellings = ["+49 30 1234567", "+1 (415) 555-2671", "+44.20.7946.0958"]

    assert [phone_numbers._international(text) for text in spellings] == [
        "+49301234567",
        "+14155552671",
        "+442079460958",
    ]


def _read(text: str) -> str:
    try:
        return web.read_url(text)
    except UnreadableError as error:
        return error.code


@settings(deadline=None, max_examples=400)
@given(st.sampled_from(["", "http://", "https://", "HTTP://", "//", "ftp://"]), HOSTS, PATHS)
@example("", "www.xn--bcher-kva.example", "/")
@example("https://", "a.example", "//b/../c")
def test_a_web_address_is_what_the_full_check_says(scheme: str, host: str, path: str) -> None:
    short = _read(scheme + host + path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(web, "_PLAIN_URL", re.compile(r"(?!)"))
        assert short == _read(scheme + host + path)
