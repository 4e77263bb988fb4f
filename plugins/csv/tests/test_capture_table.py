"""Capturing a table with a key: new, changed and gone rows, and every doubt about what is gone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from leadbridge_csv import capture as capture_module
from leadbridge_csv.index import HashIndex

from leadbridge.errors import ConnectionFailedError, UsageError
from leadbridge.provider import Gone
from leadbridge.records import Record, Ref

if TYPE_CHECKING:
    from conftest import Workspace

HEAD = "Id,Name,City\n"
ROWS = {"1": "1,Ada,Berlin\n", "2": "2,Bob,Paris\n", "3": "3,Cy,Rome\n"}
TABLE = HEAD + "".join(ROWS.values())


def test_everything_without_a_cursor(workspace: Workspace) -> None:
    workspace.put("crm/a.csv", TABLE)
    captured = workspace.capture("crm/a.csv", key="Id")
    assert captured.records[0] == Record(
        Ref("crm", "a.csv", "1"), {"Id": "1", "Name": "Ada", "City": "Berlin"}, "crm/a.csv:2"
    )
    assert captured.ids == ["1", "2", "3"]
    assert (captured.last.complete, captured.last.seen) == (True, 3)


def test_new_changed_and_gone(workspace: Workspace) -> None:
    workspace.put("a.csv", TABLE)
    before = workspace.capture(key="Id")
    workspace.put("a.csv", HEAD + ROWS["1"] + "3,Cy,Oslo\n" + "4,Di,Kyiv\n")
    after = workspace.capture(key="Id", cursor=before.cursor)
    assert [(record.ref.id, record.source) for record in after.records] == [("3", "a.csv:3"), ("4", "a.csv:4")]
    assert after.proofs == [Gone(Ref("crm", "a.csv", "2"), "absent")]
    assert (after.last.complete, after.last.seen) == (True, 3)
    assert workspace.capture(key="Id", cursor=after.cursor).records == []


def test_an_unchanged_file_is_not_parsed(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.put("a.csv", TABLE + "4,too,many,cells\n")
    before = workspace.capture(key="Id")
    monkeypatch.setattr(capture_module, "opened", None)
    after = workspace.capture(key="Id", cursor=before.cursor)
    assert (after.records, after.rejects, after.cursor, after.last.seen) == ([], [], before.cursor, 3)
    assert [reject.code for reject in before.rejects] == ["column_count"]


def test_other_settings_parse_it_again(workspace: Workspace) -> None:
    workspace.put("a.csv", b"Id,Name\n1,Ren\xe9\n2,Bob\n3,Zo\xc3\xab\n")
    before = workspace.capture(key="Id")
    assert before.codes == [("undecodable", "a.csv:2")]
    after = workspace.capture(key="Id", encoding="cp1252", cursor=before.cursor)
    assert after.rows == [{"Id": "1", "Name": "René"}, {"Id": "3", "Name": "ZoÃ«"}]


def test_order_of_rows_and_columns_is_no_change(workspace: Workspace) -> None:
    workspace.put("a.csv", TABLE)
    before = workspace.capture(key="Id")
    workspace.put("a.csv", "City;Name;Id\nRome;Cy;3\nBerlin;Ada;1\nParis;Bob;2\n")
    after = workspace.capture(key="Id", cursor=before.cursor)
    assert (after.records, after.gone, after.last.seen) == ([], [], 3)


def test_a_column_that_comes_or_goes_blank_is_no_change(workspace: Workspace) -> None:
    workspace.put("a.csv", "Id,Name,Note\n1,Ada,\n2,Bob,x\n")
    before = workspace.capture(key="Id")
    workspace.put("a.csv", "Id,Name,Phone\n1,Ada,\n2,Bob,\n")
    after = workspace.capture(key="Id", cursor=before.cursor)
    assert after.rows == [{"Id": "2", "Name": "Bob", "Phone": ""}]


def test_the_key_is_trimmed_and_restored(workspace: Workspace) -> None:
    workspace.put("a.csv", "Id,Name\n 1 ,Ada\n'=2,'=x\n")
    captured = workspace.capture(key="Id")
    assert captured.ids == ["1", "=2"]
    assert captured.rows == [{"Id": " 1 ", "Name": "Ada"}, {"Id": "=2", "Name": "=x"}]


def test_of_rows_with_one_key_the_first_counts(workspace: Workspace) -> None:
    workspace.put("a.csv", TABLE + "1,Eve,Bonn\n1 ,Eve,Bonn\n")
    first = workspace.capture(key="Id")
    assert first.codes == [("duplicate_key", "a.csv:5"), ("duplicate_key", "a.csv:6")]
    assert first.rejects[0].reason == "an earlier row has the same 'Id', the key"
    assert first.rejects[0].raw == {"Id": "1", "Name": "Eve", "City": "Bonn"}
    workspace.put("a.csv", TABLE + "1,Eve,Bonn\n4,Di,Kyiv\n")
    again = workspace.capture(key="Id", cursor=first.cursor)
    assert (again.ids, again.codes, again.gone) == (["4"], [("duplicate_key", "a.csv:5")], [])
    workspace.put("a.csv", HEAD + "1,Eve,Bonn\n" + ROWS["1"])
    assert workspace.capture(key="Id", cursor=again.cursor).rows == [{"Id": "1", "Name": "Eve", "City": "Bonn"}]


def test_a_blank_key_is_a_reject_and_leaves_doubt(workspace: Workspace) -> None:
    workspace.put("a.csv", TABLE)
    before = workspace.capture(key="Id")
    workspace.put("a.csv", HEAD + ROWS["1"] + ",Bob,Paris\n")
    doubtful = workspace.capture(key="Id", cursor=before.cursor)
    assert doubtful.codes == [("missing_key", "a.csv:3")]
    assert (doubtful.gone, doubtful.last.complete) == ([], False)
    workspace.put("a.csv", HEAD + ROWS["1"] + ROWS["2"])
    clear = workspace.capture(key="Id", cursor=doubtful.cursor)
    assert (clear.records, clear.gone, clear.last.complete) == ([], ["3"], True)


@pytest.mark.parametrize(
    ("row", "gone", "complete"),
    [
        (b"2,B\xf6b,Paris\n", ["3"], True),
        (b"2,B\0b,Paris\n", ["3"], True),
        (b"2,Bob,Paris,France\n", ["3"], True),
        (b'2,"Bob,Paris\n', ["3"], True),
        (b"Bob,2,Paris,France\n", [], False),
        (b"\xf6,Bob,Paris\n", [], False),
    ],
)
def test_a_rejected_row_is_not_gone(workspace: Workspace, row: bytes, gone: list[str], complete: bool) -> None:
    """Where its key is known it was seen; where not, nothing is gone."""
    head = "Id,Zoë,City\n"
    workspace.put("a.csv", head + "".join(ROWS.values()))
    before = workspace.capture(key="Id", delimiter=",")
    workspace.put("a.csv", (head + ROWS["1"]).encode() + row)
    after = workspace.capture(key="Id", delimiter=",", cursor=before.cursor)
    assert len(after.rejects) == 1
    assert (after.records, after.gone, after.last.complete) == ([], gone, complete)
    workspace.put("a.csv", head + ROWS["1"] + ROWS["2"])
    mended = workspace.capture(key="Id", delimiter=",", cursor=after.cursor)
    assert (mended.records, mended.gone) == ([], [] if complete else ["3"])


def test_a_file_that_lost_its_header_deletes_nothing(workspace: Workspace) -> None:
    workspace.put("a.csv", TABLE)
    before = workspace.capture(key="Id")
    workspace.put("a.csv", "")
    empty = workspace.capture(key="Id", cursor=before.cursor)
    assert (empty.gone, empty.last.complete, empty.last.seen) == ([], False, 0)
    workspace.put("a.csv", HEAD)
    bare = workspace.capture(key="Id", cursor=empty.cursor)
    assert (bare.gone, bare.last.complete, bare.last.seen) == (["1", "2", "3"], True, 0)


def test_a_file_that_changes_while_it_is_read_deletes_nothing(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.put("a.csv", TABLE)
    before = workspace.capture(key="Id")
    path = workspace.put("a.csv", HEAD + ROWS["1"])
    real = capture_module.key_place

    def meanwhile(*arguments: object) -> object:
        with path.open("a") as file:
            file.write("4,Di,Kyiv\n")
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(capture_module, "key_place", meanwhile)
    torn = workspace.capture(key="Id", cursor=before.cursor)
    assert (torn.gone, torn.last.complete) == ([], False)
    monkeypatch.undo()
    clear = workspace.capture(key="Id", cursor=torn.cursor)
    assert sorted({*torn.ids, *clear.ids}) == ["4"]
    assert (clear.gone, clear.last.complete) == (["2", "3"], True)


def test_another_key_is_another_table(workspace: Workspace) -> None:
    workspace.put("a.csv", TABLE)
    before = workspace.capture(key="Id")
    after = workspace.capture(key="Name", cursor=before.cursor)
    assert (after.ids, after.gone) == (["Ada", "Bob", "Cy"], [])


def test_a_folder_holds_a_table_per_file(workspace: Workspace) -> None:
    workspace.put("crm/a.csv", TABLE)
    workspace.put("crm/B.CSV", "Key\nx\n")
    workspace.put("crm/.hidden.csv", "Key\nx\n")
    workspace.put("crm/notes.txt", "Key\nx\n")
    provider = workspace.connect("crm", key={"a.csv": "Id", "B.CSV": "Key"})
    assert [(one.name, one.key, one.writable) for one in provider.describe()] == [
        ("B.CSV", "Key", True),
        ("a.csv", "Id", True),
    ]
    assert workspace.capture("crm", object="B.CSV", key={"B.CSV": "Key"}).ids == ["x"]


def test_several_files_of_a_glob_are_one_table(workspace: Workspace) -> None:
    workspace.put("x/b.csv", "Id,Name\n2,Bob\n1,twice\n")
    workspace.put("x/a.csv", "Id,City\n1,Berlin\n")
    before = workspace.capture("x/*.csv", key="Id")
    assert [(record.ref.object, record.ref.id, record.source) for record in before.records] == [
        ("*.csv", "1", "x/a.csv:2"),
        ("*.csv", "2", "x/b.csv:2"),
    ]
    assert before.codes == [("duplicate_key", "x/b.csv:3")]
    workspace.put("x/c.csv", "Id,Name\n3,Cy\n")
    after = workspace.capture("x/*.csv", key="Id", cursor=before.cursor)
    assert (after.ids, after.rejects, after.last.seen) == (["3"], [], 3)
    workspace.put("x/a.csv", "Id,Name\n2,Bob\n1,Ada\n")
    moved = workspace.capture("x/*.csv", key="Id", cursor=after.cursor)
    assert (moved.ids, moved.gone) == (["1"], [])
    assert moved.codes == [("duplicate_key", "x/b.csv:2"), ("duplicate_key", "x/b.csv:3")]


def test_a_file_that_vanished_from_a_glob_deletes_nothing(workspace: Workspace) -> None:
    workspace.put("x/a.csv", TABLE)
    path = workspace.put("x/b.csv", "Id,Name\n4,Di\n5,Ed\n")
    before = workspace.capture("x/*.csv", key="Id")
    path.unlink()
    workspace.put("x/a.csv", HEAD + ROWS["1"])
    for cursor in (before.cursor, workspace.capture("x/*.csv", key="Id", cursor=before.cursor).cursor):
        after = workspace.capture("x/*.csv", key="Id", cursor=cursor)
        assert after.codes == [("vanished_file", "x/b.csv")]
        assert after.rejects[0].reason == (
            "x/b.csv is not there any more, 2 rows that it held before nowhere else either;"
            " nothing of it counts as deleted"
        )
        assert (after.records, after.gone, after.last.complete) == ([], [], False)
    workspace.put("x/b.csv", "Id,Name\n4,Di\n5,Eddie\n")
    back = workspace.capture("x/*.csv", key="Id", cursor=after.cursor)
    assert (back.ids, sorted(back.gone), back.last.complete) == (["5"], ["2", "3"], True)


def test_a_renamed_file_of_a_glob_changes_nothing(workspace: Workspace) -> None:
    path = workspace.put("x/a.csv", TABLE)
    before = workspace.capture("x/*.csv", key="Id")
    path.rename(path.with_name("b.csv"))
    after = workspace.capture("x/*.csv", key="Id", cursor=before.cursor)
    assert (after.records, after.rejects, after.gone, after.last.complete) == ([], [], [], True)


def test_pages_hold_a_thousand(workspace: Workspace) -> None:
    workspace.put("a.csv", "Id\n" + "".join(f"{n}\n" for n in range(2500)))
    captured = workspace.capture(key="Id")
    assert [len(page.records) for page in captured.pages] == [1000, 1000, 500]
    assert [page.cursor is None for page in captured.pages] == [True, True, False]


def test_equal_leading_bits_are_told_apart_by_the_keys(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.put("a.csv", TABLE)
    before = workspace.capture(key="Id")
    monkeypatch.setattr(HashIndex, "span", lambda self, _: range(len(self._entries)))
    workspace.put("a.csv", HEAD + ROWS["3"] + "2,Bob,Oslo\n" + "4,Di,Kyiv\n")
    after = workspace.capture(key="Id", cursor=before.cursor)
    assert (after.ids, after.gone) == (["2", "4"], ["1"])


@pytest.mark.parametrize("cursor", ["", "x", "csv1:::", "csv1:a:b:c", "csv0:eJyLjgUAARUAuQ==::eJwDAAAAAAE="])
def test_a_damaged_cursor(workspace: Workspace, cursor: str) -> None:
    workspace.put("a.csv", TABLE)
    if not cursor:
        assert workspace.capture(key="Id", cursor=cursor).ids == ["1", "2", "3"]
        return
    with pytest.raises(UsageError) as error:
        workspace.capture(key="Id", cursor=cursor)
    assert str(error.value) == "connection 'crm': the cursor kept for it is damaged; capture it from the start"


def test_describe(workspace: Workspace) -> None:
    workspace.put("a.csv", "Id, Name ,Name,\n1,Ada,x,\n2,'=Bob,x,\n3,,y,\n")
    (table,) = workspace.connect(key="Id").describe()
    assert [(one.name, one.label, one.required) for one in table.fields] == [
        ("Id", "Id", True),
        ("Name", " Name ", False),
        ("Name#2", "Name", False),
        ("column 4", "", False),
    ]
    assert table.samples == {"Id": ("1", "2", "3"), "Name": ("Ada", "=Bob"), "Name#2": ("x", "y"), "column 4": ()}


def test_the_key_must_be_a_column(workspace: Workspace) -> None:
    workspace.put("a.csv", TABLE)
    for call in (lambda: workspace.capture(key="Key"), lambda: workspace.connect(key="Key").describe()):
        with pytest.raises(ConnectionFailedError) as error:
            call()
        assert str(error.value) == "connection 'crm': a.csv has no column 'Key', its key; it has: Id, Name, City"


def test_only_a_project_file_is_touched(workspace: Workspace) -> None:
    workspace.put("a.csv", TABLE)
    workspace.capture(key="Id")
    assert [path.name for path in Path(workspace.folder).rglob("*")] == ["a.csv"]
