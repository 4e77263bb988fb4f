"""Equivalence of values is an equivalence relation for every type, and the kinds of nothing stay apart."""

from __future__ import annotations

from datetime import timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadbridge.subjects import TYPES
from leadbridge.values import MISSING

NOTHINGS = [MISSING, None, "", 0, False]
ZONES = st.sampled_from(
    [ZoneInfo("UTC"), ZoneInfo("America/New_York"), ZoneInfo("Europe/Berlin"), timezone(timedelta(hours=14))]
)
# Few letters and few numbers, so that equal and nearly equal values are drawn often.
TEXTS = st.text(alphabet="aA\u00c4a\u0308 \r\n/:.@+1\u0130\u00df", max_size=6) | st.text(max_size=4)
VALUES = (
    st.sampled_from([MISSING, None, "", (), 0, False, True, 1, "0", Decimal("NaN"), Decimal("sNaN"), Decimal("-0")])
    | TEXTS
    | st.integers(-2, 2)
    | st.booleans()
    | st.decimals(min_value=-2, max_value=2, places=1)
    | st.decimals()
    | st.dates()
    | st.datetimes(timezones=ZONES)
    | st.lists(st.sampled_from(["a", "b", "c"]), max_size=3).map(tuple)
)


@pytest.mark.parametrize("type_", TYPES.values(), ids=lambda t: t.name)
class TestEveryType:
    @given(a=VALUES, b=VALUES, c=VALUES)
    @settings(max_examples=150, deadline=None)
    def test_equivalence_is_reflexive_symmetric_and_transitive(self, type_, a, b, c):
        same = type_.equivalent
        assert same(a, a)
        assert same(a, b) == same(b, a)
        if same(a, b) and same(b, c):
            assert same(a, c)

    @pytest.mark.parametrize("left", NOTHINGS)
    @pytest.mark.parametrize("right", NOTHINGS)
    def test_missing_null_blank_zero_and_false_are_five_things(self, type_, left, right):
        assert type_.equivalent(left, right) is (left is right)
