"""Values to try the laws with: by type, ordinary and nasty ones. Seeded, so that a run can be repeated."""

from __future__ import annotations

import random
import string
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Final

from leadbridge.subjects.model import Field
from leadbridge.values import Present

Chance = random.Random

_LETTERS: Final = string.ascii_letters + string.digits + " -_.,;:'\"&/()@#%+=äöüßéñçøłŠİıΣςЖ中日가🙂\n"
_TEXTS: Final = (
    *("a", "A", "0", "false", "null", "x y", "x  y", "O'Neil", "Zoë", "STRASSE", "straße", "İstanbul", "a\nb", "a;b"),
    *("=1+1", "-5", "+1", "@home", "'quoted'", '"', "{a}", "[b]", "中文", "🙂", "e\u0301", "a,b", "a/b", "NULL"),
)
_EMAILS: Final = ("ada@example.com", "a@b.example", "ada.lovelace+crm@mail.example.co.uk", "o'neil@example.ie")
_PHONES: Final = ("+14155550100", "+442079460958", "+493090182000", "+33142685300", "+14155550100;ext=12")
_URLS: Final = ("https://example.com", "http://example.com/a?b=c", "https://www.example.co.uk/Path/")
_COUNTRIES: Final = ("US", "DE", "GB", "FR", "CH", "JP", "CI")
_DAYS: Final = (date(2024, 2, 29), date(1999, 12, 31), date(2026, 1, 2), date(2026, 10, 11), date(1970, 1, 1))
_NAMES: Final = ("Ada", "Lovelace", "de la Cruz", "Anne-Marie", "O'Neil", "李", "Müller")

RAW_STRANGERS: Final = (
    *("", " ", "\t", "yes", "No", "TRUE", "0", "1", "-1", "n/a", "?", "1.234,56", "1,234.56", "12/31/2025"),
    *("31.12.2025", "2025-12-31", "2025-12-31T10:00:00Z", "2025-12-31T10:00:00+02:00", "Dec 31, 2025", "00:00"),
    *("(415) 555-0100", "415 555 0100", "030 90182000", "tel:+1-415-555-0100", "ADA@Example.COM", "Ada <a@b.example>"),
    *("www.example.com", "HTTP://Example.com/", "Germany", "deutschland", "U.S.", "Ada Lovelace", "Lovelace, Ada"),
    *("Dr. Ada King", "a; b;a", ";b", "$1,000", "50 %", "(5)", "1e3", "007", "ACME Ltd.", "\u00a0x\u00a0", "A\r\nB"),
)
"""Raw texts of every kind; those that a field cannot read are no part of its laws."""

RAW_TYPED: Final = (None, True, False, 0, 1, -7, 12, Decimal("0.10"), Decimal("1234.5"))
"""What a wire with types may carry besides text."""


def canonical(field: Field, listed: Sequence[Present] | None, chance: Chance) -> Iterator[Present]:
    """Endless canonical values of a field: the telling ones first, then drawn ones; ``listed`` names all it can be."""
    if listed:
        yield from _of_list(field, listed, chance)
    yield from (value for value in _FIXED.get(field.type, _TEXTS) if _fits(field, value))
    draw = _DRAWN.get(field.type, _text)
    if field.length is not None and field.type == "text":
        yield "x" * field.length
    while True:
        value = draw(chance)
        if _fits(field, value):
            yield value


def _of_list(field: Field, listed: Sequence[Present], chance: Chance) -> Iterator[Present]:
    yield from ((value,) if field.type == "multi_select" else value for value in map(_item, listed))
    while True:
        if field.type == "multi_select":
            yield tuple(str(value) for value in chance.sample(list(listed), chance.randint(0, len(listed))))
        else:
            yield chance.choice(listed)


def _item(value: Present) -> str:
    return str(value)


def _fits(field: Field, value: Present) -> bool:
    return field.length is None or not isinstance(value, str) or len(value) <= field.length


def _text(chance: Chance) -> str:
    drawn = "".join(chance.choice(_LETTERS) for _ in range(chance.randint(1, 12)))
    return unicodedata.normalize("NFC", drawn).strip() or "x"


def _email(chance: Chance) -> str:
    return f"{_word(chance)}.{_word(chance)}@{_word(chance)}.example"


def _word(chance: Chance) -> str:
    return "".join(chance.choice(string.ascii_lowercase) for _ in range(chance.randint(2, 8)))


def _phone(chance: Chance) -> str:
    return f"+1415555{chance.randint(100, 9999):04d}"


def _url(chance: Chance) -> str:
    return f"https://{_word(chance)}.example/{_word(chance)}"


def _day(chance: Chance) -> date:
    return date(1990, 1, 1) + timedelta(days=chance.randint(0, 20_000))


def _moment(chance: Chance) -> datetime:
    return datetime(1990, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randint(0, 20_000 * 86_400))


def _decimal(chance: Chance) -> Decimal:
    return Decimal(chance.randint(-(10**9), 10**9)).scaleb(-chance.randint(0, 4))


def _tuple(chance: Chance) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_word(chance) for _ in range(chance.randint(1, 3))))


def name_part(chance: Chance) -> str:
    """A part of a name, for fields that are split out of one column."""
    return chance.choice(_NAMES)


_FIXED: Final[Mapping[str, Sequence[Present]]] = {
    "email": _EMAILS,
    "phone": _PHONES,
    "url": _URLS,
    "country": _COUNTRIES,
    "integer": (0, 1, -1, 1000, 10**9),
    "decimal": tuple(map(Decimal, ("0", "0.10", "-5", "1234567.89", "1000", "0.0001"))),
    "boolean": (True, False),
    "date": _DAYS,
    "datetime": tuple(datetime(day.year, day.month, day.day, 23, 30, tzinfo=UTC) for day in _DAYS),
    "multi_select": (("a",), ("a", "b")),
}

_DRAWN: Final[Mapping[str, Callable[[Chance], Present]]] = {
    "email": _email,
    "phone": _phone,
    "url": _url,
    "country": lambda chance: chance.choice(_COUNTRIES),
    "integer": lambda chance: chance.randint(-(10**6), 10**9),
    "decimal": _decimal,
    "boolean": lambda chance: chance.random() < 0.5,
    "date": _day,
    "datetime": _moment,
    "multi_select": _tuple,
}
