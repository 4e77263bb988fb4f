"""Values: what a canonical field and a provider field can hold, and the five kinds of nothing kept apart.

``MISSING`` (the record does not carry the field, or the connection cannot see it), ``None`` (null), ``""`` (blank),
``0`` and ``False`` are five different things. The first three are *absent*; the last two are values.
"""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal
from typing import Final, TypeAlias, TypeGuard


class Missing(enum.Enum):
    """The type of :data:`MISSING`; an enum, so that type checkers narrow ``value is MISSING``."""

    MISSING = "missing"

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing.MISSING
BLANK: Final = ""

Present: TypeAlias = str | int | Decimal | bool | date | datetime | tuple[str, ...]
Value: TypeAlias = Present | Missing | None
"""A canonical value. Money and counts are Decimal or int, datetimes are aware UTC, a multi-select is a tuple."""

Raw: TypeAlias = str | int | float | Decimal | bool | Missing | None
"""A provider field's value as the CRM gave it, or as it is sent."""


def is_absent(value: object) -> bool:
    """Missing, null or blank; an empty multi-select is blank. ``0`` and ``False`` are not absent."""
    return value is MISSING or value is None or value in (BLANK, ())


def is_present(value: Value) -> TypeGuard[Present]:
    """The opposite of :func:`is_absent`, narrowing the type."""
    return not is_absent(value)
