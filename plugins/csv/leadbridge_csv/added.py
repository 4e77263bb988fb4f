"""Rows that a run adds to a file: the latest in memory, those before them in a temporary file."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator
from tempfile import TemporaryFile
from typing import IO, Final

_KEPT: Final = 5_000
"""Rows that stay in memory."""


class Added:
    """Each row keeps its place, counted from 0. One that was taken back leaves its place empty."""

    def __init__(self) -> None:
        self._latest: list[list[str]] = []
        self._starts = array("Q")
        self._changed: dict[int, list[str] | None] = {}
        self._file: IO[bytes] | None = None
        self._removed = 0

    def __len__(self) -> int:
        return len(self._starts) + len(self._latest) - self._removed

    def append(self, cells: list[str]) -> int:
        """The row's place."""
        if len(self._latest) >= _KEPT:
            self._spill()
        self._latest.append(cells)
        return len(self._starts) + len(self._latest) - 1

    def row(self, place: int) -> list[str] | None:
        """Its cells; None where it was taken back."""
        if place in self._changed:
            return self._changed[place]
        if place >= len(self._starts):
            return self._latest[place - len(self._starts)]
        return self._read(place)

    def replace(self, place: int, cells: list[str] | None) -> None:
        """Other cells for a row that is there, or None to take it back."""
        self._changed[place] = cells
        self._removed += cells is None

    def __iter__(self) -> Iterator[list[str]]:
        for place in range(len(self._starts) + len(self._latest)):
            cells = self.row(place)
            if cells is not None:
                yield cells

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _spill(self) -> None:
        if self._file is None:
            self._file = TemporaryFile()  # noqa: SIM115  (closed with the draft)
        end = self._file.seek(0, 2)
        for cells in self._latest:
            self._starts.append(end)
            end += self._file.write(json.dumps(cells).encode() + b"\n")
        self._latest.clear()

    def _read(self, place: int) -> list[str]:
        if self._file is None:
            raise IndexError(place)
        self._file.seek(self._starts[place])
        cells: list[str] = json.loads(self._file.readline())
        return cells
