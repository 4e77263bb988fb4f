"""Ids of rows that wait for a commit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from leadbridge.apply.staged import Staged

KEYS = st.binary(min_size=16, max_size=16).map(bytes.hex)
HEX_LIKE = st.text("0123456789abcdef ", min_size=32, max_size=32)
IDS = KEYS | KEYS.map(str.upper) | HEX_LIKE | st.text(min_size=1, max_size=40)


@given(st.lists(st.tuples(st.integers(1, 50), IDS), max_size=30))
def test_every_row_has_the_id_that_it_was_given_last(rows: list[tuple[int, str]]) -> None:
    staged = Staged()
    for number, id_ in rows:
        staged.add(number, id_)
    assert {n: staged.get(n) for n in range(60)} == {n: dict(rows).get(n) for n in range(60)}
