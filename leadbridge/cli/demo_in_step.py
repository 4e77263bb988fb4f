"""The demo's second half as it is told: plan, files before and after, a conflict, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from leadbridge.cli.lines import line, painted, print_lines
from leadbridge.cli.opening import names_in
from leadbridge.cli.outcome import print_run
from leadbridge.cli.output import Column, Style, print_line, table
from leadbridge.cli.sync_lines import row_lines, summary_lines
from leadbridge.demo.in_step import EDITS, TABLES, Files, InStep, differences
from leadbridge.jobs.sync import api
from leadbridge.state.store import Store

Say = Callable[[str], None]

ROWS: Final = 2
FIRST, LAST = 4, 2
STYLES: Final[Mapping[str, Style]] = {"-": "bad", "+": "new", "": "dim"}


def tell(found: InStep, store: Store, title: Say, text: Say) -> None:
    """Print the steps; ``title`` and ``text`` print as in the demo's first half."""
    names = names_in(store)
    title("5. The newsletter tool holds the same people: its table and the CRM's, planned to be in step")
    print_lines(summary_lines(found.planned))
    print_lines(row_lines(api.rows(store, found.planned.plan), ROWS, names))
    title("6. The plan is approved and applied, row by row; the files before and after")
    print_run(found.applied)
    _print_files(found.before, found.after, text)
    print_line()
    text("The same job once more:")
    print_line()
    print_run(found.again)
    title("7. One value is changed on both sides: one counts, the other one is kept")
    for edit in EDITS:
        text(f"somebody edits {edit.table.file.as_posix()}, row {edit.key}: {edit.column} = {edit.value}")
    print_line()
    print_run(found.met)
    if found.met.plan is not None:
        print_lines(row_lines(api.rows(store, found.met.plan), ROWS, names))
    _tell_undo(found, title, text)


def _tell_undo(found: InStep, title: Say, text: Say) -> None:
    title("8. The first run is undone: field by field, but for what was edited since")
    print_run(found.undone, is_undo=True)
    print_line()
    text("All that still differs from the files as they were before it:")
    _print_files(found.before, found.end, text)


def _print_files(before: Files, after: Files, text: Say) -> None:
    for one in TABLES:
        rows = [[sign, *cells] for sign, cells in differences(one, before, after)]
        if rows:
            print_line()
            text(f"{one.file.as_posix()}:")
            _print_rows(one.columns, rows)


def _print_rows(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """The first and the last ones: rows that are changed stand before new ones."""
    shown = list(rows)
    if len(rows) > FIRST + LAST + 1:
        between = ["", f"({len(rows) - FIRST - LAST} more)", *("" for _ in columns[1:])]
        shown = [*rows[:FIRST], between, *rows[-LAST:]]
    (head, style), *lines = table([Column(""), *map(Column, columns)], shown, indent=2)
    print_line(painted(line(head, style)))
    print_lines(line(text, STYLES[row[0]]) for (text, _), row in zip(lines, shown, strict=True))
