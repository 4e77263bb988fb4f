"""The demo's second half: two tables of the same people, kept in step by the same jobs as the commands run."""

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

JOB: Final = "newsletter"


@dataclass(frozen=True, slots=True)
class Table:
    """One of the two files, with the columns that tell the story; the first is its key."""

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


CRM: Final = Table(Path("crm/contacts.csv"), ",", ("id", "last_name", "phone", "job_title", "opted_out_of_email"))
SUBSCRIBERS: Final = Table(
    Path("newsletter/subscribers.csv"), ";", ("No", "Family name", "Mobile", "Job", "Unsubscribed")
)
TABLES: Final = (CRM, SUBSCRIBERS)
EDITS: Final = (
    Edit(CRM, "C006", "job_title", "Head of Engineering"),
    Edit(SUBSCRIBERS, "1005", "Job", "Chief Engineer"),
)
"""The same person on both sides, in a field that the first run wrote."""

Rows = Mapping[str, Sequence[str]]
"""Key -> cells, in the order of the file."""
Files = Mapping[Table, Rows]


@dataclass(frozen=True, slots=True)
class InStep:
    """What became of each step, and the files between the steps.

    Attributes:
        again: the run right after the first one.
        met: the run after one value was changed on both sides.
        undone: the undo of the first run.
        before, after, end: before the first run, after it, and after its undo.
    """

    planned: PlanOutcome
    applied: RunOutcome
    again: RunOutcome
    met: RunOutcome
    undone: RunOutcome
    before: Files
    after: Files
    end: Files


def keep_in_step(workspace: Workspace, store: Store, watch: Watch) -> InStep:
    """Plan, approve, apply; run again; edit both sides, run; undo the first run."""
    from leadbridge.jobs.sync import api

    folder = workspace.project.folder
    before = _files(folder)
    planned = api.make_plan(workspace, store, JOB, watch)
    applied = api.approve_and_apply(workspace, store, planned.plan, frozenset(), watch)
    after = _files(folder)
    again = api.sync(workspace, store, JOB, "yes", frozenset(), watch)
    for edit in EDITS:
        _type_in(folder, edit)
    met = api.sync(workspace, store, JOB, "yes", frozenset(), watch)
    undone = api.undo(workspace, store, applied.run, "yes", watch)
    return InStep(planned, applied, again, met, undone, before, after, _files(folder))


def counts(found: InStep) -> dict[str, object]:
    """What each step did, as numbers."""
    return {
        "planned": {name: dict(verbs) for name, verbs in found.planned.writes.items()},
        "applied": {"written": _written(found.applied), "conflicts": found.applied.conflicts},
        "again": {"written": _written(found.again)},
        "edited_on_both_sides": {"written": _written(found.met), "conflicts": found.met.conflicts},
        "undone": {"written": _written(found.undone), "left": len(found.undone.left)},
    }


def differences(table: Table, before: Files, after: Files) -> Iterator[tuple[str, Sequence[str]]]:
    """Rows that differ: ``-`` as they were, then ``+`` as they are."""
    old, new = before[table], after[table]
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            yield from ((sign, rows[key]) for sign, rows in (("-", old), ("+", new)) if key in rows)


def _written(run: RunOutcome) -> int:
    return run.counts.get("done", 0)


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
