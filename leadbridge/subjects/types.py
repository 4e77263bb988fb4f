"""Field types: what a canonical field may hold, and when two values say the same.

Equivalence follows the design's rule per type: e-mail case-folded, phone by number, text trimmed, multi-select as a
set, numbers as decimals, dates as dates. It is an equivalence relation: each type maps a value to a key, and two
values are equivalent where their keys are equal.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from leadbridge.values import Present, Value, is_present


@dataclass(frozen=True, slots=True)
class FieldType:
    """A type of canonical fields.

    Attributes:
        name: the word used in ``mappings/fields.yaml``.
        python: the Python types of its present values.
        key: present value -> hashable; equal keys mean equivalent values.
        doc: one line for the language page.
    """

    name: str
    python: tuple[type, ...]
    key: Callable[[Present], object]
    doc: str

    def accepts(self, value: Value) -> bool:
        """Whether the value is absent or of this type; a bool is no integer, a datetime no date."""
        return not is_present(value) or type(value) in self.python

    def equivalent(self, left: Value, right: Value) -> bool:
        """Whether two values say the same. Missing, null, blank, 0 and False are equivalent each to itself only."""
        if isinstance(left, str) and isinstance(right, str) and left == right:
            return True
        if is_present(left) and is_present(right):
            return isinstance(left, bool) == isinstance(right, bool) and self.key(left) == self.key(right)
        return _absence(left) == _absence(right)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _absence(value: Value) -> object:
    return "present" if is_present(value) else ("blank" if value in ("", ()) else value)


def _text(value: Present) -> object:
    return unicodedata.normalize("NFC", str(value).replace("\r\n", "\n").replace("\r", "\n")).strip()


def _folded(value: Present) -> object:
    return unicodedata.normalize("NFC", str(value)).strip().casefold()


def _phone(value: Present) -> object:
    return "".join(c for c in str(value) if c.isalnum() or c in "+;=").casefold()


def _plain(value: Present) -> object:
    if isinstance(value, Decimal) and value.is_nan():
        return str(value)  # a NaN is not equal to itself, and a signalling one raises
    return value


def _datetime(value: Present) -> object:
    """Time since 1970: two zones' clocks compare exactly, which ``==`` refuses in a repeated hour (PEP 495)."""
    return value - _EPOCH if isinstance(value, datetime) and value.tzinfo else _plain(value)


def _url(value: Present) -> object:
    """Scheme and host fold, the path does not: servers may tell its letters' case apart."""
    scheme, mark, rest = str(value).strip().rstrip("/").partition("://")
    host, slash, path = rest.partition("/")
    return scheme.casefold() + mark + host.casefold() + slash + path if mark else scheme


def _set(value: Present) -> object:
    return frozenset(value) if isinstance(value, tuple) else frozenset({_plain(value)})


TYPES: Final[dict[str, FieldType]] = {
    t.name: t
    for t in (
        FieldType("text", (str,), _text, "One line or several; equivalent when equal after trimming spaces."),
        FieldType("email", (str,), _folded, "An e-mail address; case does not matter."),
        FieldType("phone", (str,), _phone, "A number in E.164, `;ext=` behind it where there is one."),
        FieldType("url", (str,), _url, "A web address with its scheme."),
        FieldType("country", (str,), _folded, "ISO 3166-1, two letters."),
        FieldType("integer", (int,), _plain, "A whole number."),
        FieldType("decimal", (Decimal,), _plain, "Money or a measure, exact."),
        FieldType("boolean", (bool,), _plain, "`true` or `false`."),
        FieldType("date", (date,), _plain, "A calendar day."),
        FieldType("datetime", (datetime,), _datetime, "A moment, kept in UTC."),
        FieldType("choice", (str,), _text, "One of a list of values."),
        FieldType("multi_select", (tuple,), _set, "Several of a list; the order does not matter."),
        FieldType("reference", (str,), _text, "Another golden record, such as the owner."),
    )
}
