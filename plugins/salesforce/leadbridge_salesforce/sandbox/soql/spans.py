"""Date literals: the days that ``LAST_N_DAYS:30`` or ``THIS_FISCAL_QUARTER`` mean on a given day.

Rules: SOQL reference, date formats and date literals. Weeks begin on Sunday, as in an org with locale en_US.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

_UNITS: Final = ("WEEK", "MONTH", "QUARTER", "YEAR", "FISCAL_QUARTER", "FISCAL_YEAR")

PLAIN: Final = frozenset(
    ["YESTERDAY", "TODAY", "TOMORROW", "LAST_90_DAYS", "NEXT_90_DAYS"]
    + [f"{which}_{unit}" for which in ("LAST", "THIS", "NEXT") for unit in _UNITS]
)
COUNTED: Final = frozenset(
    [f"{which}_N_{unit}S" for which in ("LAST", "NEXT") for unit in ("DAY", *_UNITS)]
    + [f"N_{unit}S_AGO" for unit in ("DAY", *_UNITS)]
)
_MAX_COUNT: Final = 10_000


@dataclass(frozen=True, slots=True)
class Days:
    """The days from ``first`` up to, but not including, ``end``."""

    first: date
    end: date


def days_of(name: str, count: int, today: date, fiscal_start: int) -> Days | None:
    """The days of a literal; None where they lie outside the calendar.

    Args:
        fiscal_start: the month in which the fiscal year begins, 1 to 12.
    """
    if count > _MAX_COUNT:
        return None
    try:
        return _days_of(name, count, today, fiscal_start)
    except (ValueError, OverflowError):
        return None


def _days_of(name: str, count: int, today: date, fiscal_start: int) -> Days:
    if name in _SINGLE_DAYS:
        return _day_range(today, _SINGLE_DAYS[name], 1)
    if name in {"LAST_90_DAYS", "NEXT_90_DAYS"}:
        name, count = f"{name[:4]}_N_DAYS", 90
    if name.endswith("_DAYS"):  # the last ones include today, the next ones do not
        return _day_range(today, -count, count + 1) if name.startswith("LAST") else _day_range(today, 1, count)
    if name == "N_DAYS_AGO":
        return _day_range(today, -count, 1)
    unit, start, length = _periods(name, count)
    return Days(_shifted(today, unit, start, fiscal_start), _shifted(today, unit, start + length, fiscal_start))


_SINGLE_DAYS: Final = {"YESTERDAY": -1, "TODAY": 0, "TOMORROW": 1}


def _day_range(today: date, start: int, length: int) -> Days:
    first = today + timedelta(days=start)
    return Days(first, first + timedelta(days=length))


def _periods(name: str, count: int) -> tuple[str, int, int]:
    """A literal's unit, its first period relative to the present one, and how many there are."""
    if name.endswith("S_AGO"):
        return name.removeprefix("N_").removesuffix("S_AGO"), -count, 1
    which, unit = name.split("_", 1)
    if unit.startswith("N_"):
        return unit.removeprefix("N_").removesuffix("S"), -count if which == "LAST" else 1, count
    return unit, {"LAST": -1, "THIS": 0, "NEXT": 1}[which], 1


def _shifted(today: date, unit: str, by: int, fiscal_start: int) -> date:
    """The first day of the period ``by`` periods from the one that holds today."""
    if unit == "WEEK":
        sunday = today - timedelta(days=(today.weekday() + 1) % 7)
        return sunday + timedelta(weeks=by)
    months = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}[unit.removeprefix("FISCAL_")]
    start = fiscal_start - 1 if unit.startswith("FISCAL_") else 0
    index = today.year * 12 + today.month - 1
    first = index - (index - start) % months + by * months
    return date(first // 12, first % 12 + 1, 1)


def fiscal_quarter_end(today: date, fiscal_start: int) -> date:
    """The last day of the fiscal quarter that holds today."""
    return _shifted(today, "FISCAL_QUARTER", 1, fiscal_start) - timedelta(days=1)
