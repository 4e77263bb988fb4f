"""Days and moments as people and programs write them; what could mean two days is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from transform_cases import codec, read, refused

AMBIGUOUS = "ambiguous_date: day and month cannot be told apart; say `day_first: true` or `false`"
NO_DATE = "bad_date: not a date; name its form with `formats`, or `epoch` where it counts from 1970"
NO_DAY = "bad_date: no such day in the calendar; check `day_first`"
NO_MONTH = "bad_date: not a date: no month has this name in English; see `formats`"


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


@pytest.mark.parametrize(
    ("raw", "options", "value"),
    [
        ("2026-05-31", {}, date(2026, 5, 31)),
        ("20260531", {}, date(2026, 5, 31)),
        ("2026/5/1", {}, date(2026, 5, 1)),
        ("31/12/2026", {}, date(2026, 12, 31)),
        ("12/31/2026", {}, date(2026, 12, 31)),
        ("03/03/2026", {}, date(2026, 3, 3)),
        ("31. 12. 68", {}, date(2068, 12, 31)),
        ("31.12.69", {}, date(1969, 12, 31)),
        ("1 May 2026", {}, date(2026, 5, 1)),
        ("May 1st, 2026", {}, date(2026, 5, 1)),
        ("1-May-26", {}, date(2026, 5, 1)),
        ("Fri, 1st of May 2026", {}, date(2026, 5, 1)),
        ("Sept. 5 2026", {}, date(2026, 9, 5)),
        ("9999-12-31", {}, date(9999, 12, 31)),
        ("9999-12-31T23:30:00Z", {"zone": "Asia/Tokyo"}, date(9999, 12, 31)),
        ("2026-05-01 10:00", {}, date(2026, 5, 1)),
        ("2026-05-01T23:30:00-05:00", {}, date(2026, 5, 2)),
        ("2026-05-01T23:30:00Z", {"zone": "Europe/Berlin"}, date(2026, 5, 2)),
        ("2026-05-01T23:30:00", {"zone": "Europe/Berlin"}, date(2026, 5, 1)),
        ("01/02/2026", {"day_first": True}, date(2026, 2, 1)),
        ("01/02/2026", {"day_first": False}, date(2026, 1, 2)),
        ("2026-01-02", {"day_first": True}, date(2026, 1, 2)),
        ("2026 31/05", {"formats": ["%d.%m.%Y", "%Y %d/%m"]}, date(2026, 5, 31)),
        ("1767225600000", {"epoch": "ms"}, date(2026, 1, 1)),
        (1767225600, {"epoch": "s"}, date(2026, 1, 1)),
        ("2026-01-01", {"epoch": "ms"}, date(2026, 1, 1)),
        ("\u200b", {}, ""),
        ("01/02/2026", {}, AMBIGUOUS),
        ("12/31/2026", {"day_first": True}, NO_DAY),
        ("2026-02-30", {}, NO_DAY),
        ("31 Foo 2026", {}, NO_MONTH),
        ("today", {}, NO_DATE),
        (45000, {}, NO_DATE),
        ("x" * 65, {}, "bad_date: not a date"),
        ("0001-01-01", {}, "bad_date: the year is before 1600"),
        ("9" * 15, {"epoch": "s"}, "bad_date: the count is out of range; see `epoch`"),
    ],
)
def test_date(raw, options, value):
    assert read(raw, "date", **options) == value


@pytest.mark.parametrize(
    ("raw", "options", "value"),
    [
        ("2026-05-01T10:00:00Z", {}, utc(2026, 5, 1, 10)),
        ("2026-05-01T10:00:00.123+0000", {}, utc(2026, 5, 1, 10, 0, 0, 123000)),
        ("2026-05-01", {"zone": "Europe/Berlin"}, utc(2026, 4, 30, 22)),
        ("5/31/2026 3:05 PM", {}, utc(2026, 5, 31, 15, 5)),
        ("5/31/2026 12:05 a.m.", {}, utc(2026, 5, 31, 0, 5)),
        ("31 May 2026, 15:05:06 +02:00", {}, utc(2026, 5, 31, 13, 5, 6)),
        ("1767225600.0", {"epoch": "s"}, utc(2026, 1, 1)),
        ("2026-01-01T00:00:00Z", {"epoch": "s"}, utc(2026, 1, 1)),
        ("1/2/2026 10:00", {}, AMBIGUOUS),
        ("5/31/2026 13:05 pm", {}, "bad_date: no such time of day"),
        ("5/31/2026 25:00", {}, "bad_date: no such time of day"),
        ("5/31/2026 10:00 +99:00", {}, "bad_date: no such time zone"),
        ("9999-12-31T23:30:00-05:00", {}, "bad_date: out of range in UTC"),
    ],
)
def test_datetime(raw, options, value):
    assert read(raw, "datetime", **options) == value


def test_a_time_that_the_clocks_skip_is_the_moment_after_the_gap():
    assert read("2026-03-08 02:30", "datetime", zone="America/New_York") == utc(2026, 3, 8, 7, 30)


def test_a_time_that_comes_twice_is_the_first_unless_its_offset_says_more():
    assert read("2026-11-01 01:30", "datetime", zone="America/New_York") == utc(2026, 11, 1, 5, 30)
    assert read("2026-11-01T01:30:00-05:00", "datetime", zone="America/New_York") == utc(2026, 11, 1, 6, 30)


def test_days_and_moments_are_written_as_the_crm_wants_them():
    assert codec("date").encode(date(2026, 5, 31)) == "2026-05-31"
    assert codec("date", format="%d.%m.%Y").encode(date(2026, 5, 31)) == "31.05.2026"
    assert codec("date", epoch="ms").encode(date(2026, 1, 1)) == "1767225600000"
    assert codec("date", wire="typed", epoch="ms").encode(date(2026, 1, 1)) == 1767225600000
    assert codec("datetime").encode(utc(2026, 5, 1, 10)) == "2026-05-01T10:00:00Z"
    assert codec("datetime").encode(utc(2026, 5, 1, 10, 0, 0, 123000)) == "2026-05-01T10:00:00.123Z"
    assert codec("datetime").encode(utc(2026, 5, 1, 10, 0, 0, 123)) == "2026-05-01T10:00:00.000123Z"
    assert codec("datetime", epoch="s").encode(utc(2026, 1, 1)) == "1767225600"
    in_berlin = codec("datetime", format="%d/%m/%Y %H:%M", zone="Europe/Berlin")
    assert in_berlin.encode(utc(2026, 5, 1, 22, 30)) == "02/05/2026 00:30"
    assert in_berlin.encode(utc(9999, 12, 31, 23, 30)) == "31/12/9999 23:30"


def test_a_format_must_hold_the_whole_day():
    part = "does not hold year, month and day, or holds %I without %p"
    assert refused("date", format="%d.%m.") == f"Value error, '%d.%m.' {part}"
    assert refused("date", formats=["%d %B"]) == f"Value error, '%d %B' {part}"
    assert refused("datetime", format="%Y-%m-%d %I:%M") == f"Value error, '%Y-%m-%d %I:%M' {part}"
    assert refused("date", format="%Q") == "Value error, '%Q' is no format that can be read back; see Python's strptime"


@pytest.mark.parametrize("zone", ["Berlin", "", "../etc/passwd", "Europe", "a\x00b"])
def test_a_zone_must_be_one(zone):
    assert refused("datetime", zone=zone) == (
        f"Value error, {zone!r} is no time zone; use an IANA name, such as Europe/Berlin"
    )
