"""Limits, spans and time tables: what is read, and what is refused with which words."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from leadbridge.config.cron import cron
from leadbridge.config.words import Limit, limit, span


@pytest.mark.parametrize(
    ("written", "expected", "shown"),
    [
        ("2%", Limit(share=Decimal("0.02")), "2 %"),
        ("12.5 %", Limit(share=Decimal("0.125")), "12.5 %"),
        ("0%", Limit(share=Decimal(0)), "0 %"),
        ("100%", Limit(share=Decimal(1)), "100 %"),
        (0, Limit(count=0), "0"),
        (500, Limit(count=500), "500"),
    ],
)
def test_limits(written: Any, expected: Limit, shown: str) -> None:
    assert limit(written) == expected
    assert str(limit(written)) == shown


@pytest.mark.parametrize("written", ["101%", "2", "-1%", "%", "2%%", -1, True, None, Decimal("1.5"), [], "٢%"])
def test_no_limits(written: Any) -> None:
    with pytest.raises(ValueError, match=r"^must be a share such as `2%`, or a whole number of records$"):
        limit(written)


@pytest.mark.parametrize(("written", "seconds"), [(60, 60), ("60s", 60), ("5 m", 300), ("1h", 3600), (0, 0)])
def test_spans(written: Any, seconds: int) -> None:
    assert span(written) == timedelta(seconds=seconds)


@pytest.mark.parametrize("written", ["60", "5x", -1, True, None, "9999999s", [], "s"])
def test_no_spans(written: Any) -> None:
    with pytest.raises(ValueError, match=r"^must be seconds, or a time such as `60s`, `5m` or `1h`$"):
        span(written)


@pytest.mark.parametrize(
    "text", ["* * * * *", "*/15 * * * *", "0 6 * * mon-fri", "0,30 8-18/2 1 JAN,jul 7", "59 23 31 12 0"]
)
def test_time_tables(text: str) -> None:
    assert cron(text) == text


FIVE = "must be five fields (minute, hour, day of the month, month, day of the week), such as `*/15 * * * *`"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", FIVE),
        ("* * * *", FIVE),
        ("@daily", FIVE),
        ("60 * * * *", "the minute must be from 0 to 59, such as `*`, `0`, `0-59` or `*/2`"),
        ("* 24 * * *", "the hour must be from 0 to 23, such as `*`, `0`, `0-23` or `*/2`"),
        ("* * 0 * *", "the day of the month must be from 1 to 31, such as `*`, `1`, `1-31` or `*/2`"),
        ("* * * mon *", "the month must be from 1 to 12, such as `*`, `1`, `1-12` or `*/2`"),
        ("* * * * 8", "the day of the week must be from 0 to 7, such as `*`, `0`, `0-7` or `*/2`"),
        ("*/0 * * * *", "the minute must be from 0 to 59, such as `*`, `0`, `0-59` or `*/2`"),
        ("9-5 * * * *", "the minute must be from 0 to 59, such as `*`, `0`, `0-59` or `*/2`"),
        ("1, * * * *", "the minute must be from 0 to 59, such as `*`, `0`, `0-59` or `*/2`"),
        ("-1 * * * *", "the minute must be from 0 to 59, such as `*`, `0`, `0-59` or `*/2`"),
    ],
)
def test_no_time_tables(text: str, expected: str) -> None:
    with pytest.raises(ValueError) as caught:
        cron(text)
    assert str(caught.value) == expected
