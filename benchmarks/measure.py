"""Runs a command and says what it took; a round runs several by turns, so that a busy minute hits all of them."""

from __future__ import annotations

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parent.parent


class MeasureError(RuntimeError):
    """A measured command failed; its last words are in the text."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one run of a command took, start-up included.

    Attributes:
        seconds: by the clock on the wall.
        cpu: seconds of processor time, its own and the system's on its behalf.
        peak: largest resident memory, in MB.
    """

    seconds: float
    cpu: float
    peak: float

    def __add__(self, other: Cost) -> Cost:
        """One after the other."""
        return Cost(self.seconds + other.seconds, self.cpu + other.cpu, max(self.peak, other.peak))


Work = Callable[[], Cost]
"""Prepares what it needs, then measures."""


def run(command: Sequence[str], folder: Path = ROOT) -> Cost:
    """Run it in the folder with its output thrown away. Raises MeasureError where it fails."""
    with subprocess.Popen(  # noqa: S603  (the commands of this folder)
        command,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        start = time.perf_counter()
        said = process.stderr.read() if process.stderr else ""
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise MeasureError(f"{' '.join(command)} ended with {process.returncode}: {said.strip()[-500:]}")
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def by_turns(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Cost]:
    """The median of each command's runs, one after the other, round after round.

    One run before them does not count: it leaves compiled modules and a read file behind for the others.
    """
    for command in commands.values():
        run(command)
    return works_by_turns({name: partial(run, command) for name, command in commands.items()}, rounds)


def works_by_turns(works: Mapping[str, Work], rounds: int) -> dict[str, Cost]:
    """The median of each work's measures, one after the other, round after round."""
    costs: dict[str, list[Cost]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            costs[name].append(work())
    return {name: _median(measured) for name, measured in costs.items()}


def _median(costs: Sequence[Cost]) -> Cost:
    return Cost(
        seconds=statistics.median(cost.seconds for cost in costs),
        cpu=statistics.median(cost.cpu for cost in costs),
        peak=statistics.median(cost.peak for cost in costs),
    )
