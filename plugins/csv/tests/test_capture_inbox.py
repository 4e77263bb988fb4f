"""Capturing an inbox: rows by content, appended to and cleared by others."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Workspace

HEAD = "Name,City\n"


def test_ids_are_told_from_the_content_alone(workspace: Workspace) -> None:
    workspace.put("a.csv", HEAD + "Ada,Berlin\nBob,Paris\n")
    ids = workspace.capture().ids
    workspace.put("x/b.csv", "City;Phone;Name\nParis;;Bob\n")
    workspace.put("x/c.csv", "City;Name\nBerlin;Ada\n")
    assert workspace.capture("x/*.csv").ids == ids[::-1]
    assert all(len(one) == 16 for one in ids)


def test_a_value_in_another_column_is_another_row(workspace: Workspace) -> None:
    workspace.put("a.csv", "A,B\nx,\n,x\n")
    one, other = workspace.capture().ids
    assert one != other


def test_equal_rows_are_numbered(workspace: Workspace) -> None:
    workspace.put("a.csv", HEAD + "Ada,Berlin\nBob,Paris\nAda,Berlin\n")
    before = workspace.capture()
    ada, bob, twin = before.ids
    assert twin == f"{ada}-2"
    workspace.put("a.csv", HEAD + "Bob,Paris\n" + "Ada,Berlin\n" * 4)
    after = workspace.capture(cursor=before.cursor)
    assert after.ids == [f"{ada}-3", f"{ada}-4"]
    assert bob not in after.ids
    assert after.last.seen == 5


def test_only_what_is_new_is_captured(workspace: Workspace) -> None:
    workspace.put("a.csv", HEAD + "Ada,Berlin\nBob,Paris\n")
    before = workspace.capture()
    workspace.put("a.csv", HEAD + "Ada,Berlin\nBob,Paris\nCy,Rome\n")
    after = workspace.capture(cursor=before.cursor)
    assert after.rows == [{"Name": "Cy", "City": "Rome"}]


def test_a_cleared_inbox_reports_nothing_gone(workspace: Workspace) -> None:
    workspace.put("a.csv", HEAD + "Ada,Berlin\nBob,Paris\n")
    before = workspace.capture()
    workspace.put("a.csv", HEAD)
    cleared = workspace.capture(cursor=before.cursor)
    assert (cleared.records, cleared.gone, cleared.last.complete, cleared.last.seen) == ([], [], True, 0)
    workspace.put("a.csv", HEAD + "Ada,Berlin\n")
    assert workspace.capture(cursor=cleared.cursor).ids == before.ids[:1]


def test_a_file_taken_away_from_an_inbox_is_no_reject(workspace: Workspace) -> None:
    workspace.put("x/a.csv", HEAD + "Ada,Berlin\n")
    path = workspace.put("x/b.csv", HEAD + "Bob,Paris\n")
    before = workspace.capture("x/*.csv")
    path.unlink()
    after = workspace.capture("x/*.csv", cursor=before.cursor)
    assert (after.records, after.rejects, after.gone, after.last.complete) == ([], [], [], True)


def test_bad_rows_are_told_and_the_rest_goes_on(workspace: Workspace) -> None:
    workspace.put("a.csv", HEAD + "Ada,Berlin\nBob\nCy,Rome\n")
    captured = workspace.capture()
    assert captured.codes == [("column_count", "a.csv:3")]
    assert [row["Name"] for row in captured.rows] == ["Ada", "Cy"]
    assert captured.last.complete


def test_a_file_of_a_glob_that_was_there_before_any(workspace: Workspace) -> None:
    empty = workspace.capture("x/*.csv")
    assert (empty.records, empty.last.complete, empty.last.seen) == ([], True, 0)
    workspace.put("x/a.csv", HEAD + "Ada,Berlin\n")
    assert workspace.capture("x/*.csv", cursor=empty.cursor).last.seen == 1


def test_many_equal_rows_cost_no_more_than_others(workspace: Workspace) -> None:
    """Quadratic would be 4e8 steps."""
    workspace.put("a.csv", HEAD + "Ada,Berlin\n" * 20_000)
    before = workspace.capture()
    workspace.put("a.csv", HEAD + "Bob,Paris\n" + "Ada,Berlin\nBob,Paris\n" * 20_000 + "Ada,Berlin\n" * 20_000)
    after = workspace.capture(cursor=before.cursor)
    assert len(after.ids) == len(set(after.ids)) == 40_001
