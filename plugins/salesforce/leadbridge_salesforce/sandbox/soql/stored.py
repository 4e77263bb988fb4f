"""How values of a query meet what the store's columns hold (see ``sandbox/store.py``)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import Connection, func

from leadbridge_salesforce.sandbox import ids

FOLD: Final = func.leadbridge_fold
"""Text in lower case, beyond ASCII as well; SQLite's own NOCASE knows ASCII only."""

_LARGEST: Final = 2**63 - 1


def install(connection: Connection) -> None:
    """Teach a connection :data:`FOLD`."""
    driver: Any = connection.connection.driver_connection
    driver.create_function("leadbridge_fold", 1, _fold_or_none, deterministic=True)


def _fold_or_none(text: object) -> str | None:
    return None if text is None else fold(str(text))


def fold(text: str) -> str:
    return text.lower()


def full_id(text: str) -> str | None:
    """The id with its 18 characters; None where it is none."""
    return ids.normal(text)


def stored_day(day: date) -> str:
    return day.isoformat()


def stored_moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "+0000")


def stored_number(number: Decimal) -> int | float:
    whole = number == number.to_integral_value()
    return int(number) if whole and abs(number) <= _LARGEST else float(number)
