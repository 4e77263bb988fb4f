"""The figures: what is measured, beside whom, and in which unit. Ours comes first in every group."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data import FOLDER, changed_leads, leads
from benchmarks.measure import Cost, by_turns, run

HERE = Path(__file__).parent
PEER_PYTHON = HERE / ".venv" / "bin" / "python"
ONE_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One measured thing.

    Attributes:
        value: in the group's unit.
        ratio: how many times better than this line the first line of the group is; None for the first itself, and
            where nothing is compared.
        peak: largest resident memory in MB.
    """

    name: str
    value: float
    ratio: float | None
    peak: float


@dataclass(frozen=True, slots=True)
class Group:
    """Lines measured by turns in one run, so that their ratios hold on any machine."""

    title: str
    unit: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Size:
    """How much is measured: rows of the files compared, rows of the files for memory, rounds by turns."""

    rows: int
    memory: tuple[int, ...]
    rounds: int


FULL = Size(rows=100_000, memory=(10_000, 100_000, 1_000_000), rounds=5)
QUICK = Size(rows=10_000, memory=(10_000, 100_000), rounds=1)


def first_import(size: Size) -> Group:
    """Every row, every field, against a tap that passes text on and a loop that only reads."""
    file = leads(size.rows)
    return _speeds(
        f"Capture and normalise {size.rows:,} leads of 15 columns",
        {
            "leadbridge: capture + map": _work("normalise", file),
            "singer-sdk tap: rows as they are": _tap(file),
            "singer-sdk tap | target: written as they are": _tap_into_target(file),
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
            "singer-sdk tap: all rows again": _tap(file),
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
            "singer-sdk tap: all rows again": _tap(file),
            "csv.DictReader + hash: reads only": _reader(file),
        },
        size,
    )


def memory(size: Size) -> Group:
    """Largest resident memory as the file grows; flat is what it should be."""
    lines = []
    for rows in size.memory:
        cost = run(_work("normalise", leads(rows)))
        lines.append(Line(f"{rows:,} rows", rows / cost.cpu, None, cost.peak))
    return Group("Memory of capture + map", "rows/s", tuple(lines))


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
    return Group("Start-up", "s of CPU", _lines({name: (c.cpu, c) for name, c in costs.items()}, more_is_better=False))


GROUPS = {
    "import": first_import,
    "unchanged": unchanged,
    "changed": slightly_changed,
    "memory": memory,
    "start": start_up,
}


def _speeds(title: str, commands: dict[str, Sequence[str]], size: Size) -> Group:
    costs = by_turns(commands, size.rounds)
    return Group(title, "rows/s", _lines({n: (size.rows / c.cpu, c) for n, c in costs.items()}))


def _lines(values: dict[str, tuple[float, Cost]], *, more_is_better: bool = True) -> tuple[Line, ...]:
    ours = next(iter(values.values()))[0]
    lines = []
    for number, (name, (value, cost)) in enumerate(values.items()):
        ratio = ours / value if more_is_better else value / ours
        lines.append(Line(name, value, ratio if number else None, cost.peak))
    return tuple(lines)


def _work(kind: str, *files: Path) -> tuple[str, ...]:
    return (sys.executable, "-m", "benchmarks.work", kind, *map(str, files))


def _reader(file: Path) -> tuple[str, ...]:
    return (sys.executable, str(HERE / "peers" / "read_rows.py"), str(file))


def _tap(file: Path) -> tuple[str, ...]:
    return _peer("tap_leads", file)


def _tap_into_target(file: Path) -> tuple[str, ...]:
    target = _peer("target_leads", FOLDER / "target.csv")
    return ("sh", "-c", f"{shlex.join(_tap(file))} | {shlex.join(target)}")


def _peer(name: str, file: Path) -> tuple[str, ...]:
    config = FOLDER / f"{name}-{file.parent.name}.json"
    config.write_text(json.dumps({"path": str(file)}), encoding="utf-8")
    return (str(PEER_PYTHON), str(HERE / "peers" / f"{name}.py"), "--config", str(config))


def _cursor(file: Path) -> Path:
    """The cursor that a first capture of the file leaves."""
    kept = file.with_suffix(".cursor")
    run(_work("remember", file, kept))
    return kept
