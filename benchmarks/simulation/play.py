"""One seed, one contestant: people act, runs go on, things go wrong; then it is quiet, and counted."""

from __future__ import annotations

import gc
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from benchmarks.simulation.bridge import LeadBridge, Logged
from benchmarks.simulation.layout import CONNECTIONS, stored
from benchmarks.simulation.people import People
from benchmarks.simulation.score import Score, score
from benchmarks.simulation.strawmen import fixed_winner, last_writer_wins
from benchmarks.simulation.world import World
from leadbridge.errors import LeadBridgeError
from leadbridge.provider import Action
from leadbridge.testing.faults import LIVELY, Fault, Faults, Killed

_CYCLES = 8
_ACTS = 12
_LONGEST_QUIET = 8
_MISHAPS: tuple[Fault, ...] = (*LIVELY, "unreachable", "quota", "kill_before", "kill_midway", "kill_after")
_MEDDLING: tuple[Fault, ...] = ("edit_before", "edit_after")


class Contestant(Protocol):
    name: str

    def run(self) -> None:
        """One run. May raise LeadBridgeError, or Killed where the process dies."""

    def logged(self) -> Iterator[Logged]:
        """Values that were overruled and can be restored."""


Makes = Callable[[World, Path, str], Contestant]
CONTESTANTS: Mapping[str, Makes] = {
    "leadbridge": LeadBridge,
    "last_writer_wins": lambda world, folder, deletes: last_writer_wins(world),
    "fixed_winner": lambda world, folder, deletes: fixed_winner(world),
}


def play(name: str, seed: int) -> Score:
    with tempfile.TemporaryDirectory() as folder, no_waiting():
        found = Play(name, seed, Path(folder) / "project").to_the_end()
    gc.collect()  # killed runs leave tracebacks that hold on to whole worlds
    return found


class Play:
    def __init__(self, name: str, seed: int, folder: Path) -> None:
        self.world = World()
        self._seen = 0
        self._chance = random.Random(f"faults {seed}")  # noqa: S311  (repeatable, not secret)
        self.people = People(self.world, seed)
        self.contestant = CONTESTANTS[name](self.world, folder, ("park", "propagate")[seed % 2])

    def to_the_end(self) -> Score:
        for _ in range(_CYCLES):
            self.people.act(_ACTS)
            self._mishaps()
            self.run()
        return self.quiet()

    def quiet(self) -> Score:
        """Nobody does anything any more, nothing goes wrong; runs until one has nothing to do."""
        ledger = self.world.ledger
        self.world.faults.clear()
        for _ in range(_LONGEST_QUIET):
            before = ledger.writes
            if self.run() and ledger.writes == before:
                break
        before = ledger.writes
        self.run()
        return score(self.world, self.contestant.logged(), ledger.writes - before)

    def run(self) -> bool:
        """Whether it ended."""
        ledger = self.world.ledger
        start = len(ledger.edits)
        if self.people.calm:
            ledger.fresh = range(self._seen, start)
        self._seen = start
        try:
            self.contestant.run()
        except (Killed, LeadBridgeError):
            self.people.calm = False
            return False
        self.people.calm = True
        self.people.ran()
        ledger.done = start
        return True

    def _mishaps(self) -> None:
        for connection in CONNECTIONS:
            self.world.faults[connection] = Faults(
                script=self._script(self._chance.random()),
                stores=lambda column, raw, at=connection: stored(at, column, raw),
                user=lambda action, at=connection: self._meddle(action, at),
                equal_stamps=self._chance.random() < 0.3,
                echoes=self._chance.random() < 0.5,
            )

    def _meddle(self, action: Action, connection: str) -> None:
        self.people.meddle(action, connection)

    def _script(self, seed: float) -> Callable[[str, int], Fault | None]:
        def script(method: str, call: int) -> Fault | None:
            chance = random.Random(f"{seed} {method} {call}")  # noqa: S311  (as above)
            hit = chance.random()
            if method == "write" and hit < 0.08:
                return chance.choice(_MEDDLING)
            if method in {"read", "write", "commit"} and hit < 0.2:
                return chance.choice(_MISHAPS)
            return None

        return script


@contextmanager
def no_waiting() -> Iterator[None]:
    """Retries are due at once."""
    sleep, time.sleep = time.sleep, lambda seconds: None
    try:
        yield
    finally:
        time.sleep = sleep
