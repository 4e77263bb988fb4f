"""The demo's second half as it is told: plans, files before and after, a conflict, undo."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from leadbridge.cli.lines import line, painted, print_lines
from leadbridge.cli.opening import names_in
from leadbridge.cli.outcome import print_run
from leadbridge.cli.output import Column, Style, print_line, table
from leadbridge.cli.sync_lines import row_lines, summary_lines
from leadbridge.demo.story import EDITS, TABLES, Files, Story, differences
from leadbridge.jobs.sync import api
from leadbridge.jobs.sync.model import RunOutcome
from leadbridge.state.store import Store

Say = Callable[[str], None]

ROWS: Final = 2
FIRST, LAST = 4, 2
STYLES: Final[Mapping[str, Style]] = {"-": "bad", "+": "new", "": "dim"}


def tell(story: Story, store: Store, title: Say, text: Say) -> None:
    """Print the steps; ``title`` and ``text`` print as in the demo's first half."""
    start, converted, in_step, end = story.files
    names = names_in(store)
    title("5. The conversion is approved and applied; the CRM's files before and after")
    print_lines(summary_lines(story.conversion))
    print_line()
    print_run(story.converted)
    _print_files(start, converted, text)
    _tell_again(story.converted_again, text)
    title("6. The newsletter tool holds people of the CRM, too: the plan to keep the two in step")
    print_lines(summary_lines(story.planned))
    print_lines(row_lines(api.rows(store, story.planned.plan), ROWS, names))
    title("7. Approved and applied, row by row; the files before and after")
    print_run(story.applied)
    _print_files(converted, in_step, text)
    _tell_again(story.again, text)
    title("8. One value is changed on both sides: one counts, the other one is kept")
    for edit in EDITS:
        text(f"somebody edits {edit.table.file.as_posix()}, row {edit.key}: {edit.column} = {edit.value}")
    print_line()
    print_run(story.met)
    if story.met.plan is not None:
        print_lines(row_lines(api.rows(store, story.met.plan), ROWS, names))
    title("9. Both jobs are undone: field by field, but for what was edited since")
    print_run(story.undone)
    print_run(story.unconverted)
    print_line()
    text("All that still differs from the files as they were at the start:")
    _print_files(start, end, text)


def _tell_again(run: RunOutcome, text: Say) -> None:
    print_line()
    text("The same job once more:")
    print_line()
    print_run(run)


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
