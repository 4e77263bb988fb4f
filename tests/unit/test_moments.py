from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from leadbridge.moments import MomentFault, compile_moment, is_moment

NOW = datetime(2024, 1, 31, 15, 30, 20, tzinfo=UTC)  # a Wednesday in a leap year


@pytest.mark.parametrize(
    ("source", "day"),
    [
        ("now", date(2024, 1, 31)),
        ("today", date(2024, 1, 31)),
        ("start_of_week", date(2024, 1, 29)),
        ("end_of_week", date(2024, 2, 4)),
        ("start_of_month", date(2024, 1, 1)),
        ("end_of_month", date(2024, 1, 31)),
        ("start_of_quarter", date(2024, 1, 1)),
        ("end_of_quarter", date(2024, 3, 31)),
        ("start_of_year", date(2024, 1, 1)),
        ("end_of_year", date(2024, 12, 31)),
        ("today + 1m", date(2024, 2, 29)),
        ("today+1m-1d", date(2024, 2, 28)),
        ("today - 1d + 1m", date(2024, 2, 29)),
        ("today + 13m", date(2025, 2, 28)),
        ("today + 1y", date(2025, 1, 31)),
        ("today - 2q", date(2023, 7, 31)),
        (" today + 2w ", date(2024, 2, 14)),
        ("end_of_quarter + 14d", date(2024, 4, 14)),
        ("today - 1m", date(2023, 12, 31)),
    ],
)
def test_reckons_on_the_calendar(source, day):
    assert compile_moment(source).day(NOW) == day


@pytest.mark.parametrize(
    ("source", "at"),
    [
        ("now", NOW),
        ("now + 1m", datetime(2024, 2, 29, 15, 30, 20, tzinfo=UTC)),
        ("today", datetime(2024, 1, 31, tzinfo=UTC)),
        ("start_of_year", datetime(2024, 1, 1, tzinfo=UTC)),
        ("end_of_year", datetime(2024, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_gives_a_time_of_day(source, at):
    assert compile_moment(source).at(NOW) == at


def test_uses_the_zone_of_now():
    now = datetime(2024, 6, 30, 22, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Vienna"))  # there already 1 July
    assert compile_moment("end_of_quarter").day(now) == date(2024, 9, 30)
    assert compile_moment("today").at(now) == datetime(2024, 6, 30, 22, tzinfo=UTC)
    assert compile_moment("today + 6m").at(now) == datetime(2024, 12, 31, 23, tzinfo=UTC)  # winter time


def test_needs_an_aware_now():
    with pytest.raises(ValueError, match="needs an aware now"):
        compile_moment("today").at(datetime(2024, 1, 1))  # noqa: DTZ001  (the naive time is the point)


@pytest.mark.parametrize(
    ("source", "message", "suggestion"),
    [
        ("", "not a moment: write a word such as today, then steps such as + 14d or - 1m", None),
        ("today + 14", "not a moment: write a word such as today, then steps such as + 14d or - 1m", None),
        ("today + d", "not a moment: write a word such as today, then steps such as + 14d or - 1m", None),
        ("end_of_quater", "unknown moment 'end_of_quater'", "end_of_quarter"),
        ("today + 2 days", "unknown unit 'days'; use d, w, m, q or y", "d"),
        ("today + 2h", "unknown unit 'h'; use d, w, m, q or y", None),
        ("today + 1001y", "leads more than a thousand years away", None),
        ("today + 999999d", "leads more than a thousand years away", None),
    ],
)
def test_a_fault_is_one_sentence(source, message, suggestion):
    with pytest.raises(MomentFault) as fault:
        compile_moment(source)
    assert (fault.value.message, fault.value.suggestion) == (message, suggestion)


@pytest.mark.parametrize(
    ("text", "says"),
    [("end_of_quarter", True), ("today + x", True), ("Prospecting", False), ("now or never", False), ("", False)],
)
def test_tells_a_moment_from_plain_text(text, says):
    assert is_moment(text) is says
