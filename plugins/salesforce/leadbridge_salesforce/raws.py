"""Raw values: how Salesforce writes them in JSON and in CSV, and as what they travel here.

Booleans are bool, whole numbers int, other numbers Decimal, all else text; the same whichever API a row came by.
Salesforce keeps no blank text: it stores null.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from leadbridge.values import MISSING, Raw
from leadbridge_salesforce.schema import Field

_DECIMALS: Final = frozenset({"double", "currency", "percent"})
_WHOLE: Final = frozenset({"int", "long"})
NULL: Final = "#N/A"
"""What sets a field to null in Bulk API 2.0; an empty cell leaves it as it is."""


class UnreadableRowError(ValueError):
    """A row that is not what the object's description says."""


def from_json(field: Field, value: Any) -> Raw:
    """Raises UnreadableRowError."""
    if value is None or value == "":
        return None
    if field.type == "boolean":
        return _boolean(field, str(value).lower())
    if field.type in _WHOLE or field.type in _DECIMALS:
        return _number(field, str(value))
    if isinstance(value, dict | list):
        raise UnreadableRowError(f"{field.name} holds more than one value")
    return _text(field, str(value))


def from_csv(field: Field, text: str) -> Raw:
    """Raises UnreadableRowError."""
    return from_json(field, text)


def for_json(values: Mapping[str, Raw]) -> dict[str, Raw]:
    """What to send: exactly these fields, blank as null."""
    return {name: None if raw == "" else raw for name, raw in values.items() if raw is not MISSING}


def for_csv(raw: Raw) -> str:
    """A cell of Bulk API 2.0."""
    if raw is MISSING:
        return ""
    if raw is None or raw == "":
        return NULL
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return format(raw, "f") if isinstance(raw, Decimal) else str(raw)


def _boolean(field: Field, text: str) -> bool:
    if text not in {"true", "false"}:
        raise UnreadableRowError(f"{field.name} is neither true nor false")
    return text == "true"


def _number(field: Field, text: str) -> int | Decimal:
    """Without the zeros that one API writes and the other does not."""
    try:
        number = Decimal(text)
        whole = number.to_integral_value()
    except InvalidOperation as error:
        raise UnreadableRowError(f"{field.name} is no number") from error
    if not number.is_finite():
        raise UnreadableRowError(f"{field.name} is no number")
    if field.type in _WHOLE:
        return int(whole)
    return whole.quantize(Decimal(1)) if number == whole else number.normalize()


def _text(field: Field, text: str) -> str:
    """REST ends a time in ``+0000``, Bulk in ``Z``."""
    if field.type == "datetime" and text.endswith("+0000"):
        return f"{text.removesuffix('+0000')}Z"
    return text
