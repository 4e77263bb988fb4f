"""A newcomer's turn is drawn both ways in every test: by the short way and by the long one, which must agree."""

from __future__ import annotations

from leadbridge.jobs.sync import planning
from leadbridge.jobs.sync.chunk import Chunk
from leadbridge.jobs.sync.newcomers import Newcomers
from leadbridge.jobs.sync.turning import Drawn, Turn


class Compared(Newcomers):
    """Raises AssertionError where the two ways differ."""

    drawn = 0

    def draw(self, chunk: Chunk, number: int) -> Drawn | None:
        short = super().draw(chunk, number)
        if short is not None:
            long = Turn(self._around, chunk, number).draw()
            assert (short.settle, short.writes, short.rejects) == (long.settle, long.writes, long.rejects)
            type(self).drawn += 1
        return short


def compare() -> None:
    planning.Newcomers = Compared  # type: ignore[misc]  # for the whole test process
