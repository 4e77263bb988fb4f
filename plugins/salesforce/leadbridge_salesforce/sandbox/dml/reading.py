"""A value as a client sends it, made one that a column holds; or the refusal that Salesforce answers with."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Final

from leadbridge_salesforce.sandbox import ids
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.schema import FieldSchema
from leadbridge_salesforce.sandbox.schema.model import TEXTS
from leadbridge_salesforce.sandbox.store import Stored

_EMAIL: Final = re.compile(r"[^\s@<>(),;:\"\[\]]+@[^\s@<>(),;:\"\[\]]+\.[^\s@<>(),;:\"\[\]]*[^\s@.<>(),;:\"\[\]]")
_WHOLE_NUMBERS: Final = 2**31


@dataclass(frozen=True, slots=True)
class Habits:
    """What the platform does to values by itself.

    Attributes:
        lower_email: e-mail addresses are kept in lower case.
        trim: text loses the blanks around it.
        truncate: text that is too long is cut, as AllowFieldTruncationHeader asks for.
    """

    lower_email: bool = True
    trim: bool = True
    truncate: bool = False


def read(f: FieldSchema, raw: Any, habits: Habits) -> Stored:
    """The value for the column. Raises Refused."""
    if raw is None or raw == "":
        return _nothing(f)
    if isinstance(raw, dict | list):
        raise _no_instance(f, raw)
    if f.type in TEXTS:
        return _read_text(f, raw, habits)
    return _READERS[f.type](f, raw)


def moment(at: datetime) -> str:
    """A moment as columns and replies hold it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def _nothing(f: FieldSchema) -> Stored:
    if f.type == "boolean":
        raise Refused("INVALID_TYPE_ON_FIELD_IN_RECORD", f"{f.label}: value not of required type: ", [f.name])
    return None


def _read_text(f: FieldSchema, raw: Any, habits: Habits) -> Stored:
    text = str(raw).lower() if isinstance(raw, bool) else str(raw)
    if habits.trim:
        text = text.strip()
    if not text:
        return None
    if f.type == "email":
        text = _address(f, text, habits)
    if f.type == "multipicklist":
        text = _in_order(f, text)
    return _fitting(f, text, habits)


def _address(f: FieldSchema, text: str, habits: Habits) -> str:
    if not _EMAIL.fullmatch(text):
        raise Refused("INVALID_EMAIL_ADDRESS", f"{f.label}: invalid email address: {text}", [f.name])
    return text.lower() if habits.lower_email else text


def _in_order(f: FieldSchema, text: str) -> str:
    order = {value.value: place for place, value in enumerate(f.picklist)}
    chosen = dict.fromkeys(part.strip() for part in text.split(";") if part.strip())
    return ";".join(sorted(chosen, key=lambda part: order.get(part, len(order))))


def _fitting(f: FieldSchema, text: str, habits: Habits) -> str:
    if not f.length or len(text) <= f.length:
        return text
    if habits.truncate:
        return text[: f.length]
    message = f"{f.label}: data value too large: {text[:255]} (max length={f.length})"
    raise Refused("STRING_TOO_LONG", message, [f.name])


def _read_boolean(f: FieldSchema, raw: Any) -> Stored:
    known = {True: 1, False: 0, "true": 1, "false": 0, "1": 1, "0": 0}
    found = known.get(raw.lower() if isinstance(raw, str) else raw)
    if found is None:
        raise _no_instance(f, raw)
    return found


def _read_number(f: FieldSchema, raw: Any) -> Stored:
    try:
        number = Decimal(str(raw).strip())
    except InvalidOperation:
        raise _no_instance(f, raw) from None
    if isinstance(raw, bool) or not number.is_finite():
        raise _no_instance(f, raw)
    if f.type == "int" and number != number.to_integral_value():
        raise _no_instance(f, raw)
    rounded = number.quantize(Decimal(1).scaleb(-f.scale), ROUND_HALF_UP) if abs(number) < 10**20 else number
    whole = f.precision - f.scale if f.precision else 18
    if abs(rounded) >= Decimal(10) ** whole or (f.type == "int" and abs(rounded) >= _WHOLE_NUMBERS):
        message = f"{f.label}: value outside of valid range on numeric field: {raw}"
        raise Refused("NUMBER_OUTSIDE_VALID_RANGE", message, [f.name])
    return int(rounded) if f.type == "int" else float(rounded)


def _read_date(f: FieldSchema, raw: Any) -> Stored:
    try:
        return date.fromisoformat(str(raw)[:10] if "T" in str(raw) else str(raw)).isoformat()
    except ValueError:
        raise _no_instance(f, raw) from None


def _read_moment(f: FieldSchema, raw: Any) -> Stored:
    try:
        at = datetime.fromisoformat(str(raw))
    except ValueError:
        raise _no_instance(f, raw) from None
    return moment(at if at.tzinfo else at.replace(tzinfo=UTC))


def _read_reference(f: FieldSchema, raw: Any) -> Stored:
    found = ids.normal(str(raw).strip())
    if found is None:
        raise Refused("MALFORMED_ID", f"{f.label}: id value of incorrect type: {raw}", [f.name])
    return found


def _no_instance(f: FieldSchema, raw: Any) -> Refused:
    kinds: Mapping[str, str] = {"currency": "double", "percent": "double", "reference": "string"}
    shown = {bool: "VALUE_TRUE" if raw is True else "VALUE_FALSE", dict: "START_OBJECT", list: "START_ARRAY"}
    token = shown.get(type(raw), "VALUE_STRING" if isinstance(raw, str) else "VALUE_NUMBER")
    if isinstance(raw, float) and not math.isfinite(raw):
        token = "VALUE_STRING"  # noqa: S105  (a token of JSON)
    message = (
        f"Cannot deserialize instance of {kinds.get(f.type, f.type)} from {token} value {raw} "
        "or request may be missing a required field at [line:1, column:1]"
    )
    return Refused("JSON_PARSER_ERROR", message, [f.name])


_READERS: Final[Mapping[str, Callable[[FieldSchema, Any], Stored]]] = {
    "boolean": _read_boolean,
    "int": _read_number,
    "double": _read_number,
    "currency": _read_number,
    "percent": _read_number,
    "date": _read_date,
    "datetime": _read_moment,
    "reference": _read_reference,
    "id": _read_reference,
}
