"""Canonical values as people write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from leadbridge.errors import UsageError
from leadbridge.subjects.model import Field, check_value
from leadbridge.values import BLANK, Value

_TRUTH: Final = {"true": True, "yes": True, "false": False, "no": False}


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


_READ: Final[Mapping[str, Callable[[str], Value]]] = {
    "integer": int,
    "decimal": Decimal,
    "boolean": lambda text: _TRUTH[text.casefold()],
    "date": date.fromisoformat,
    "datetime": _moment,
    "multi_select": lambda text: tuple(part.strip() for part in text.split(";") if part.strip()),
}


def value_of(field: Field, text: str) -> Value:
    """What a person wrote for a field; blank text is blank. Raises UsageError where it does not fit."""
    if not text.strip():
        return BLANK
    try:
        value = _READ.get(field.type, str)(text.strip())
    except (ValueError, KeyError, InvalidOperation):
        raise UsageError(f"{field.name} is {field.type}; {text!r} is not") from None
    wrong = check_value(field, value)
    if wrong:
        raise UsageError(f"{field.name} {wrong}")
    return value
