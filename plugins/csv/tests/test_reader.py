"""Rows and what is no row: nothing swallowed, nothing lost, nothing held that is too long."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from leadbridge_csv import lines, tape
from leadbridge_csv.dialect import Dialect
from leadbridge_csv.objects import CsvFile
from leadbridge_csv.settings import CsvSettings
from leadbridge_csv.sheet import Sheet, opened

if TYPE_CHECKING:
    from conftest import Workspace

HEAD = "Id,Name\n"


def read(path: Path, **options: object) -> tuple[list[tuple[int, list[str]]], list[tuple[str, int]], Sheet]:
    """Good rows and bad ones, by line; and that every byte of the file is accounted for."""
    rows: list[tuple[int, list[str]]] = []
    bad: list[tuple[str, int]] = []
    with opened("crm", CsvFile(path, path.name), CsvSettings.model_validate({"path": "a.csv", **options})) as sheet:
        text = [sheet.head]
        for block in sheet.blocks():
            rows.extend(zip(block.numbers, block.rows, strict=True))
            bad.extend((one.code, one.line) for one in block.bad if one.code)
            text.extend(piece for _, piece, _ in block.pieces())
    assert sheet.encoding.mark + sheet.encoding.encode("".join(text)) == path.read_bytes()
    return rows, bad, sheet


@pytest.mark.parametrize(
    ("body", "rows", "bad"),
    [
        ("1,Ada\n", [(2, ["1", "Ada"])], []),
        ("1,Ada", [(2, ["1", "Ada"])], []),
        ("1,Ada\r\n2,Bob\r3,Cy\n", [(2, ["1", "Ada"]), (3, ["2", "Bob"]), (4, ["3", "Cy"])], []),
        ('1,"A\r\nB\nC\rD"\n2,E\n', [(2, ["1", "A\r\nB\nC\rD"]), (6, ["2", "E"])], []),
        ('1,"say ""hi"""\n', [(2, ["1", 'say "hi"'])], []),
        ('1,5" pipe\n2,"5" pipe"\n', [(2, ["1", '5" pipe']), (3, ["2", '5 pipe"'])], []),
        ("\n1,Ada\n,\n\n2,Bob\n", [(3, ["1", "Ada"]), (6, ["2", "Bob"])], []),
        ("1\n2,Bob\n3,Cy,X\n", [(3, ["2", "Bob"])], [("column_count", 2), ("column_count", 4)]),
        ("1,A\0\n2,Bob\n", [(3, ["2", "Bob"])], [("nul", 2)]),
        ("1,\x0b\u2028\x85\x1c\n", [(2, ["1", "\x0b\u2028\x85\x1c"])], []),
        ('1,"stray\n2,Bob\n3,Cy\n', [(3, ["2", "Bob"]), (4, ["3", "Cy"])], [("unclosed_quote", 2)]),
        ('1,"stray\n2,Bob\n3,"Cy"\n', [(3, ["2", "Bob"]), (4, ["3", "Cy"])], [("unclosed_quote", 2)]),
        ('"1","stray\n"2","Bob"\n', [(3, ["2", "Bob"])], [("unclosed_quote", 2)]),
        ('1,Ada\n2,"end', [(2, ["1", "Ada"])], [("unclosed_quote", 3)]),
        ('1,"one\ntwo"\n2,"3,4\n5,6"\n', [(2, ["1", "one\ntwo"]), (4, ["2", "3,4\n5,6"])], []),
        ('1,"a\nb",c\n2,Bob\n', [(4, ["2", "Bob"])], [("column_count", 2)]),
    ],
)
def test_rows(workspace: Workspace, body: str, rows: list[tuple[int, list[str]]], bad: list[tuple[str, int]]) -> None:
    found, rejected, _ = read(workspace.put("a.csv", HEAD + body), delimiter=",")
    assert (found, rejected) == (rows, bad)


def test_undecodable_rows(workspace: Workspace) -> None:
    path = workspace.put("a.csv", b"Id,Name\n1,Zo\xc3\xab\n2,Ren\xe9\n3,Cy\n")
    assert read(path)[:2] == ([(2, ["1", "Zoë"]), (4, ["3", "Cy"])], [("undecodable", 3)])


def test_a_quoted_header_may_span_lines(workspace: Workspace) -> None:
    rows, _, sheet = read(workspace.put("a.csv", '\n"Id","Full\nname"\n1,Ada\n'))
    assert sheet.names == ("Id", "Full\nname")
    assert rows == [(4, ["1", "Ada"])]


def test_a_stray_quote_in_the_header_swallows_nothing(workspace: Workspace) -> None:
    rows, _, sheet = read(workspace.put("a.csv", 'Id,"Name\n1,Ada\n2,Bob\n'), delimiter=",")
    assert sheet.names == ("Id", "Name")
    assert rows == [(2, ["1", "Ada"]), (3, ["2", "Bob"])]


