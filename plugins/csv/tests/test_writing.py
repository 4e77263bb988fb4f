"""Writing a table and appending to an inbox: what was asked, nothing else, and every refusal."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from leadbridge.provider import Action, Result
from leadbridge.records import Ref
from leadbridge.values import MISSING, Raw

if TYPE_CHECKING:
    from conftest import Workspace

TABLE = "Id,Name,City\n1,Ada,Berlin\n2,Bob,Paris\n3,Cy,Rome\n"


def create(values: dict[str, Raw], key: str | None = None) -> Action:
    return Action(1, "create", "a.csv", values=values, key=key)


def update(id: str, values: dict[str, Raw], expected: dict[str, Raw] | None = None) -> Action:
    return Action(1, "update", "a.csv", id, values, expected or {})


def delete(id: str, expected: dict[str, Raw] | None = None) -> Action:
    return Action(1, "delete", "a.csv", id, expected=expected or {})


def codes(results: list[Result]) -> list[str]:
    return [result.reject.code if result.reject else result.state for result in results]


def test_create_update_and_delete(workspace: Workspace) -> None:
    path = workspace.put("a.csv", TABLE)
    results = workspace.write(
        create({"Id": "4", "City": "Kyiv"}), update("2", {"City": "Oslo, Norway"}), delete("1"), key="Id"
    )
    assert [(result.state, result.id) for result in results] == [("done", "4"), ("done", "2"), ("done", "1")]
    assert path.read_text() == 'Id,Name,City\n2,Bob,"Oslo, Norway"\n3,Cy,Rome\n4,,Kyiv\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"\xef\xbb\xbfId;Name\r\n1;Ada\r\n", b"\xef\xbb\xbfId;Name\r\n1;Zo\xc3\xab\r\n2;x\r\n"),
        (b"Id\tName\n1\tAda\n", b"Id\tName\n1\tZo\xc3\xab\n2\tx\n"),
        (b'"Id","Name"\r1,"Ada"\r"2 ","y"', None),
        (b'"Id","Name"\n"1","Ada"\n', b'"Id","Name"\n"1","Zo\xc3\xab"\n"2","x"\n'),
        (b"Id,Name\n1,Ada", b"Id,Name\n1,Zo\xc3\xab\n2,x\n"),
        (b"Id,Name\n1,Ren\xe9\n", b"Id,Name\n1,Zo\xeb\n2,x\n"),
        (b" Id ,Name,,Name\n1,Ada,p,q\n", b" Id ,Name,,Name\n1,Zo\xc3\xab,p,q\n2,x,,\n"),
        ("Id,Name\n1,Ada\n".encode("utf-16"), "Id,Name\n1,Zoë\n2,x\n".encode("utf-16")),
    ],
)
def test_the_file_stays_as_it_was_written(workspace: Workspace, before: bytes, after: bytes | None) -> None:
    """Encoding, mark, delimiter, quotes, line ends and header."""
    path = workspace.put("a.csv", before)
    results = workspace.write(update("1", {"Name": "Zoë"}), create({"Id": "2", "Name": "x"}), key="Id")
    if after is None:
        assert codes(results) == ["done", "duplicate_key"]
        after = '"Id","Name"\r1,Zoë\r"2 ","y"'.encode()
    assert path.read_bytes() == after


def test_untouched_text_is_kept_byte_for_byte(workspace: Workspace) -> None:
    kept = b'1,"Ada" ,x\n\n,,\n7,too,many,cells\n8,\xff,bad\n9,n\0l,bad\n=1,+2,@3\n'
    tail = b'10,"stray,end'
    path = workspace.put("a.csv", b"Id,Name,City\n" + kept + b"2,Bob,Paris\n" + tail)
    assert codes(workspace.write(update("2", {"City": "Oslo"}), key="Id", encoding="utf-8")) == ["done"]
    assert path.read_bytes() == b"Id,Name,City\n" + kept + b"2,Bob,Oslo\n" + tail


def test_an_over_long_row_is_kept_too(workspace: Workspace) -> None:
    long = b'2,"' + b"line\n" * 500_000 + b'"\n'
    path = workspace.put("a.csv", b"Id,Name\n1,Ada\n" + long + b"3,Cy\n")
    assert codes(workspace.write(update("3", {"Name": "Di"}), delete("1"), key="Id", max_cell=1000)) == ["done"] * 2
    assert path.read_bytes() == b"Id,Name\n" + long + b"3,Di\n"


def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(workspace: Workspace) -> None:
    path = workspace.put("a.csv", TABLE)
    values: dict[str, Raw] = {"Id": "=4", "Name": "@x", "City": "-5"}
    (result,) = workspace.write(create(values), key="Id")
    assert result.id == "=4"
    assert path.read_text() == TABLE + "'=4,'@x,-5\n"
    assert workspace.capture(key="Id").rows[-1] == values


def test_cells_that_are_not_written_are_not_neutralised(workspace: Workspace) -> None:
    path = workspace.put("a.csv", "Id,Name,Formula\n1,Ada,=A1\n")
    workspace.write(update("1", {"Name": "Eve", "Formula": "=A1"}), key="Id")
    assert path.read_text() == "Id,Name,Formula\n1,Eve,=A1\n"


def test_what_is_there_already_is_not_written(workspace: Workspace) -> None:
    path = workspace.put("a.csv", TABLE)
    before = path.stat()
    assert codes(workspace.write(update("1", {"Name": "Ada", "City": MISSING}), create({"Id": "2"}), key="Id")) == [
        "done",
        "done",
    ]
    assert path.stat().st_ino == before.st_ino


@pytest.mark.parametrize(
    ("action", "code", "reason", "field"),
    [
        (update("9", {"Name": "x"}), "gone", "a.csv has no such row any more", ""),
        (delete("9"), "gone", "a.csv has no such row any more", ""),
        (update("1", {"Phone": "1"}), "unknown_field", "a.csv has no column 'Phone'", "Phone"),
        (update("1", {"Name": "x"}, {"City": "Oslo"}), "stale", "the row was edited meanwhile", "City"),
        (update("1", {"Name": "x"}, {"Phone": ""}), "stale", "the row was edited meanwhile", "Phone"),
        (delete("1", {"City": MISSING}), "stale", "the row was edited meanwhile", "City"),
        (create({"Id": "1"}), "done", "", ""),
        (create({"Id": "1", "Name": "x"}), "duplicate_key", "a.csv has a row with this 'Id', the key, already", "Id"),
        (update("1", {"Id": "2"}), "duplicate_key", "a.csv has a row with this 'Id', the key, already", "Id"),
        (create({"Name": "x"}), "missing_key", "the row's 'Id', the key, would be blank", "Id"),
        (update("1", {"Id": " "}), "missing_key", "the row's 'Id', the key, would be blank", "Id"),
        (update("1", {"Name": "a\0"}), "nul", "the value holds a NUL character", "Name"),
        (
            update("1", {"Name": "x" * 100}),
            "cell_too_long",
            "the value is longer than max_cell, 100 characters",
            "Name",
        ),
        (
            update("1", {"Name": "名前"}),
            "unencodable",
            "the value holds characters that a.csv, which is in cp1252, cannot hold",
            "Name",
        ),
        (update("1", {"Name": "Zoë"}, {"City": "Berlin", "Name": "Ada", "Phone": MISSING}), "done", "", ""),
    ],
)
def test_refusals(workspace: Workspace, action: Action, code: str, reason: str, field: str) -> None:
    path = workspace.put("a.csv", TABLE)
    results = workspace.write(action, key="Id", encoding="cp1252", max_cell=100)
    assert codes(results) == [code]
    reject = results[0].reject
    if reject:
        assert (reject.reason, reject.provider_field) == (reason, field)
        assert reject.source == str(Ref("crm", "a.csv", action.id or ""))
        assert path.read_text() == TABLE


def test_a_stale_row_shows_what_is_there(workspace: Workspace) -> None:
    workspace.put("a.csv", TABLE)
    (result,) = workspace.write(update("1", {"Name": "x"}, {"City": "Oslo", "Name": "Ada"}), key="Id")
    assert result.reject is not None
    assert result.reject.raw == {"City": "Berlin"}


def test_a_repeated_key_is_not_guessed_at(workspace: Workspace) -> None:
    workspace.put("a.csv", TABLE + "1,Eve,Bonn\n")
    assert codes(workspace.write(update("1", {"City": "Oslo"}), delete("1"), key="Id")) == ["duplicate_key"] * 2


def test_actions_of_one_run_build_on_each_other(workspace: Workspace) -> None:
    path = workspace.put("a.csv", TABLE)
    results = workspace.write(
        create({"Id": "4", "Name": "Di"}),
        update("4", {"City": "Kyiv"}, {"City": ""}),
        update("1", {"Id": "5"}),
        update("5", {"Name": "Eve"}, {"Name": "Ada"}),
        update("1", {"Name": "x"}),
        delete("2"),
        create({"Id": "2", "Name": "again"}),
        create({"Id": "6"}),
        delete("6"),
        update("4", {"Id": "7"}),
        delete("4"),
        key="Id",
    )
    assert codes(results) == ["done"] * 4 + ["gone"] + ["done"] * 5 + ["gone"]
    assert [result.id for result in results[:4]] == ["4", "4", "5", "5"]
    assert path.read_text() == "Id,Name,City\n5,Eve,Berlin\n3,Cy,Rome\n7,Di,Kyiv\n2,again,\n"


def test_a_create_without_a_key_value_takes_the_action_s(workspace: Workspace) -> None:
    path = workspace.put("a.csv", TABLE)
    action = create({"Name": "Di"}, key="k-1")
    for _ in range(2):
        assert [result.id for result in workspace.write(action, key="Id")] == ["k-1"]
    assert path.read_text() == TABLE + "k-1,Di,\n"


def test_the_last_row_without_a_line_end(workspace: Workspace) -> None:
    path = workspace.put("a.csv", TABLE.rstrip("\n"))
    workspace.write(delete("3"), create({"Id": "4"}), key="Id")
    assert path.read_text() == "Id,Name,City\n1,Ada,Berlin\n2,Bob,Paris\n4,,\n"


def test_several_files_of_a_folder(workspace: Workspace) -> None:
    one, other = workspace.put("x/a.csv", TABLE), workspace.put("x/b.csv", TABLE)
    second = Action(2, "delete", "b.csv", "1")
    assert codes(workspace.write(delete("2"), second, path="x", key="Id")) == ["done", "done"]
    assert one.read_text() == TABLE.replace("2,Bob,Paris\n", "")
    assert other.read_text() == TABLE.replace("1,Ada,Berlin\n", "")


def test_a_glob_is_only_read(workspace: Workspace) -> None:
    workspace.put("x/a.csv", TABLE)
    provider = workspace.connect("x/*.csv", key="Id")
    assert [one.writable for one in provider.describe()] == [False]
    provider.begin()
    (result,) = provider.write([Action(1, "delete", "*.csv", "1")])
    assert result.reject is not None
    assert (result.reject.code, result.reject.reason) == (
        "read_only",
        "'x/*.csv' is a glob, whose files are only read",
    )


def test_reading_single_records(workspace: Workspace) -> None:
    workspace.put("a.csv", TABLE)
    provider = workspace.connect(key="Id")
    records = provider.read([Ref("crm", "a.csv", one) for one in ("3", "9", "1")])
    assert [record and (record.ref.id, record.source) for record in records] == [
        ("3", "a.csv:4"),
        None,
        ("1", "a.csv:2"),
    ]


def test_a_run_reads_what_it_found_once(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace.put("a.csv", TABLE)
    provider, ref = workspace.connect(key="Id"), Ref("crm", "a.csv", "1")
    provider.begin()
    provider.write([update("1", {"Name": "Eve"})])
    monkeypatch.setattr("leadbridge_csv.table.opened", None)
    (record,) = provider.read([ref])
    assert record is not None
    assert record.values["Name"] == "Ada"
    monkeypatch.undo()
    provider.commit()
    (record,) = provider.read([ref])
    assert record is not None
    assert record.values["Name"] == "Eve"


def test_an_inbox_is_appended_to(workspace: Workspace) -> None:
    path = workspace.put("a.csv", "Name;City\r\nAda;Berlin")
    results = workspace.write(
        create({"Name": "Bob"}), create({"Name": "Ada", "City": "Berlin"}), create({"City": "=1"})
    )
    assert path.read_bytes() == b"Name;City\r\nAda;Berlin\r\nBob;\r\nAda;Berlin\r\n;'=1\r\n"
    captured = workspace.capture()
    assert [result.id for result in results] == captured.ids[1:]
    assert captured.rows[-1] == {"Name": "", "City": "=1"}


def test_an_inbox_refuses_all_else(workspace: Workspace) -> None:
    path = workspace.put("a.csv", TABLE)
    results = workspace.write(update("1", {"Name": "x"}), delete("1"), create({}), create({"Phone": "1"}))
    assert codes(results) == ["append_only", "append_only", "blank_row", "unknown_field"]
    assert path.read_text() == TABLE


def test_an_inbox_keeps_what_others_append_meanwhile(workspace: Workspace) -> None:
    path = workspace.put("a.csv", TABLE)
    provider = workspace.connect()
    provider.begin()
    provider.write([create({"Name": "Di"})])
    with path.open("a") as file:
        file.write("5,Ed,Bonn")
    provider.commit()
    assert path.read_text() == TABLE + "5,Ed,Bonn\n,Di,\n"


def test_single_records_of_an_inbox(workspace: Workspace) -> None:
    workspace.put("x/a.csv", "Name\nAda\nAda\n")
    workspace.put("x/b.csv", "Name\nBob\n")
    provider = workspace.connect("x/*.csv")
    ada, twin, bob = (record.ref for page in provider.capture("*.csv") for record in page.records)
    wanted = [bob, twin, Ref("crm", "*.csv", f"{ada.id}-3"), ada, Ref("crm", "*.csv", "no id")]
    assert [record and (record.ref, record.source) for record in provider.read(wanted)] == [
        (bob, "x/b.csv:2"),
        (twin, "x/a.csv:3"),
        None,
        (ada, "x/a.csv:2"),
        None,
    ]


def test_mode_and_link_are_kept(workspace: Workspace) -> None:
    path = workspace.put("data/real.csv", TABLE)
    path.chmod(0o640)
    link = workspace.folder / "a.csv"
    link.symlink_to(path)
    workspace.write(delete("1"), key="Id")
    assert link.is_symlink()
    assert path.read_text() == TABLE.replace("1,Ada,Berlin\n", "")
    assert os.name == "nt" or path.stat().st_mode & 0o777 == 0o640


def test_estimates_count_files(workspace: Workspace) -> None:
    assert workspace.connect("x/").estimate([delete("1"), delete("2"), Action(3, "delete", "b.csv", "1")]) == 2


def test_writing_needs_begin(workspace: Workspace) -> None:
    workspace.put("a.csv", TABLE)
    provider = workspace.connect(key="Id")
    for call in (lambda: provider.write([delete("1")]), provider.commit):
        with pytest.raises(RuntimeError, match="need begin"):
            call()
