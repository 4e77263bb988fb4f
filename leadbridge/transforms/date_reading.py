"""Reading dates and moments as people and programs write them. Two-digit years: 69 to 99 are 1969 to 1999 (POSIX)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final, Literal

from leadbridge.transforms.spec import UnreadableError

Epoch = Literal["s", "ms"]

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
UNITS: Final[dict[Epoch, timedelta]] = {"s": timedelta(seconds=1), "ms": timedelta(milliseconds=1)}
_FIRST_YEAR: Final = 1600
"""Earlier years are slips of the keyboard, and older than the calendar."""

_LONGEST: Final = 64
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_YEAR_FIRST: Final = re.compile(r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{2})([0-9]{2}))", re.ASCII)
_NUMERIC: Final = re.compile(r"([0-9]{1,2})\s*([-/.])\s*([0-9]{1,2})\s*\2\s*([0-9]{4}|[0-9]{2})", re.ASCII)
_WEEKDAY: Final = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*[.,]?\s+(.*)", re.ASCII | re.DOTALL)
_DAY_MONTH: Final = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th|\.)?[\s/-]*(?:of\s)?([a-z]{3,9})\.?,?[\s/-]*([0-9]{4}|[0-9]{2})", re.ASCII
)
_MONTH_DAY: Final = re.compile(
    r"([a-z]{3,9})\.?[\s-]*([0-9]{1,2})(?:st|nd|rd|th)?,?[\s-]+([0-9]{4}|[0-9]{2})", re.ASCII
)
_TIME: Final = re.compile(
    r"(.*?)[\st,]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?"
    r"\s*([ap]\.?m\.?)?\s*(z|utc|gmt|[+-][0-9]{2}:?[0-9]{2})?",
    re.ASCII,
)
_COUNT: Final = re.compile(r"(-?[0-9]{1,15})(?:\.0+)?", re.ASCII)


def bad_date(reason: str) -> UnreadableError:
    return UnreadableError("bad_date", reason)


@dataclass(frozen=True, slots=True)
class Reading:
    """How dates are written in one provider field: formats tried first, then ISO 8601, then what people write."""

    day_first: bool | None = None
    formats: tuple[str, ...] = ()
    epoch: Epoch | None = None

    def read(self, text: str) -> date | datetime:
        """A day, a moment of no zone, or a moment in a zone, as the text says.

        Raises UnreadableError: ``ambiguous_date`` where day and month cannot be told apart, else ``bad_date``.
        """
        found = self._counted(text) or self._formatted(text) or _iso(text) or self._written(text)
        if found.year < _FIRST_YEAR:
            raise bad_date(f"the year is before {_FIRST_YEAR}")
        return found

    def _counted(self, text: str) -> datetime | None:
        count = _COUNT.fullmatch(text)
        if self.epoch is None or count is None:
            return None
        try:
            return EPOCH + int(count[1]) * UNITS[self.epoch]
        except OverflowError:
            raise bad_date("the count is out of range; see `epoch`") from None

    def _formatted(self, text: str) -> datetime | None:
        for form in self.formats:
            try:
                return datetime.strptime(text, form)  # noqa: DTZ007  (a moment of no zone is what it says)
            except ValueError:
                continue
        return None

    def _written(self, text: str) -> date | datetime:
        text = text.lower()
        if len(text) > _LONGEST:
            raise bad_date("not a date")
        timed = _TIME.fullmatch(text)
        if timed is None:
            return _day(text, self.day_first)
        day, clock, zone = _day(timed[1].strip(), self.day_first), _clock(timed), _zone(timed[7])
        return datetime.combine(day, clock, zone)


def _iso(text: str) -> date | datetime | None:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        return datetime.fromisoformat(text) if text[4:5] == "-" and text[10:11] in {"T", " "} else None
    except ValueError:
        return None


def _day(text: str, day_first: bool | None) -> date:
    numbers = _YEAR_FIRST.fullmatch(text)
    if numbers:
        return _date(int(numbers[1]), int(numbers[3] or numbers[5]), int(numbers[4] or numbers[6]))
    numbers = _NUMERIC.fullmatch(text)
    if numbers:
        return _numeric(int(numbers[1]), int(numbers[3]), _year(numbers[4]), day_first)
    weekday = _WEEKDAY.fullmatch(text)
    text = weekday[1] if weekday else text
    if words := _DAY_MONTH.fullmatch(text):
        return _date(_year(words[3]), _month(words[2]), int(words[1]))
    if words := _MONTH_DAY.fullmatch(text):
        return _date(_year(words[3]), _month(words[1]), int(words[2]))
    raise bad_date("not a date; name its form with `formats`, or `epoch` where it counts from 1970")


def _numeric(first: int, second: int, year: int, day_first: bool | None) -> date:
    if day_first is None and first <= 12 and second <= 12 and first != second:
        raise UnreadableError("ambiguous_date", "day and month cannot be told apart; say `day_first: true` or `false`")
    day, month = (first, second) if day_first or (day_first is None and first > 12) else (second, first)
    return _date(year, month, day)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise bad_date("no such day in the calendar; check `day_first`") from None


def _year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year >= 69 else 2000)


def _month(word: str) -> int:
    for number, name in enumerate(_MONTHS, start=1):
        if name.startswith(word) or word == "sept" == name[:4]:
            return number
    raise bad_date("not a date: no month has this name in English; see `formats`")


def _clock(timed: re.Match[str]) -> time:
    hour, minute, second = int(timed[2]), int(timed[3]), int(timed[4] or 0)
    if timed[6]:
        hour = hour % 12 + (12 if timed[6][0] == "p" else 0) if 1 <= hour <= 12 else 99
    try:
        return time(hour, minute, second, int((timed[5] or "0").ljust(6, "0")[:6]))
    except ValueError:
        raise bad_date("no such time of day") from None


def _zone(text: str | None) -> timezone | None:
    if text is None or text[0] not in "+-":
        return UTC if text else None
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    if offset >= timedelta(hours=24):
        raise bad_date("no such time zone")
    return timezone(-offset if text[0] == "-" else offset)
