"""Promises of the provider, against an oracle that is too simple to be wrong."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leadbridge_csv.provider import CsvProvider
from leadbridge_csv.settings import CsvSettings

from leadbridge.provider import Action, Page, Site

COLUMNS = ("Id", "Name", "City")
SOUND = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
CELL = st.text(SOUND, max_size=6) | st.text("'=+-@\t\r\n\",; 1a", max_size=6)
KEY = st.sampled_from(["1", "2", "3", "=4", "-5", "Zoë", "a b"])
TABLE = st.dictionaries(KEY, st.tuples(CELL, CELL), max_size=7)
ROWS = st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["", "x", "y"])), max_size=8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("project")


def save(folder: Path, names: Sequence[str], rows: Sequence[Sequence[str]], delimiter: str = ",") -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows([names, *rows])
    (folder / "a.csv").write_bytes(text.getvalue().encode())


def connect(folder: Path, key: str | None = "Id", delimiter: str = ",") -> CsvProvider:
    return CsvProvider(Site("crm", folder), CsvSettings(path="a.csv", key=key, delimiter=delimiter, encoding="utf-8"))


def capture(provider: CsvProvider, cursor: str | None = None) -> tuple[dict[str, dict[str, object]], list[str], Page]:
    pages = list(provider.capture("a.csv", cursor))
    records = {record.ref.id: dict(record.values) for page in pages for record in page.records}
    assert [reject for page in pages for reject in page.rejects] == []
    return records, sorted(gone.ref.id for page in pages for gone in page.gone), pages[-1]


def rows_of(table: dict[str, tuple[str, str]]) -> list[list[str]]:
    return [[key, *cells] for key, cells in table.items()]


@settings(deadline=None)
@given(before=TABLE, after=TABLE, order=st.permutations(COLUMNS), turn=st.randoms(use_true_random=False))
def test_new_changed_and_gone_are_the_difference_of_sets(
    folder: Path, before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]], order: list[str], turn: Random
) -> None:
    provider = connect(folder)
    save(folder, COLUMNS, rows_of(before))
    _, _, page = capture(provider)
    shuffled = [[dict(zip(COLUMNS, row, strict=True))[name] for name in order] for row in rows_of(after)]
    turn.shuffle(shuffled)
    save(folder, order, shuffled)
    records, gone, last = capture(provider, page.cursor)
    assert sorted(records) == sorted(key for key, cells in after.items() if before.get(key) != cells)
    assert gone == sorted(set(before) - set(after))
    assert (last.complete, last.seen) == (True, len(after))
    again, gone, _ = capture(provider, last.cursor)
    assert (again, gone) == ({}, [])


@settings(deadline=None)
@given(before=ROWS, after=ROWS)
def test_an_inbox_reports_what_there_is_more_of(
    folder: Path, before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    provider = connect(folder, key=None)
    save(folder, ("A", "B"), before)
    old, _, page = capture(provider)
    save(folder, ("A", "B"), after)
    new, gone, _ = capture(provider, page.cursor)
    assert Counter((row["A"], row["B"]) for row in new.values()) == Counter(after) - Counter(before)
    assert gone == []
    assert not set(new) & set(old)


@settings(deadline=None)
@given(rows=ROWS, turn=st.randoms(use_true_random=False))
def test_ids_of_an_inbox_depend_on_neither_order(folder: Path, rows: list[tuple[str, str]], turn: Random) -> None:
    provider = connect(folder, key=None)
    save(folder, ("A", "B"), rows)
    ids = set(capture(provider)[0])
    turned = [row[::-1] for row in rows]
    turn.shuffle(turned)
    save(folder, ("B", "A"), turned)
    assert set(capture(provider)[0]) == ids
    assert len(ids) == len(rows)


@settings(deadline=None)
@given(before=TABLE, after=TABLE, delimiter=st.sampled_from(",;\t|"))
def test_what_is_written_is_captured(
    folder: Path, before: dict[str, tuple[str, str]], after: dict[str, tuple[str, str]], delimiter: str
) -> None:
    """One table turned into any other, cell by cell; only what was written is captured after it."""
    provider = connect(folder, delimiter=delimiter)
    save(folder, COLUMNS, rows_of(before), delimiter)
    seen, _, page = capture(provider)
    wanted = {key: dict(zip(COLUMNS, (key, *cells), strict=True)) for key, cells in after.items()}
    provider.begin()
    results = provider.write(actions(seen, wanted))
    provider.commit()
    assert {result.state for result in results} <= {"done"}
    assert capture(provider)[0] == wanted
    changed, gone, _ = capture(provider, page.cursor)
    assert changed == {key: row for key, row in wanted.items() if seen.get(key) != row}
    assert gone == sorted(set(seen) - set(wanted))


def actions(seen: dict[str, dict[str, object]], wanted: dict[str, dict[str, str]]) -> list[Action]:
    verbs = [(Action(0, "delete", "a.csv", key, expected=seen[key]), key) for key in seen if key not in wanted]  # type: ignore[arg-type]
    for key, row in wanted.items():
        if key in seen:
            verbs.append((Action(0, "update", "a.csv", key, row, seen[key]), key))  # type: ignore[arg-type]
        else:
            verbs.append((Action(0, "create", "a.csv", values=row), key))
    return [one for one, _ in verbs]
