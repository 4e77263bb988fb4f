"""Raw values: how Salesforce writes them in JSON and in CSV, and as what they travel here.

Booleans are bool, whole numbers int, other numbers Decimal, all else text; the same whichever API a row came by.
Salesforce keeps no blank text: it stores null.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, Final

from leadbridge.values import MISSING, Raw
from leadbridge_salesforce.schema import Field

_DECIMALS: Final = frozenset({"double", "currency", "percent"})
_WHOLE: Final = frozenset({"int", "long"})
NULL: Final = "#N/A"
"""What sets a field to null in Bulk API 2.0; an empty cell leaves it as it is."""

_LONGEST_CELL: Final = 32_000  # characters (Bulk API 2.0 limits); a field may hold more


class UnreadableRowError(ValueError):
    """A row that is not what the object's description says."""


Decode = Callable[[Any], Raw]


def decoder(field: Field) -> Decode:
    """What reads the field's values, whichever API they came by: one function, made once. It raises
    UnreadableRowError."""
    if field.type == "boolean":
        return partial(_boolean, field.name)
    if field.type in _WHOLE:
        return partial(_number, field.name, True)
    if field.type in _DECIMALS:
        return partial(_number, field.name, False)
    return partial(_time if field.type == "datetime" else _text, field.name)


def for_json(values: Mapping[str, Raw]) -> dict[str, Raw]:
    """What to send: exactly these fields, blank as null."""
    return {name: None if raw == "" else raw for name, raw in values.items() if raw is not MISSING}


def fits_csv(values: Mapping[str, Raw]) -> bool:
    """Whether Bulk API 2.0 takes the row: no text that it would read as null, and none that is too long for it."""
    texts = [raw for raw in values.values() if isinstance(raw, str)]
    return not any(text.strip() == NULL or len(text) > _LONGEST_CELL for text in texts)


def for_csv(raw: Raw) -> str:
    """A cell of Bulk API 2.0."""
    if raw is MISSING:
        return ""
    if raw is None or raw == "":
        return NULL
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return format(raw, "f") if isinstance(raw, Decimal) else str(raw)


def _boolean(name: str, value: Any) -> Raw:
    if value is True or value is False:
        return bool(value)
    if value is None or value == "":
        return None
    if value not in {"true", "false"}:
        raise UnreadableRowError(f"{name} is neither true nor false")
    return bool(value == "true")


def _number(name: str, whole: bool, value: Any) -> Raw:
    """Without the zeros that one API writes and the other does not."""
    if value is None or value == "":
        return None
    try:
        number = Decimal(value if isinstance(value, str) else str(value))
        rounded = number.to_integral_value()
    except InvalidOperation as error:
        raise UnreadableRowError(f"{name} is no number") from error
    if not number.is_finite():
        raise UnreadableRowError(f"{name} is no number")
    if whole:
        return int(rounded)
    return rounded.quantize(Decimal(1)) if number == rounded else number.normalize()


def _text(name: str, value: Any) -> Raw:
    if value is None or value == "":
        return None
    if isinstance(value, dict | list):
        raise UnreadableRowError(f"{name} holds more than one value")
    return value if isinstance(value, str) else str(value)


def _time(name: str, value: Any) -> Raw:
    """REST ends a time in ``+0000``, Bulk in ``Z``."""
    text = _text(name, value)
    return f"{text[:-5]}Z" if isinstance(text, str) and text.endswith("+0000") else text
