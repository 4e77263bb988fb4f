"""What can be wrong with files and paths, each with the exact words that a person reads."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from leadbridge_csv import sheet as sheet_module
from leadbridge_csv.provider import CsvProvider

from leadbridge.errors import BusyError, ConnectionFailedError, UsageError
from leadbridge.provider import Action

if TYPE_CHECKING:
    from conftest import Workspace

HEAD = "Id,Name\n"


@pytest.mark.parametrize("data", ["", "\ufeff", "\n\n", HEAD, "Id,Name", HEAD + ",\n"])
def test_no_rows_are_no_error(workspace: Workspace, data: str) -> None:
    workspace.put("a.csv", data)
    captured = workspace.capture(key="Id")
    assert (captured.records, captured.rejects, captured.last.complete, captured.last.seen) == ([], [], True, 0)
    assert workspace.capture(key="Id", cursor=captured.cursor).last.complete


def test_duplicate_headers_keep_every_column(workspace: Workspace) -> None:
    workspace.put("a.csv", "Id,Name,Name,Name\n1,a,b,c\n")
    assert workspace.capture(key="Id").rows == [{"Id": "1", "Name": "a", "Name#2": "b", "Name#3": "c"}]


def test_two_thousand_columns(workspace: Workspace) -> None:
    names = [f"Column {n}" for n in range(2000)]
    workspace.put("a.csv", "\n".join([",".join(names), ",".join(map(str, range(2000)))]))
    (row,) = workspace.capture(key="Column 0").rows
    assert row == {f"Column {n}": str(n) for n in range(2000)}


@pytest.mark.parametrize(
    ("row", "code", "reason", "remedy"),
    [
        (
            b"1,Ada,Berlin\n",
            "column_count",
            "the row has 3 cells, the header has 2",
            "add what is missing, or put quotes around a cell that holds the delimiter",
        ),
        (
            b"1\n",
            "column_count",
            "the row has 1 cell, the header has 2",
            "add what is missing, or put quotes around a cell that holds the delimiter",
        ),
        (
            b"1,Ren\xe9\n",
            "undecodable",
            "the row holds bytes that are not utf-8",
            "save the file as UTF-8, or name the encoding it was saved in (encoding: cp1252)",
        ),
        (b"1,A\0da\n", "nul", "the row holds a NUL character", "export the file again: this one is damaged"),
        (
            b"1," + b"x" * 1001 + b"\n",
            "cell_too_long",
            "a cell of the row is longer than 1000 characters, or the row than four such cells",
            "shorten the text, close a quote that was left open, or raise max_cell",
        ),
        (
            b'1,"Ada\n',
            "unclosed_quote",
            "a quote is opened in this row and not closed",
            "close it, or double it and quote the whole cell where it is part of the text",
        ),
        (
            b",Ada\n",
            "missing_key",
            "the row's 'Id', the key, is blank",
            "fill it in; until then no row of this object counts as deleted",
        ),
    ],
)
def test_a_bad_row_says_why_and_the_rest_go_on(
    workspace: Workspace, row: bytes, code: str, reason: str, remedy: str
) -> None:
    workspace.put("a.csv", "Id,Name\n0,Zoë\n".encode() + row + b"2,Bob\n3,Cy\n")
    captured = workspace.capture(key="Id", max_cell=1000)
    (reject,) = captured.rejects
    assert (reject.code, reject.reason, reject.remedy) == (code, reason, remedy)
    assert reject.source == "a.csv:3"
    assert captured.ids == ["0", "2", "3"]


def test_raw_text_is_kept_short_and_printable(workspace: Workspace) -> None:
    workspace.put("a.csv", b"Id,Name\n1,Ren\xe9\n2,Zo\xc3\xab,x\n3," + b"y" * 50_000 + b"\n")
    rejects = workspace.capture(key="Id", max_cell=1000).rejects
    assert rejects[0].raw == {"Id": "1", "Name": r"Ren\xe9"}
    assert rejects[1].raw == {"line": "2,Zoë,x\n"}
    assert rejects[2].raw == {"Id": "3", "Name": "y" * 2048}


def test_mixed_line_ends(workspace: Workspace) -> None:
    workspace.put("a.csv", 'Id,Name\r\n1,Ada\n2,"Bob\r\nand\rCy"\r3,Di')
    assert [row["Name"] for row in workspace.capture(key="Id").rows] == ["Ada", "Bob\r\nand\rCy", "Di"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32"])
def test_wide_encodings(workspace: Workspace, encoding: str) -> None:
    workspace.put("a.csv", "Id,Name\r\n1,Zoë\r\n2,名前\r\n3,x\r\n".encode(encoding))
    assert [row["Name"] for row in workspace.capture(key="Id").rows] == ["Zoë", "名前", "x"]


def test_latin_1_read_as_utf_8(workspace: Workspace) -> None:
    """Plain text for longer than the sample, then Latin-1: those rows are told, the rest is read."""
    plain = "".join(f"{n},Ada\n" for n in range(60_000))
    workspace.put("a.csv", (HEAD + plain).encode() + "x,René\ny,Bob\n".encode("latin-1"))
    captured = workspace.capture(key="Id")
    assert captured.codes == [("undecodable", "a.csv:60002")]
    assert captured.last.seen == 60_001
    assert captured.ids[-1] == "y"


def test_a_utf_16_file_that_is_cut_off(workspace: Workspace) -> None:
    workspace.put("a.csv", "Id,Name\n1,Zoë\n".encode("utf-16")[:-1])
    with pytest.raises(ConnectionFailedError) as error:
        workspace.capture(key="Id")
    assert str(error.value) == (
        "connection 'crm': a.csv is no sound utf-16-le, or is still being written;"
        " save it again as UTF-8, or correct encoding"
    )


@pytest.mark.parametrize("size", [20_000, 5_000_000])
def test_a_file_that_is_no_csv(workspace: Workspace, size: int) -> None:
    workspace.put("a.csv", b"x" * size)
    with pytest.raises(ConnectionFailedError) as error:
        workspace.capture()
    assert str(error.value) == (
        "connection 'crm': a.csv has no header: its first line has no end, or a name in it more"
        " than 10000 characters; see that it is a CSV file"
    )


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"PK\x03\x04\x14\x00", "a zip archive, as spreadsheets (xlsx, ods) are; save its table as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00", "an old spreadsheet (xls); save its table as CSV"),
        (b"\x1f\x8b\x08\x00", "compressed (gzip); unpack it"),
    ],
)
def test_a_spreadsheet_that_is_called_csv(workspace: Workspace, start: bytes, kind: str) -> None:
    workspace.put("a.csv", start + b"\x00\n,1\n" * 20)
    with pytest.raises(ConnectionFailedError) as error:
        workspace.capture()
    assert str(error.value) == f"connection 'crm': a.csv is no CSV file but {kind}"


def test_a_file_that_is_not_there(workspace: Workspace) -> None:
    with pytest.raises(ConnectionFailedError) as error:
        workspace.capture("crm/a.csv")
    assert str(error.value) == (
        f"connection 'crm': crm/a.csv is not there (looked in {workspace.folder}); put it there, or correct path"
    )
    assert error.value.exit_status == 4


def test_a_vanished_file_is_no_mass_delete(workspace: Workspace) -> None:
    path = workspace.put("crm/a.csv", HEAD + "1,Ada\n")
    for where in ("crm/a.csv", "crm"):
        cursor = workspace.capture(where, object="a.csv", key="Id").cursor
        path.unlink()
        with pytest.raises(ConnectionFailedError) as error:
            workspace.capture(where, object="a.csv", key="Id", cursor=cursor)
        assert str(error.value) == (
            f"connection 'crm': crm/a.csv is not there (looked in {workspace.folder}); put it there, or correct path"
        )
        workspace.put("crm/a.csv", HEAD + "1,Ada\n")


def test_a_glob_whose_files_have_vanished(workspace: Workspace) -> None:
    path = workspace.put("crm/a.csv", HEAD + "1,Ada\n")
    cursor = workspace.capture("crm/*.csv", key="Id").cursor
    path.unlink()
    with pytest.raises(ConnectionFailedError) as error:
        workspace.capture("crm/*.csv", key="Id", cursor=cursor)
    assert str(error.value) == (
        "connection 'crm': no file is left of 'crm/*.csv', which held 1 row before;"
        " put the files back, or capture the object from the start"
    )


def test_a_folder_that_is_not_there(workspace: Workspace) -> None:
    with pytest.raises(ConnectionFailedError) as error:
        workspace.connect("crm/").describe()
    assert str(error.value) == (
        f"connection 'crm': crm is not there (looked in {workspace.folder}); put it there, or correct path"
    )


def test_a_file_that_vanishes_while_it_is_read(workspace: Workspace) -> None:
    path = workspace.put("a.csv", "Id\n" + "".join(f"{n}\n" for n in range(5000)))
    pages = workspace.connect(key="Id").capture("a.csv")
    assert next(pages).cursor is None
    path.unlink()
    with pytest.raises(ConnectionFailedError) as error:
        list(pages)
    assert str(error.value) == "connection 'crm': a.csv is not there any more; put it back, or correct path"


def test_a_locked_file(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.put("a.csv", HEAD)

    def refuse(path: Path) -> object:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(sheet_module, "_open", refuse)
    with pytest.raises(ConnectionFailedError) as error:
        workspace.capture()
    assert str(error.value) == (
        "connection 'crm': a.csv cannot be read: permission denied;"
        " close it in other programs, or allow this user to read it"
    )


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(workspace: Workspace) -> None:
    os.mkfifo(workspace.folder / "a.csv")
    with pytest.raises(ConnectionFailedError) as error:
        workspace.capture()
    assert str(error.value) == (
        "connection 'crm': a.csv cannot be read: it is no file; see that it is a file and can be opened, then run again"
    )


@pytest.mark.parametrize("path", ["../a.csv", "/etc/passwd", "x/../../a.csv", "../*.csv"])
def test_a_path_that_leaves_the_project(workspace: Workspace, path: str) -> None:
    with pytest.raises(UsageError) as error:
        workspace.connect(path)
    assert str(error.value) == (
        f"connection 'crm': {path!r} leaves the project folder {workspace.folder};"
        " move what it names into the folder and write its path from there"
    )
    assert error.value.exit_status == 2


def test_a_link_that_leaves_the_project(workspace: Workspace, tmp_path: Path) -> None:
    outside = tmp_path / "outside.csv"
    outside.write_text(HEAD + "1,Ada\n")
    link = workspace.folder / "a.csv"
    link.symlink_to(outside)
    for where, shown in (("a.csv", "a.csv"), ("*.csv", str(link)), (".", str(link))):
        with pytest.raises(UsageError) as error:
            workspace.capture(where, object="*.csv" if "*" in where else "a.csv")
        assert str(error.value) == (
            f"connection 'crm': {shown!r} leaves the project folder {workspace.folder};"
            " move what it names into the folder and write its path from there"
        )


def test_an_object_that_is_not_there(workspace: Workspace) -> None:
    workspace.put("crm/a.csv", HEAD)
    workspace.put("crm/b.csv", HEAD)
    with pytest.raises(UsageError) as error:
        workspace.capture("crm", object="../a.csv")
    assert str(error.value) == "connection 'crm' has no object '../a.csv'; 'crm' holds: a.csv, b.csv"
    with pytest.raises(UsageError) as error:
        workspace.capture("crm/*.csv", object="a.csv")
    assert str(error.value) == "connection 'crm' has no object 'a.csv'; 'crm/*.csv' holds: *.csv"


def test_two_writers(workspace: Workspace) -> None:
    workspace.put("a.csv", HEAD)
    first, second = workspace.connect(key="Id"), workspace.connect(key="Id")
    first.begin()
    with pytest.raises(BusyError) as error:
        second.begin()
    assert str(error.value) == (
        "connection 'crm' is being written by another process (it holds .leadbridge/locks/csv-crm.lock);"
        " wait until that has ended, then run again"
    )
    assert error.value.exit_status == 5
    first.abandon()
    second.begin()


def test_reading_leaves_the_files_alone(workspace: Workspace) -> None:
    path = workspace.put("a.csv", "Id,Name\n1,'=x\n1,=y\nbad\n")
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    provider: CsvProvider = workspace.connect(key="Id")
    list(provider.capture("a.csv"))
    provider.describe()
    provider.estimate([Action(1, "delete", "a.csv", "1")])
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_an_inbox_that_was_cleared_remembers_its_rows(workspace: Workspace) -> None:
    path = workspace.put("crm/a.csv", HEAD + "1,Ada\n")
    cursor = workspace.capture("crm/*.csv").cursor
    path.unlink()
    cleared = workspace.capture("crm/*.csv", cursor=cursor)
    assert (cleared.records, cleared.last.complete, cleared.cursor) == ([], False, cursor)
    workspace.put("crm/b.csv", HEAD + "1,Ada\n2,Bob\n")
    assert [record.values["Name"] for record in workspace.capture("crm/*.csv", cursor=cursor).records] == ["Bob"]
