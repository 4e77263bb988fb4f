"""Rows that wait to be added: the same in memory and beyond it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from leadbridge_csv import added
from leadbridge_csv.index import GrowingIndex

CELLS = st.lists(st.text(), min_size=1, max_size=3)
STEPS = st.lists(st.tuples(st.integers(0, 30), st.none() | CELLS), max_size=40)


@given(st.integers(1, 4), STEPS)
def test_places_stay_whatever_is_in_memory(kept: int, steps: list[tuple[int, list[str] | None]]) -> None:
    rows, model = added.Added(), dict[int, list[str] | None]()
    limit, added._KEPT = added._KEPT, kept  # type: ignore[misc]  # few rows in memory
    try:
        for at, cells in steps:
            if model.get(at) is not None:
                rows.replace(at, cells)
                model[at] = cells
            elif cells is not None:
                model[rows.append(cells)] = cells
        assert list(rows) == [cells for _, cells in sorted(model.items()) if cells is not None]
        assert {place: rows.row(place) for place in model} == model
        assert len(rows) == len(list(rows))
    finally:
        rows.close()
        added._KEPT = limit  # type: ignore[misc]  # as it was


@given(st.lists(st.integers(0, (1 << 64) - 1) | st.integers(0, 3), max_size=3_000))
def test_a_growing_index_finds_every_place(hashes: list[int]) -> None:
    index = GrowingIndex()
    for place, one in enumerate(hashes):
        index.add(one, place)
    for place, one in enumerate(hashes):
        assert place in list(index.places(one))
    stranger = 1 << 63 | 12345 << 30
    assert list(index.places(stranger)) == [place for place, one in enumerate(hashes) if one >> 28 == stranger >> 28]
