"""Records of a file in blocks: good rows with their line numbers, and what could not be read.

Most blocks go the quick way: the C parser over a list of lines, where every line is one record of the right width with
its quotes in order. Any other block goes line by line, where a stray quote must not swallow the rows after it and a
record must not outgrow its bound.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from leadbridge_csv.dialect import Dialect
from leadbridge_csv.encoding import is_decoded
from leadbridge_csv.lines import SIZE
from leadbridge_csv.tape import Overflow, Tape

_ROW_FACTOR = 4
_LEAST_ROW = 1 << 20
_LOOKED_AT = 1000  # lines of a record that cannot be held: enough to tell rows from text


def row_limit(max_cell: int) -> int:
    """How many characters a row may have: four times the longest cell, and never less than 1 MiB."""
    return max(max_cell * _ROW_FACTOR, _LEAST_ROW)


@dataclass(frozen=True, slots=True)
class Bad:
    """Text that is no record, from the line on where it starts.

    Attributes:
        code: why; empty where there is nothing to reject (a blank line, the rest of what was rejected).
        cells: what the parser made of it, where it could.
    """

    code: str
    line: int
    text: str
    cells: Sequence[str] = ()


@dataclass(slots=True)
class Block:
    """Good rows (raw cells, first lines, exact text) and bad text, each in the order of the file."""

    rows: list[list[str]] = field(default_factory=list)
    numbers: Sequence[int] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    bad: list[Bad] = field(default_factory=list)

    def pieces(self) -> list[tuple[int, str, list[str] | None]]:
        """Line, exact text and, of a good row, its cells: everything in the order of the file."""
        good: list[tuple[int, str, list[str] | None]] = list(zip(self.numbers, self.texts, self.rows, strict=True))
        return sorted([*good, *((bad.line, bad.text, None) for bad in self.bad)], key=lambda piece: piece[0])


class Reader:
    """Blocks of the records from the tape's place on; ``width`` is the number of the header's columns."""

    def __init__(self, tape: Tape, dialect: Dialect, width: int, max_cell: int) -> None:
        self._tape = tape
        self._dialect = dialect
        self._width = width
        self._max_cell = max_cell
        self._records = dialect.parse(tape)

    def blocks(self) -> Iterator[Block]:
        tape = self._tape
        while tape.index < len(tape.lines) or tape.load():
            quick = self._quick()
            if quick:
                yield quick
            else:
                yield from self._careful()

    def _quick(self) -> Block | None:
        tape, lines = self._tape, self._tape.lines
        if tape.index or not tape.clean or max(map(len, lines)) > self._max_cell:
            return None
        try:
            rows = list(self._dialect.parse(lines, strict=True))
        except csv.Error:
            return None
        if len(rows) != len(lines) or set(map(len, rows)) != {self._width} or not all(map(any, rows)):
            return None
        tape.index = len(lines)
        return Block(rows, range(tape.number, tape.number + len(lines)), lines)

    def _careful(self) -> Iterator[Block]:
        """The lines at hand, and those after them that belong to their last record."""
        tape, block, numbers = self._tape, Block(), list[int]()
        block.numbers = numbers
        more = True
        while more:
            tape.start()
            try:
                row = next(self._records, None)
            except Overflow:
                yield block
                yield from self._overflown()
                block, numbers = Block(), list[int]()
                block.numbers = numbers
            else:
                if row is None:
                    break
                self._take(row, block, numbers)
            more = tape.index < len(tape.lines)
        yield block

    def _take(self, row: list[str], block: Block, numbers: list[int]) -> None:
        tape = self._tape
        lines = tape.taken
        stray = tape.ended or (len(lines) > 1 and self._swallowed(lines))
        if stray:
            block.bad.append(Bad("unclosed_quote", tape.first, lines[0]))
            tape.push_back()
            return
        text = "".join(lines)
        code = self._fault(row, text)
        if code is None:
            block.rows.append(row)
            block.texts.append(text)
            numbers.append(tape.first)
        else:
            block.bad.append(Bad(code, tape.first, text, row))

    def _fault(self, row: Sequence[str], text: str) -> str | None:
        """Why the row is no record: a code, empty for a blank row, None for a good one."""
        if "\0" in text:
            return "nul"
        if not is_decoded(text):
            return "undecodable"
        if not any(row):
            return ""
        if len(text) > self._max_cell and max(map(len, row)) > self._max_cell:
            return "cell_too_long"
        return None if len(row) == self._width else "column_count"

    def _swallowed(self, lines: Sequence[str]) -> bool:
        """A stray quote took in the rows after it: together they are no row, most of them by themselves are."""
        row = self._dialect.parse_alone(lines)
        if row is not None and len(row) == self._width:
            return False
        return sum(map(self._is_row, lines[1:])) * 2 > len(lines) - 1

    def _is_row(self, line: str) -> bool:
        """In a file of one column any line would be one, so there none is; nor where a cell's quote was cut off."""
        if self._width == 1 or line.count(self._dialect.quote) % 2:
            return False
        row = self._dialect.parse_alone([line])
        return row is not None and len(row) == self._width

    def _overflown(self) -> Iterator[Block]:
        """Reject a record that cannot be held, or only its first line where a stray quote made it so long."""
        tape = self._tape
        if tape.confined and tape.fits:
            yield Block(bad=[Bad("unclosed_quote", tape.first, tape.taken[0])])
            return
        start = tape.rewind()
        extent = self._measure()
        stray = extent.lines > 1 and (not extent.closed or extent.rows * 2 > min(extent.lines - 1, _LOOKED_AT))
        code = "unclosed_quote" if stray and not extent.long_line else "cell_too_long"
        tape.rewind_to(start)
        line = start.line
        for text in _joined(tape.pieces(1 if stray else extent.lines)):
            yield Block(bad=[Bad(code, line, text)])
            code, line = "", tape.current

    def _measure(self) -> _Extent:
        """Look ahead for the record's end, holding none of it. Quotes are counted: they are even where it ends."""
        extent = _Extent()
        quote, inside, whole = self._dialect.quote, False, True
        for piece in self._tape.pieces():
            inside ^= piece.count(quote) % 2 == 1
            ends = piece.endswith(("\n", "\r"))
            extent.long_line |= not extent.lines and not (whole and ends)
            extent.rows += 0 < extent.lines <= _LOOKED_AT and whole and ends and self._is_row(piece)
            extent.lines += ends
            whole = ends
            if ends and (not inside or self._tape.confined):
                break
        else:
            extent.closed = not inside
            extent.lines += not whole
        return extent


@dataclass(slots=True)
class _Extent:
    """Of a record looked at from afar: its physical lines, those of the first that would be rows, whether it ended."""

    lines: int = 0
    rows: int = 0
    closed: bool = True
    long_line: bool = False


def _joined(pieces: Iterator[str]) -> Iterator[str]:
    """The same text in fewer parts: a long record may be of millions of short lines."""
    parts: list[str] = []
    size = 0
    for piece in pieces:
        parts.append(piece)
        size += len(piece)
        if size > SIZE:
            yield "".join(parts)
            parts, size = [], 0
    if parts:
        yield "".join(parts)
