"""Raw values: all texts or null on the way in; on the way out checked against the property before anything is sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Final

from leadbridge.values import Raw
from leadbridge_hubspot.rows import moment
from leadbridge_hubspot.schema import Property

_LONGEST: Final = 65_536  # characters of a text
_DAY: Final = len("2026-12-31")  # which is its first moment, in UTC


class UnfitError(ValueError):
    """A value that HubSpot would refuse. ``code`` is the reject's; the message goes on ``X ...``."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def text(raw: Raw) -> str:
    """As it is sent: blank, which clears a property, for null; never JSON's own null, true or numbers."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return format(raw, "f") if isinstance(raw, Decimal) else str(raw)


def for_wire(field: Property, raw: Raw) -> str:
    """Raises UnfitError."""
    sent = text(raw)
    if sent == "":
        return sent
    sent = _FORMS.get(field.type, _plain)(field, sent)
    for rule in field.rules:
        broken = rule.broken(sent)
        if broken is not None:
            raise UnfitError("validation", f"{broken}, which the account's own rule does not allow")
    return sent


def _plain(field: Property, sent: str) -> str:
    if len(sent) > _LONGEST:
        raise UnfitError("too_long", f"is longer than {_LONGEST:,} characters")
    return sent


def _option(field: Property, sent: str) -> str:
    """Several replace what is there: a semicolon in front would add to it instead."""
    chosen = [part.strip() for part in sent.split(";") if part.strip()] if field.multiple else [sent]
    if field.options is not None:
        unknown = next((one for one in chosen if one not in field.options), None)
        if unknown is not None:
            raise UnfitError("unknown_value", f"has no option {unknown[:80]!r}")
    return ";".join(dict.fromkeys(chosen))


def _boolean(field: Property, sent: str) -> str:
    if sent.lower() not in {"true", "false"}:
        raise UnfitError("invalid", "is neither true nor false")
    return sent.lower()


def _number(field: Property, sent: str) -> str:
    try:
        number = Decimal(sent)
    except InvalidOperation:
        raise UnfitError("invalid", "is no number") from None
    if not number.is_finite():
        raise UnfitError("invalid", "is no number")
    return format(number, "f")


def _date(field: Property, sent: str) -> str:
    """A day, which HubSpot keeps as midnight UTC; a moment of another hour is nobody's day."""
    try:
        return date.fromisoformat(sent).isoformat()
    except ValueError:
        at = moment(sent)
    if at is None or at.time() != time():
        raise UnfitError("invalid", "is no date at midnight UTC")
    return at.date().isoformat()


def _moment(field: Property, sent: str) -> str:
    try:
        aware = sent.isdecimal() or len(sent) == _DAY or datetime.fromisoformat(sent).tzinfo is not None
    except ValueError:
        aware = False
    at = moment(sent)
    if at is None or not aware:
        raise UnfitError("invalid", "is no day, and no time with its zone")
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_FORMS: Final[Mapping[str, Callable[[Property, str], str]]] = {
    "enumeration": _option,
    "bool": _boolean,
    "number": _number,
    "date": _date,
    "datetime": _moment,
}
