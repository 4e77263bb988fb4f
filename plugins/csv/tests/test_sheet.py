"""Headers and their names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from leadbridge_csv.sheet import field_names


def test_names_are_trimmed_unique_and_never_blank() -> None:
    assert field_names([" Email ", "Name", "", "Name", "Name#2", "\ufeffId", "Name"]) == (
        "Email",
        "Name",
        "column 3",
        "Name#3",
        "Name#2",
        "Id",
        "Name#4",
    )


@given(st.lists(st.text(max_size=3) | st.sampled_from(["a", "a#2", "a#3", "", "column 1"]), max_size=12))
def test_every_column_has_a_name_of_its_own(columns: list[str]) -> None:
    names = field_names(columns)
    assert len(names) == len(set(names)) == len(columns)
    assert all(name and "\0" not in name for name in names)
