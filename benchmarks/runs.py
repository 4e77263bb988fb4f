"""Whole runs of a job: plan, state, journal and files, beside peers that move the same rows."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from benchmarks.data import FOLDER, changed_leads, leads
from benchmarks.group import Group, Line, Size, lines
from benchmarks.measure import Cost, Work, run, works_by_turns
from benchmarks.peer import peer, tap_into_target
from benchmarks.project import ONE_PERCENT, change, first_import_of, imported, make, sync

_OURS = "leadbridge: read, match, merge, plan, write"
_SINGER = "singer-sdk tap | target: written as they are"
_DLT = "dlt to DuckDB: merged by key as they are"


def first_import(size: Size) -> Group:
    """Leads that nobody has seen, into an empty table: planned, approved, written, remembered."""
    rows = size.synced

    def ours() -> Cost:
        return first_import_of(make(rows, "first"))

    def dlt() -> Cost:
        return _dlt(leads(rows), _empty("dlt-first"))

    works = {_OURS: ours, _SINGER: lambda: run(tap_into_target(leads(rows))), _DLT: dlt}
    return _speeds(f"First import of {rows:,} leads, CSV to CSV, with state and journal", works, size)


def unchanged(size: Size) -> Group:
    """The next run, where nothing happened meanwhile."""
    return _later(size, f"Second run over {size.synced:,} leads, none changed", leads(size.synced))


def edited(size: Size) -> Group:
    """A run after one lead in a hundred moved to another city."""
    file = changed_leads(size.synced, ONE_PERCENT)
    return _later(size, f"Third run over {size.synced:,} leads, 1 % changed", file)


def _later(size: Size, title: str, file: Path) -> Group:
    """A run over a file after the first import of the unchanged one. Each round starts from the same state."""
    rows = size.synced
    kept, loaded = imported(rows, "kept"), _empty("dlt-kept")
    run(sync(), kept)
    _dlt(leads(rows), loaded)

    def ours() -> Cost:
        folder = _copied(kept, "turn")
        change(folder, file)
        return run(sync(), folder)

    works = {
        _OURS: ours,
        _SINGER: lambda: run(tap_into_target(file)),
        _DLT: lambda: _dlt(file, _copied(loaded, "dlt-turn")),
    }
    return _speeds(title, works, size)


def growth(size: Size) -> Group:
    """What a lead takes in the state, with the plan and the journal of its import; and memory, as files grow."""
    found = []
    for rows in size.growth:
        folder = make(rows, "growth")
        cost = first_import_of(folder)
        state = sum(file.stat().st_size for file in (folder / ".leadbridge").glob("state.db*"))
        found.append(Line(f"{rows:,} leads, in two files each", state / rows, None, cost.peak))
    return Group("State after the first import", "bytes", tuple(found))


def both_ways(size: Size) -> Group:
    """Two CRMs in memory, half of whose records are the same people: after it both have everybody."""
    rows = size.synced // 2
    works: dict[str, Work] = {
        "leadbridge: fields compared, matched by e-mail": lambda: run(_two_way(rows)),
        "vdirsyncer: items whole, matched by their UID": lambda: run(peer("sync_memory", rows, _empty("vdirsyncer"))),
    }
    costs = works_by_turns(works, size.sync_rounds)
    speeds = {name: (2 * rows / cost.cpu, cost) for name, cost in costs.items()}
    return Group(f"First two-way sync of {rows:,} + {rows:,} records in memory", "rows/s", lines(speeds))


def _two_way(rows: int) -> tuple[str, ...]:
    return (sys.executable, "-m", "benchmarks.two_way", str(rows), str(_empty("two-way")))


def _speeds(title: str, works: dict[str, Work], size: Size) -> Group:
    costs = works_by_turns(works, size.sync_rounds)
    return Group(title, "rows/s", lines({name: (size.synced / cost.cpu, cost) for name, cost in costs.items()}))


def _dlt(file: Path, folder: Path) -> Cost:
    return run(peer("dlt_leads", file, folder))


def _empty(name: str) -> Path:
    folder = FOLDER / "projects" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def _copied(kept: Path, name: str) -> Path:
    folder = FOLDER / "projects" / name
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kept, folder)
    return folder
