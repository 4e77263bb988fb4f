"""The figures: what is measured, beside whom, and in which unit. Ours comes first in every group."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks import converting, runs, salesforce
from benchmarks.data import changed_leads, leads
from benchmarks.group import Group, Line, Size, lines
from benchmarks.measure import by_turns, run
from benchmarks.peer import HERE, PEER_PYTHON, tap, tap_into_target
from benchmarks.project import ONE_PERCENT


def first_import(size: Size) -> Group:
    """Every row, every field, against a tap that passes text on and a loop that only reads."""
    file = leads(size.rows)
    return _speeds(
        f"Capture and normalise {size.rows:,} leads of 15 columns",
        {
            "leadbridge: capture + map": _work("normalise", file),
            "singer-sdk tap: rows as they are": tap(file),
            "singer-sdk tap | target: written as they are": tap_into_target(file),
            "csv.DictReader + hash: reads only": _reader(file),
        },
        size,
    )


def unchanged(size: Size) -> Group:
    """A second capture of the same file, and one of the same rows in a file that was written anew."""
    file = leads(size.rows)
    return _speeds(
        f"Capture {size.rows:,} rows again, none changed",
        {
            "leadbridge: capture + map": _work("changes", file, _cursor(file)),
            "singer-sdk tap: all rows again": tap(file),
            "csv.DictReader + hash: reads only": _reader(file),
        },
        size,
    )


def slightly_changed(size: Size) -> Group:
    """One row in a hundred differs from the last capture."""
    file = changed_leads(size.rows, ONE_PERCENT)
    return _speeds(
        f"Capture {size.rows:,} rows again, 1 % changed",
        {
            "leadbridge: capture + map": _work("changes", file, _cursor(leads(size.rows))),
            "singer-sdk tap: all rows again": tap(file),
            "csv.DictReader + hash: reads only": _reader(file),
        },
        size,
    )


def memory(size: Size) -> Group:
    """Largest resident memory as the file grows; flat is what it should be."""
    found = []
    for rows in size.memory:
        cost = run(_work("normalise", leads(rows)))
        found.append(Line(f"{rows:,} rows", rows / cost.cpu, None, cost.peak))
    return Group("Memory of capture + map", "rows/s", tuple(found))


def start_up(size: Size) -> Group:
    """Processor time until the help is printed."""
    costs = by_turns(
        {
            "leadbridge --help": (sys.executable, "-m", "leadbridge", "--help"),
            "python -c pass (the floor)": (sys.executable, "-c", "pass"),
            "python -c import typer": (sys.executable, "-c", "import typer"),
            "singer-sdk tap --help": (str(PEER_PYTHON), str(HERE / "peers" / "tap_leads.py"), "--help"),
        },
        size.rounds * 2,
    )
    return Group("Start-up", "s of CPU", lines({name: (c.cpu, c) for name, c in costs.items()}, more_is_better=False))


GROUPS = {
    "import": first_import,
    "unchanged": unchanged,
    "changed": slightly_changed,
    "memory": memory,
    "converting": converting.memory,
    "first": runs.first_import,
    "again": runs.unchanged,
    "edited": runs.edited,
    "growth": runs.growth,
    "both": runs.both_ways,
    "salesforce": salesforce.api_calls,
    "start": start_up,
}


def _speeds(title: str, commands: dict[str, Sequence[str]], size: Size) -> Group:
    costs = by_turns(commands, size.rounds)
    return Group(title, "rows/s", lines({n: (size.rows / c.cpu, c) for n, c in costs.items()}))


def _work(kind: str, *files: Path) -> tuple[str, ...]:
    return (sys.executable, "-m", "benchmarks.work", kind, *map(str, files))


def _reader(file: Path) -> tuple[str, ...]:
    return (sys.executable, str(HERE / "peers" / "read_rows.py"), str(file))


def _cursor(file: Path) -> Path:
    """The cursor that a first capture of the file leaves."""
    kept = file.with_suffix(".cursor")
    run(_work("remember", file, kept))
    return kept
