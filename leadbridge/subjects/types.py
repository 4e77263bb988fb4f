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
        """Whether two values say the same. Missing, null and blank are equivalent each to itself only."""
        if is_present(left) and is_present(right):
            return self.key(left) == self.key(right)
        return _absence(left) == _absence(right)


def _absence(value: Value) -> object:
    return "present" if is_present(value) else ("blank" if value in ("", ()) else value)


def _text(value: Present) -> object:
    return " ".join(unicodedata.normalize("NFC", str(value)).split())


def _folded(value: Present) -> object:
    return unicodedata.normalize("NFC", str(value)).strip().casefold()


def _phone(value: Present) -> object:
    return "".join(c for c in str(value) if c.isalnum() or c in "+;=").casefold()


def _decimal(value: Present) -> object:
    return Decimal(value) if isinstance(value, int | Decimal) else value


def _datetime(value: Present) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def _url(value: Present) -> object:
    return str(value).strip().rstrip("/").casefold()


def _set(value: Present) -> object:
    return frozenset(value) if isinstance(value, tuple) else frozenset({value})


TYPES: Final[dict[str, FieldType]] = {
    t.name: t
    for t in (
        FieldType("text", (str,), _text, "One line or several; equivalent when equal after trimming spaces."),
        FieldType("email", (str,), _folded, "An e-mail address; case does not matter."),
        FieldType("phone", (str,), _phone, "A number in E.164, `;ext=` behind it where there is one."),
        FieldType("url", (str,), _url, "A web address with its scheme."),
        FieldType("country", (str,), _folded, "ISO 3166-1, two letters."),
        FieldType("integer", (int,), _decimal, "A whole number."),
        FieldType("decimal", (Decimal,), _decimal, "Money or a measure, exact."),
        FieldType("boolean", (bool,), lambda v: v, "`true` or `false`."),
        FieldType("date", (date,), lambda v: v, "A calendar day."),
        FieldType("datetime", (datetime,), _datetime, "A moment, kept in UTC."),
        FieldType("choice", (str,), _text, "One of a list of values."),
        FieldType("multi_select", (tuple,), _set, "Several of a list; the order does not matter."),
        FieldType("reference", (str,), _text, "Another golden record, such as the owner."),
    )
}
