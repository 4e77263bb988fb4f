"""Values come back from their text exactly as they were."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import create_engine

from leadbridge.golden import Held
from leadbridge.state import codec
from leadbridge.state.names import Names
from leadbridge.state.schema import UtcTime, metadata
from leadbridge.values import MISSING

TEXT = st.text(max_size=12)
MOMENTS = st.datetimes(timezones=st.just(UTC)).map(lambda at: at.replace(fold=0))  # no meaning in UTC
VALUES: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    TEXT,
    st.decimals(allow_nan=False),
    st.dates(),
    MOMENTS,
    st.lists(TEXT, max_size=3).map(tuple),
    st.sampled_from(["", 0, 0.0, -0.0, False, (), Decimal("0.00"), Decimal("-0"), Decimal("1E+3"), '{"n":"1"}', "\0"]),
)
# Names are provider fields, such as the header of a file that anybody may have written.
FIELDS = st.dictionaries(TEXT | st.sampled_from(["n", "d", "t", "", "$"]), VALUES, max_size=8)


HELD = st.builds(Held, VALUES, st.sampled_from(["sf", "hs", ""]), st.integers(0, 3), st.none() | MOMENTS)


def exact(values: Mapping[str, Any]) -> list[tuple[str, type, str]]:
    """Told apart by type and spelling too: ``0``, ``0.0``, ``False`` and ``Decimal("0.00")`` are equal to Python."""
    return sorted((name, type(value), repr(value)) for name, value in values.items())


def names() -> Names:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    return Names(engine.connect())


@given(FIELDS)
@example({"half a pair": "\ud800", "umlaut": "\xfc"})
def test_fields_come_back_exactly(values: dict[str, Any]) -> None:
    text = codec.encode(values)

    assert exact(codec.decode(text)) == exact(values)
    assert json.loads(text.encode()) is not None  # every database takes it


NAMES = names()


@given(FIELDS)
def test_packed_fields_come_back_exactly(values: dict[str, Any]) -> None:
    text = NAMES.pack(values)

    assert exact(NAMES.unpack(text)) == exact(values)
    assert NAMES.pack_known(dict(reversed(values.items()))) == text


@given(st.dictionaries(TEXT, HELD, max_size=8))
def test_golden_fields_come_back_exactly(fields: dict[str, Held]) -> None:
    found = NAMES.unpack_held(NAMES.pack_held(fields))

    assert exact({name: held.value for name, held in found.items()}) == exact({n: h.value for n, h in fields.items()})
    assert {n: (h.origin, h.run, h.stamp) for n, h in found.items()} == {
        n: (h.origin, h.run, h.stamp) for n, h in fields.items()
    }


@given(st.datetimes(timezones=st.timezones()))
def test_times_come_back_exactly_in_utc(moment: datetime) -> None:
    try:
        expected = moment.astimezone(UTC)
    except OverflowError:  # the first and the last day of the calendar have no neighbour
        return
    column = UtcTime()
    found = codec.decode(codec.encode({"at": moment}))["at"]

    assert (found, found.tzinfo) == (expected, UTC)
    assert column.process_result_value(column.process_bind_param(moment, None), None) == expected


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (MISSING, "a Missing cannot be kept as a value; a missing one is left out"),
        (b"bytes", "a bytes cannot be kept as a value; a missing one is left out"),
        (timedelta(1), "a timedelta cannot be kept as a value; a missing one is left out"),
        (datetime(2026, 1, 1), "a datetime without a time zone cannot be kept"),  # noqa: DTZ001  (that is the point)
    ],
)
def test_what_is_no_value_is_refused(value: Any, said: str) -> None:
    for write in (codec.encode, NAMES.pack):
        with pytest.raises(ValueError, match=f"^{said}$"):
            write({"x": value})


def test_other_time_zones_become_utc() -> None:
    found = codec.decode(codec.encode({"x": datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))}))

    assert repr(found["x"]) == repr(datetime(2025, 12, 31, 23, tzinfo=UTC))


def test_the_text_is_compact() -> None:
    assert (
        codec.encode({"a": Decimal("1.50"), "b": ("x", "y"), "c": None}) == '{"a":{"n":"1.50"},"b":["x","y"],"c":null}'
    )
    packed = names().pack({"a long name": "ü", "another": False})
    assert packed == '[1,"ü",2,false]'