def test_nor_does_one_that_goes_on_for_ever(workspace: Workspace) -> None:
    rows, _, sheet = read(workspace.put("a.csv", 'Id,"Name\n' + "1,Ada\n" * 200_000), delimiter=",", max_cell=1000)
    assert sheet.names == ("Id", "Name")
    assert len(rows) == 200_000


def test_the_delimiter_line_of_a_spreadsheet_is_no_header(workspace: Workspace) -> None:
    rows, _, sheet = read(workspace.put("a.csv", "sep=;\r\nId;Name\r\n1;Ada\r\n"))
    assert sheet.names == ("Id", "Name")
    assert rows == [(3, ["1", "Ada"])]


def test_over_long_cells(workspace: Workspace) -> None:
    path = workspace.put("a.csv", HEAD + f"1,{'x' * 11}\n2,{'x' * 10}\n")
    assert read(path, max_cell=10)[:2] == ([(3, ["2", "x" * 10])], [("cell_too_long", 2)])


@pytest.mark.parametrize(
    "cell",
    ["x" * 3_000_000, '"' + "x" * 3_000_000 + '"', '"' + "line\n" * 600_000 + '"', '"' + "a,b,c\n" * 400_000 + '"'],
    ids=["plain", "quoted", "lines", "rows of another width"],
)
def test_a_row_that_cannot_be_held_ends_where_it_ends(workspace: Workspace, cell: str) -> None:
    rows, bad, _ = read(workspace.put("a.csv", f"{HEAD}1,Ada\n2,{cell}\n3,Cy\n"), max_cell=1000)
    assert [row for _, row in rows] == [["1", "Ada"], ["3", "Cy"]]
    assert bad == [("cell_too_long", 3)]


def test_a_stray_quote_before_a_million_rows_costs_one(workspace: Workspace) -> None:
    rows, bad, _ = read(workspace.put("a.csv", HEAD + '1,"stray\n' + "2,Bob\n" * 300_000), max_cell=1000)
    assert bad == [("unclosed_quote", 2)]
    assert len(rows) == 300_000


def test_going_back_is_limited(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every line opens a quote that the next one closes and opens again."""
    monkeypatch.setattr(tape, "_LEAST_BUDGET", 1000)
    path = workspace.put("a.csv", HEAD + '5",""",y\n' * 2000 + "3,Cy\n")
    rows, bad, _ = read(path, delimiter=",", quote='"')
    assert rows == [(2002, ["3", "Cy"])]
    assert len(bad) == 2000


def test_a_long_line_after_the_limit_is_one_reject(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workspace.put("a.csv", HEAD + '1,"a\n' * 10 + f"{'x' * 3_000_000}\n3,Cy\n")
    monkeypatch.setattr(tape.Tape, "confined", property(lambda _: True))
    rows, bad, _ = read(path, delimiter=",", quote='"', max_cell=1000)
    assert rows == [(13, ["3", "Cy"])]
    assert bad[-1] == ("cell_too_long", 12)


TEXT = st.text(alphabet='ab1,;"\n\r\0é\udce9 ', max_size=60)


@settings(deadline=None, max_examples=300)
@given(body=TEXT, chunk=st.sampled_from([1, 2, 3, 7, 1 << 17]))
def test_every_byte_is_a_row_or_told(tmp_path_factory: pytest.TempPathFactory, body: str, chunk: int) -> None:
    """However the file is cut into chunks, the same comes out, and all of its text with it."""
    path = tmp_path_factory.mktemp("files") / "a.csv"
    path.write_bytes((HEAD + body).encode("utf-8", "surrogateescape"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "SIZE", chunk)
        patch.setattr("leadbridge_csv.reader._LEAST_ROW", 40)
        cut = read(path, delimiter=",", quote='"', max_cell=8, encoding="utf-8")
        patch.setattr(lines, "SIZE", 1 << 17)
        whole = read(path, delimiter=",", quote='"', max_cell=8, encoding="utf-8")
    assert cut[:2] == whole[:2]
    assert all(len(row) == 2 for _, row in whole[0])


@settings(deadline=None, max_examples=50)
@given(
    rows=st.lists(st.tuples(st.text("ab \n\r\"',é€", min_size=1, max_size=8), st.text(max_size=3)), max_size=8),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-32"]),
)
def test_sound_files_are_read_whole(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], encoding: str
) -> None:
    path = tmp_path_factory.mktemp("files") / "a.csv"
    dialect = Dialect()
    clean = [[a, b.replace("\0", "").encode("utf-8", "ignore").decode()] for a, b in rows]
    path.write_bytes("".join([HEAD, *(dialect.write(row, "\n") for row in clean)]).encode(encoding))
    found, bad, _ = read(path, delimiter=",", quote='"', encoding=encoding.removesuffix("-sig"))
    assert [row for _, row in found] == clean
    assert bad == []
