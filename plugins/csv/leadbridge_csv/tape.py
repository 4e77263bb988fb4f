"""Lines one at a time for a csv parser, remembering those of the current record, with a way back to its start."""

from __future__ import annotations

from collections.abc import Iterator

from leadbridge_csv.lines import LineSource, Spot

_LEAST_BUDGET = 1 << 26
_LINE_COST = 16  # a line takes more memory than its characters


class Overflow(Exception):  # noqa: N818  (a signal between tape and reader, caught there)
    """The current record would be longer than can be held."""


class Tape:
    """
    Going back costs a second reading. A hostile file could ask for it at every line, so it is limited to four times
    the file; after that the tape is ``confined``: every line is a record by itself.

    Attributes:
        lines, index, number: the lines at hand, the place in them, and the number of the first of them.
        taken: lines of the current record. ``first`` is the number of its first line.
        ended: the file ended inside the current record's reading.
    """

    def __init__(self, source: LineSource, row_limit: int, size: int) -> None:
        self._source = source
        self._limit = row_limit
        self._budget = max(_LEAST_BUDGET, 4 * size)
        self._origin = source.origin
        self.lines: list[str] = []
        self.index = 0
        self.clean = True
        self.start()

    @property
    def number(self) -> int:
        return self._origin.line

    @property
    def first(self) -> int:
        return self._mark.line if self._mark else self.number + self._start

    @property
    def current(self) -> int:
        """The number of the line that was taken last."""
        return self.number + self.index - 1

    @property
    def fits(self) -> bool:
        """What was taken of the current record can be held."""
        return self._size <= self._limit and not self._source.partial

    @property
    def confined(self) -> bool:
        return self._budget < 0

    def load(self) -> bool:
        """Have the next lines at hand; false at the end of the file."""
        self.lines = self._source.read()
        self.index = 0
        self._origin = self._source.origin
        self.clean = self._source.clean and not self._source.partial
        return bool(self.lines)

    def start(self) -> None:
        """A record starts here."""
        self._start = self.index
        self._mark: Spot | None = None
        self._size = 0
        self.taken: list[str] = []
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.confined and self.taken:
            raise Overflow
        if self.index == len(self.lines):
            self._mark = self._mark or self._spot(self._start)
            if not self.load():
                self.ended = True
                raise StopIteration
        line = self.lines[self.index]
        self.index += 1
        self.taken.append(line)
        self._size += len(line) + _LINE_COST
        if not self.fits:
            raise Overflow
        return line

    def push_back(self) -> None:
        """Go on with the record's second line."""
        mark = self._mark or self._spot(self._start)
        self._budget -= self._size
        self.lines = [*self.taken[1:], *self.lines[self.index :]]
        self.index = 0
        self.clean = False
        self._origin = mark.past(len(self.taken[0]), 1)

    def rewind(self) -> Spot:
        """Go back to the record's start: that place."""
        mark = self._mark or self._spot(self._start)
        self.rewind_to(mark)
        return mark

    def rewind_to(self, spot: Spot) -> None:
        self._source.seek(spot)
        self._origin = spot
        self.lines, self.index = [], 0

    def pieces(self, lines: int | None = None) -> Iterator[str]:
        """Text from here on, a line or a piece of a long line at a time, to the end or for so many lines."""
        left = lines
        while (left is None or left) and (self.index < len(self.lines) or self.load()):
            piece = self.lines[self.index]
            self.index += 1
            self._budget -= len(piece)
            if left is not None and piece.endswith(("\n", "\r")):
                left -= 1
            yield piece

    def _spot(self, index: int) -> Spot:
        return self._origin.past(sum(map(len, self.lines[:index])), index)
