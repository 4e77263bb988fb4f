"""The demo's second half, by the same jobs as the commands run: leads are converted, two tables are kept in step."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from leadbridge.jobs.sync.model import PlanOutcome, RunOutcome, Watch
    from leadbridge.jobs.workspace import Workspace
    from leadbridge.state.store import Store

CONVERT: Final = "convert"
NEWSLETTER: Final = "newsletter"


@dataclass(frozen=True, slots=True)
class Table:
    """A file, with the columns that tell the story; the first is its key."""

    file: Path
    delimiter: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Edit:
    """What somebody types into a cell."""

    table: Table
    key: str
    column: str
    value: str


ACCOUNTS: Final = Table(Path("crm/accounts.csv"), ",", ("id", "name", "website", "employees", "country"))
CONTACTS: Final = Table(Path("crm/contacts.csv"), ",", ("id", "last_name", "phone", "job_title", "opted_out_of_email"))
SUBSCRIBERS: Final = Table(
    Path("newsletter/subscribers.csv"), ";", ("No", "Family name", "Mobile", "Job", "Unsubscribed")
)
OPPORTUNITIES: Final = Table(Path("crm/opportunities.csv"), ",", ("id", "name", "amount", "stage", "close_date"))
TABLES: Final = (ACCOUNTS, CONTACTS, OPPORTUNITIES, SUBSCRIBERS)
EDITS: Final = (
    Edit(CONTACTS, "C006", "job_title", "Head of Engineering"),
    Edit(SUBSCRIBERS, "1005", "Job", "Chief Engineer"),
)
"""The same person on both sides, in a field that the first run wrote."""

Rows = Mapping[str, Sequence[str]]
"""Key -> cells, in the order of the file."""
Files = Mapping[Table, Rows]


@dataclass(frozen=True, slots=True)
class Story:
    """What became of each step, and the files between the steps.

    Attributes:
        conversion, converted, converted_again: the plan of the leads' conversion, its run, and the run after it.
        planned, applied, again: the same of the two tables.
        met: the run after one value was changed on both sides.
        undone, unconverted: the undo of ``applied``, then that of ``converted``.
        files: as they were at the start, after ``converted``, after ``applied``, and at the end.
    """

    conversion: PlanOutcome
    converted: RunOutcome
    converted_again: RunOutcome
    planned: PlanOutcome
    applied: RunOutcome
    again: RunOutcome
    met: RunOutcome
    undone: RunOutcome
    unconverted: RunOutcome
    files: tuple[Files, Files, Files, Files]


def live(workspace: Workspace, store: Store, watch: Watch) -> Story:
    """Convert; keep in step; edit both sides; undo all of it."""
    from leadbridge.jobs.sync import api

    def approved(made: PlanOutcome) -> RunOutcome:
        return api.approve_and_apply(workspace, store, made.plan, frozenset(), watch)

    def undone(run: RunOutcome) -> RunOutcome:
        return api.undo(workspace, store, run.run, "yes", watch)

    folder = workspace.project.folder
    files = [_files(folder)]
    conversion = api.make_plan(workspace, store, CONVERT, watch)
    converted = approved(conversion)
    files.append(_files(folder))
    converted_again = api.convert(workspace, store, CONVERT, "yes", frozenset(), watch)
    planned = api.make_plan(workspace, store, NEWSLETTER, watch)
    applied = approved(planned)
    files.append(_files(folder))
    again = api.sync(workspace, store, NEWSLETTER, "yes", frozenset(), watch)
    for edit in EDITS:
        _type_in(folder, edit)
    met = api.sync(workspace, store, NEWSLETTER, "yes", frozenset(), watch)
    steps = (conversion, converted, converted_again, planned, applied, again, met, undone(applied), undone(converted))
    return Story(*steps, (files[0], files[1], files[2], _files(folder)))


def counts(story: Story) -> dict[str, object]:
    """What each step did, as numbers."""
    return {
        "conversion": {
            "planned": _planned(story.conversion),
            "applied": _done(story.converted),
            "again": _done(story.converted_again),
            "undone": _undone(story.unconverted),
        },
        "in_step": {
            "planned": _planned(story.planned),
            "applied": _done(story.applied),
            "again": _done(story.again),
            "edited_on_both_sides": _done(story.met),
            "undone": _undone(story.undone),
        },
    }


def _planned(made: PlanOutcome) -> dict[str, dict[str, int]]:
    return {name: {str(verb): number for verb, number in verbs.items()} for name, verbs in made.writes.items()}


def _done(run: RunOutcome) -> dict[str, int]:
    return {"written": run.counts.get("done", 0), "conflicts": run.conflicts}


def _undone(run: RunOutcome) -> dict[str, int]:
    return {"written": run.counts.get("done", 0), "left": len(run.left)}


def differences(table: Table, before: Files, after: Files) -> Iterator[tuple[str, Sequence[str]]]:
    """Rows that differ: ``-`` as they were, then ``+`` as they are."""
    old, new = before[table], after[table]
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            yield from ((sign, rows[key]) for sign, rows in (("-", old), ("+", new)) if key in rows)


def _files(folder: Path) -> Files:
    return {table: _rows(folder, table) for table in TABLES}


def _rows(folder: Path, table: Table) -> Rows:
    with (folder / table.file).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter=table.delimiter))
    return {row[table.columns[0]]: tuple(row[name] for name in table.columns) for row in rows}


def _type_in(folder: Path, edit: Edit) -> None:
    """Write the file as another program would, with one cell changed."""
    table, file = edit.table, folder / edit.table.file
    with file.open(encoding="utf-8", newline="") as lines:
        header, *rows = csv.reader(lines, delimiter=table.delimiter)
    key, column = header.index(table.columns[0]), header.index(edit.column)
    for row in rows:
        if row[key] == edit.key:
            row[column] = edit.value
    with file.open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines, delimiter=table.delimiter, lineterminator="\n").writerows([header, *rows])
