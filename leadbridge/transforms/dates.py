"""Days and moments: read as people and programs write them, kept as dates and as moments in UTC."""

from __future__ import annotations

import warnings
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field

from leadbridge.provider import Wire
from leadbridge.transforms.clean import as_text, token_of
from leadbridge.transforms.date_reading import EPOCH, UNITS, Epoch, Reading, bad_date
from leadbridge.transforms.spec import Codec, Options, transform
from leadbridge.values import Present, Raw

_PROBE: Final = datetime(2031, 11, 28, 13, 45, 56, tzinfo=UTC)
"""Year, month, day and hour cannot be taken for one another, and the hour shows a forgotten %p."""


def _zone_name(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError) as error:  # the names of a folder and of no file raise differently
        raise ValueError(f"{name!r} is no time zone; use an IANA name, such as Europe/Berlin") from error
    return name


def _whole_format(form: str) -> str:
    """A format must read back what it writes: a day without its year would be a day in 1900."""
    try:
        with warnings.catch_warnings(action="ignore"):  # Python 3.13 warns of a day without a year: refused below
            back = datetime.strptime(_PROBE.strftime(form), form)  # noqa: DTZ007  (only day and hour are compared)
    except ValueError as error:
        raise ValueError(f"{form!r} is no format that can be read back; see Python's strptime") from error
    if back.date() != _PROBE.date() or back.hour not in {0, _PROBE.hour}:
        raise ValueError(f"{form!r} does not hold year, month and day, or holds %I without %p")
    return form


Format = Annotated[str, AfterValidator(_whole_format)]


class DateOptions(Options):
    day_first: Annotated[
        bool | None, Field(description="Whether 01/02/2026 is in February; without it such a date is rejected.")
    ] = None
    formats: Annotated[
        tuple[Format, ...], Field(description="Forms tried first, in strptime's letters, such as %d.%m.%Y.")
    ] = ()
    format: Annotated[Format | None, Field(description="The form that is written; ISO 8601 without it.")] = None
    epoch: Annotated[
        Epoch | None,
        Field(description="The field counts seconds (s) or milliseconds (ms) since 1970, and is written so."),
    ] = None
    zone: Annotated[
        str,
        AfterValidator(_zone_name),
        Field(description="IANA name of the zone of times without an offset, and of the day on which a moment falls."),
    ] = "UTC"


def _reading(options: DateOptions) -> Reading:
    forms = (options.format, *options.formats) if options.format else options.formats
    return Reading(options.day_first, forms, options.epoch)


def _in_zone(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment on the zone's clock; as it is where that would be after the year 9999, which stands for never."""
    try:
        return moment.astimezone(zone)
    except OverflowError:
        return moment


def _count(moment: datetime, epoch: Epoch, wire: Wire) -> Raw:
    count = (moment - EPOCH) // UNITS[epoch]
    return count if wire == "typed" else str(count)


def _iso(moment: datetime) -> str:
    """With Z, and with as many decimals as needed: none, or the three that CRMs write, or six."""
    exact = "seconds" if not moment.microsecond else "microseconds" if moment.microsecond % 1000 else "milliseconds"
    return moment.isoformat(timespec=exact).replace("+00:00", "Z")


def _date_codec(options: DateOptions, wire: Wire) -> Codec:
    reading, zone = _reading(options), ZoneInfo(options.zone)

    @lru_cache(maxsize=8192)
    def day_of(text: str) -> date:
        found = reading.read(text)
        if not isinstance(found, datetime):
            return found
        return (_in_zone(found, zone) if found.tzinfo else found).date()

    def decode(raw: Raw) -> Present:
        text = token_of(raw)
        return day_of(text) if text else ""

    def encode(value: Present) -> Raw:
        if not isinstance(value, date):
            return as_text(value)
        if options.epoch:
            return _count(datetime.combine(value, time(), zone), options.epoch, wire)
        return value.strftime(options.format) if options.format else value.isoformat()

    return Codec(decode, encode)


def _datetime_codec(options: DateOptions, wire: Wire) -> Codec:
    """A time that the clocks skip reads as the moment after the gap by as much; one that comes twice as the first."""
    reading, zone = _reading(options), ZoneInfo(options.zone)

    @lru_cache(maxsize=8192)
    def moment_of(text: str) -> datetime:
        found = reading.read(text)
        moment = found if isinstance(found, datetime) else datetime.combine(found, time())
        try:
            return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
        except OverflowError:
            raise bad_date("out of range in UTC") from None

    def decode(raw: Raw) -> Present:
        text = token_of(raw)
        return moment_of(text) if text else ""

    def encode(value: Present) -> Raw:
        if not isinstance(value, datetime):
            return as_text(value)
        if options.epoch:
            return _count(value, options.epoch, wire)
        if options.format:
            return _in_zone(value, zone).strftime(options.format)
        return _iso(value.astimezone(UTC))

    return Codec(decode, encode)


DATE = transform(
    "date", ("date",), DateOptions, _date_codec, "A day; of a moment, the day on which it falls in `zone`."
)
DATETIME = transform("datetime", ("datetime",), DateOptions, _datetime_codec, "A moment, kept in UTC.")
