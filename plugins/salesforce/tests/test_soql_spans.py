"""Date literals on a known day, and what holds for all of them on every day."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadbridge_salesforce.sandbox.soql.spans import COUNTED, PLAIN, days_of, fiscal_quarter_end

WEDNESDAY = date(2026, 11, 25)

TABLE = [
    ("YESTERDAY", 0, "2026-11-24", "2026-11-25"),
    ("TODAY", 0, "2026-11-25", "2026-11-26"),
    ("TOMORROW", 0, "2026-11-26", "2026-11-27"),
    ("LAST_WEEK", 0, "2026-11-15", "2026-11-22"),
    ("THIS_WEEK", 0, "2026-11-22", "2026-11-29"),
    ("NEXT_WEEK", 0, "2026-11-29", "2026-12-06"),
    ("LAST_MONTH", 0, "2026-10-01", "2026-11-01"),
    ("THIS_MONTH", 0, "2026-11-01", "2026-12-01"),
    ("NEXT_MONTH", 0, "2026-12-01", "2027-01-01"),
    ("LAST_90_DAYS", 0, "2026-08-27", "2026-11-26"),
    ("NEXT_90_DAYS", 0, "2026-11-26", "2027-02-24"),
    ("LAST_N_DAYS", 7, "2026-11-18", "2026-11-26"),
    ("NEXT_N_DAYS", 7, "2026-11-26", "2026-12-03"),
    ("N_DAYS_AGO", 7, "2026-11-18", "2026-11-19"),
    ("LAST_N_WEEKS", 2, "2026-11-08", "2026-11-22"),
    ("NEXT_N_WEEKS", 2, "2026-11-29", "2026-12-13"),
    ("N_WEEKS_AGO", 2, "2026-11-08", "2026-11-15"),
    ("LAST_N_MONTHS", 12, "2025-11-01", "2026-11-01"),
    ("NEXT_N_MONTHS", 2, "2026-12-01", "2027-02-01"),
    ("N_MONTHS_AGO", 11, "2025-12-01", "2026-01-01"),
    ("THIS_QUARTER", 0, "2026-10-01", "2027-01-01"),
    ("LAST_N_QUARTERS", 2, "2026-04-01", "2026-10-01"),
    ("N_QUARTERS_AGO", 3, "2026-01-01", "2026-04-01"),
    ("LAST_YEAR", 0, "2025-01-01", "2026-01-01"),
    ("NEXT_N_YEARS", 2, "2027-01-01", "2029-01-01"),
    ("N_YEARS_AGO", 5, "2021-01-01", "2022-01-01"),
]


@pytest.mark.parametrize(("name", "count", "first", "end"), TABLE)
def test_the_days_of_a_literal(name: str, count: int, first: str, end: str) -> None:
    days = days_of(name, count, WEDNESDAY, fiscal_start=1)
    assert days is not None
    assert (days.first.isoformat(), days.end.isoformat()) == (first, end)


@pytest.mark.parametrize(
    ("name", "count", "start", "first", "end"),
    [
        ("THIS_FISCAL_QUARTER", 0, 1, "2026-10-01", "2027-01-01"),
        ("THIS_FISCAL_QUARTER", 0, 2, "2026-11-01", "2027-02-01"),
        ("LAST_FISCAL_QUARTER", 0, 12, "2026-06-01", "2026-09-01"),
        ("NEXT_N_FISCAL_QUARTERS", 2, 3, "2026-12-01", "2027-06-01"),
        ("THIS_FISCAL_YEAR", 0, 2, "2026-02-01", "2027-02-01"),
        ("THIS_FISCAL_YEAR", 0, 12, "2025-12-01", "2026-12-01"),
        ("N_FISCAL_YEARS_AGO", 1, 7, "2025-07-01", "2026-07-01"),
    ],
)
def test_fiscal_periods_follow_the_orgs_year(name: str, count: int, start: int, first: str, end: str) -> None:
    days = days_of(name, count, WEDNESDAY, start)
    assert days is not None
    assert (days.first.isoformat(), days.end.isoformat()) == (first, end)


DAYS = st.dates(date(1950, 1, 1), date(2150, 1, 1))
MONTHS = st.integers(1, 12)


@given(DAYS, MONTHS, st.sampled_from(sorted(n for n in PLAIN if n.startswith("THIS"))))
def test_this_period_holds_today_and_meets_its_neighbours(today: date, start: int, name: str) -> None:
    last, this, following = (days_of(name.replace("THIS", w), 0, today, start) for w in ("LAST", "THIS", "NEXT"))
    assert last and this and following
    assert this.first <= today < this.end
    assert (last.end, this.end) == (this.first, following.first)


@given(DAYS, MONTHS, st.integers(1, 50), st.sampled_from(sorted(n for n in COUNTED if n.startswith("LAST"))))
def test_the_last_n_are_each_of_the_n_ago(today: date, start: int, count: int, name: str) -> None:
    whole = days_of(name, count, today, start)
    ago = "N_" + name.removeprefix("LAST_N_") + "_AGO"
    each = [days_of(ago, number, today, start) for number in range(count, 0, -1)]
    assert whole
    assert each[0]
    assert whole.first == each[0].first
    for one, other in itertools.pairwise(each):
        assert one
        assert other
        assert one.end == other.first


def test_what_lies_outside_the_calendar() -> None:
    assert days_of("N_YEARS_AGO", 3000, WEDNESDAY, 1) is None
    assert days_of("NEXT_N_DAYS", 10**9, WEDNESDAY, 1) is None


@given(DAYS, MONTHS)
def test_a_quarter_ends_on_the_eve_of_the_next(today: date, start: int) -> None:
    end = fiscal_quarter_end(today, start)
    assert end >= today
    assert (end + timedelta(days=1)).day == 1
    assert ((end + timedelta(days=1)).month - start) % 3 == 0
