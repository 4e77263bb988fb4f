"""Moments: days and times reckoned from now, such as ``end_of_quarter`` or ``today + 2w``.

A moment is one of the words below, then any number of ``+ N`` or ``- N`` with a unit: ``d`` days, ``w`` weeks, ``m``
months, ``q`` quarters, ``y`` years. Steps are taken from left to right on the calendar of ``now``'s own zone; where
a month is too short for the day, its last day is taken (31 January + 1m is 28 or 29 February). Weeks start on Monday,
quarters in January, April, July and October.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from leadbridge.errors import SourceFault
from leadbridge.files.check import suggest

_START: Final = time(0, 0, 0)
_END: Final = time(23, 59, 59)
_PERIODS: Final = ("week", "month", "quarter", "year")
WORDS: Final = ("now", "today", *(f"{edge}_of_{period}" for edge in ("start", "end") for period in _PERIODS))

_SHAPE: Final = re.compile(r"\s*([A-Za-z_]+)((?:\s*[+-]\s*\d{1,6}\s*[A-Za-z]+)*)\s*")
_STEP: Final = re.compile(r"([+-])\s*(\d+)\s*([A-Za-z]+)")
_DAYS: Final = {"d": 1, "w": 7}
_MONTHS: Final = {"m": 1, "q": 3, "y": 12}
_FARTHEST_DAYS: Final = 366_000
"""About a thousand years in all, so that no sum leaves the calendar."""


class MomentFault(SourceFault):
    """A moment that cannot be compiled."""


@dataclass(frozen=True, slots=True)
class _Step:
    days: int = 0
    months: int = 0

    def take(self, day: date) -> date:
        return _add_months(day, self.months) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Moment:
    """A compiled moment. It reads no clock: ``now`` is handed in, aware."""

    source: str
    _word: str
    _steps: tuple[_Step, ...]

    def at(self, now: datetime) -> datetime:
        """In UTC. ``now`` keeps the time of day, an end is the last second of its day, all else is midnight."""
        at = now.timetz() if self._word == "now" else (_END if self._word.startswith("end_") else _START)
        return datetime.combine(self.day(now), at.replace(tzinfo=now.tzinfo)).astimezone(UTC)

    def day(self, now: datetime) -> date:
        """The day in ``now``'s own zone.

        Raises:
            ValueError: ``now`` is not aware.
        """
        if now.tzinfo is None:
            raise ValueError("a moment needs an aware now")
        day = _BASES[self._word](now.date())
        for step in self._steps:
            day = step.take(day)
        return day


def is_moment(source: str) -> bool:
    """Whether a text starts with a word of this language, and so is meant as a moment rather than as itself."""
    shape = re.match(r"\s*([A-Za-z_]+)\s*(?:[+-]|$)", source)
    return shape is not None and shape.group(1) in WORDS


def compile_moment(source: str) -> Moment:
    """Compile a moment.

    Raises:
        MomentFault: an unknown word or unit, or a step that leads too far.
    """
    shape = _SHAPE.fullmatch(source)
    if shape is None:
        raise MomentFault("not a moment: write a word such as today, then steps such as + 14d or - 1m")
    word, steps = shape.groups()
    if word not in WORDS:
        raise MomentFault(f"unknown moment {word!r}", suggest(word, WORDS))
    moment = Moment(source, word, tuple(_step(*step.groups()) for step in _STEP.finditer(steps)))
    if sum(abs(step.days) + 31 * abs(step.months) for step in moment._steps) > _FARTHEST_DAYS:
        raise MomentFault("leads more than a thousand years away")
    return moment


def _step(sign: str, number: str, unit: str) -> _Step:
    count = int(number) if sign == "+" else -int(number)
    if unit in _DAYS:
        return _Step(days=count * _DAYS[unit])
    if unit in _MONTHS:
        return _Step(months=count * _MONTHS[unit])
    raise MomentFault(
        f"unknown unit {unit!r}; use d, w, m, q or y", unit[0].lower() if unit[0].lower() in "dwmqy" else None
    )


def _add_months(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _quarter(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def _end(start: date, months: int) -> date:
    return _add_months(start, months) - timedelta(days=1)


_BASES: Final[dict[str, Callable[[date], date]]] = {
    "now": lambda day: day,
    "today": lambda day: day,
    "start_of_week": lambda day: day - timedelta(days=day.weekday()),
    "start_of_month": lambda day: day.replace(day=1),
    "start_of_quarter": _quarter,
    "start_of_year": lambda day: date(day.year, 1, 1),
    "end_of_week": lambda day: day + timedelta(days=6 - day.weekday()),
    "end_of_month": lambda day: _end(day.replace(day=1), 1),
    "end_of_quarter": lambda day: _end(_quarter(day), 3),
    "end_of_year": lambda day: date(day.year, 12, 31),
}
