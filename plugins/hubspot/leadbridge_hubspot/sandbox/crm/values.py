"""How a value that somebody writes becomes the text that is kept, or why not."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from leadbridge_hubspot.sandbox.portal import Portal, iso
from leadbridge_hubspot.sandbox.properties import Property
from leadbridge_hubspot.sandbox.refusals import Fault

LONGEST: Final = 65_536
_EMAIL: Final = re.compile(r"[^@\s;,<>]+@[^@\s;,<>]+\.[^@\s;,<>.]+")
_DAY: Final = 86_400_000
_MILLISECONDS: Final = re.compile(r"-?\d{1,15}")


class InvalidValueError(Exception):
    """A value that is not taken, by HubSpot's code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code

    def fault(self, name: str) -> Fault:
        return Fault(name, self.code, str(self))


def read(portal: Portal, property: Property, told: Any, old: str) -> str:
    """The text that is kept; empty clears. ``old`` is what is there, which a leading ``;`` adds to.

    Raises:
        InvalidValueError: HubSpot does not take it.
    """
    text = _text(portal, property, told)
    if not text:
        return ""
    if len(text) > LONGEST:
        raise InvalidValueError("PROPERTY_VALUE_TOO_LONG", f"{property.name} is longer than {LONGEST} characters")
    if property.owner:
        return _owner(portal, property, text)
    if property.type == "enumeration":
        return _chosen(property, text, old)
    reader = _READERS.get(property.type)
    if reader is not None:
        return reader(property, text)
    return email(property, text) if property.name == "email" else text


def email(property: Property, text: str) -> str:
    address = text.strip().lower()
    if not _EMAIL.fullmatch(address):
        raise InvalidValueError("INVALID_EMAIL", f"Email address {text} is invalid")
    return address


def _text(portal: Portal, property: Property, told: Any) -> str:
    if isinstance(told, str):
        return told
    if told is None and portal.switches.null_clears:
        return ""
    if portal.switches.loose_values and isinstance(told, bool | int | float):
        return str(told).lower() if isinstance(told, bool) else str(told)
    raise InvalidValueError("INVALID_TYPE", f"{property.name} was not a text")


def _owner(portal: Portal, property: Property, text: str) -> str:
    owner = portal.owners.get(text)
    if owner is None or owner.archived:
        raise InvalidValueError("INVALID_OWNER_ID", f"Owner {text} does not exist or is not active")
    return text


def _chosen(property: Property, text: str, old: str) -> str:
    allowed = [option.value for option in property.options]
    wanted = [part for part in text.split(";") if part] if property.several else [text]
    for one in wanted:
        if one not in allowed:
            message = f"{one} was not one of the allowed options: {allowed}"
            raise InvalidValueError("INVALID_OPTION", message)
    if property.several and text.startswith(";"):
        wanted = [*old.split(";"), *wanted]
    return ";".join(dict.fromkeys(part for part in wanted if part))


def _number(property: Property, text: str) -> str:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite():
        raise InvalidValueError("INVALID_NUMBER", f"{text} was not a valid number")
    return text


def _bool(property: Property, text: str) -> str:
    if text.lower() not in {"true", "false"}:
        raise InvalidValueError("INVALID_BOOLEAN", f"{text} was not a valid boolean")
    return text.lower()


def _date(property: Property, text: str) -> str:
    """A day, or milliseconds that must be midnight in UTC."""
    if _MILLISECONDS.fullmatch(text):
        if int(text) % _DAY:
            raise InvalidValueError("INVALID_DATE", f"{text} is not midnight UTC, so it is no valid date")
        return iso(int(text))[:10]
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InvalidValueError("INVALID_DATE", f"{text} was not a valid date") from None


def _datetime(property: Property, text: str) -> str:
    if _MILLISECONDS.fullmatch(text):
        return iso(int(text))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InvalidValueError("INVALID_DATE", f"{text} was not a valid date") from None
    return iso(int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000))


_READERS: Final = {"number": _number, "bool": _bool, "date": _date, "datetime": _datetime}
