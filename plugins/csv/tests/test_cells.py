"""Cells that a spreadsheet would run, and the way back."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from leadbridge_csv.cells import as_text, neutralise, restore, restore_row

from leadbridge.values import MISSING


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("-2+3", "'-2+3"),
        ("\t=1", "'\t=1"),
        ("\r=1", "'\r=1"),
        ("'=1", "''=1"),
        ("-5", "-5"),
        ("-1.234,50", "-1.234,50"),
        ("+49 69 1234", "+49 69 1234"),
        ("'tis", "'tis"),
        ("Ada", "Ada"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_risky_cells_are_neutralised(text: str, cell: str) -> None:
    assert neutralise(text) == cell
    assert restore(cell) == text


@pytest.mark.parametrize("cell", ["=1+1", "+1 (415) 555-0100", "-", "@ada"])
def test_what_people_wrote_without_a_quote_is_left_alone(cell: str) -> None:
    assert restore(cell) == cell


@given(st.text() | st.text(alphabet="'=+-@\t\r 1."))
def test_neutralising_loses_nothing(text: str) -> None:
    assert restore(neutralise(text)) == text


@given(st.text(alphabet="'=+-@\t\ra"))
def test_no_spreadsheet_runs_what_is_written(text: str) -> None:
    cell = neutralise(text)
    assert cell[:1] not in set("=+-@\t\r") or set(cell) <= set("+- .,0123456789")


def test_a_row_is_restored_cell_by_cell() -> None:
    assert restore_row(["'=1", "'tis", ""]) == ["=1", "'tis", ""]


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (None, ""),
        (MISSING, ""),
        ("", ""),
        (0, "0"),
        (False, "false"),
        (True, "true"),
        (Decimal("1E+3"), "1000"),
        (Decimal("12.50"), "12.50"),
        (1.5, "1.5"),
    ],
)
def test_raw_values_as_text(raw: object, text: str) -> None:
    assert as_text(raw) == text  # type: ignore[arg-type]
