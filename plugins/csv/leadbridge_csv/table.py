"""A file's rows found by id, a few bytes per row in memory, so that single rows can be read and replaced."""

from __future__ import annotations

import csv
import io
import os
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from itertools import islice

from leadbridge.errors import ConnectionFailedError
from leadbridge.records import Record
from leadbridge_csv.failures import changed_meanwhile, reading
from leadbridge_csv.fingerprints import Fingerprints
from leadbridge_csv.index import HashIndex
from leadbridge_csv.objects import CsvFile
from leadbridge_csv.sheet import Sheet, digest_of, opened
from leadbridge_csv.target import RecordMaker, Target, key_of, key_place

_HASH = (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Row:
    """A good row of the file: its place among them, its raw cells and its exact text."""

    place: int
    cells: list[str]
    text: str


class Table:
    """The file as it is when this is made; ``digest`` tells later whether it still is.

    Raises ConnectionFailedError where it cannot be read, lacks its key, or is in an encoding that would not come back
    byte for byte.
    """

    def __init__(self, target: Target, file: CsvFile) -> None:
        self._target = target
        self.file = file
        self.digest = digest_of(target.connection, file)
        self.starts = array("Q")
        self.sizes = array("Q")
        self._lines = array("Q")
        self.last_text = ""
        with reading(target.connection, file.label):
            self.stream: BufferedReader = file.path.open("rb")
        try:
            self._scan()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        self.stream.close()

    def find(self, id: str) -> list[Row]:
        """The rows with this id: one, none, or where a table repeats a key several."""
        if self.key_place is None:
            return self._find_content(id)
        found = map(self.row, self._index.places(hash(id) & _HASH))
        return [row for row in found if key_of(row.cells[self.key_place]) == id]

    def count(self, fingerprint: int) -> int:
        """How many rows of an inbox are equal to one."""
        return sum(1 for _ in self._equal(fingerprint))

    def fingerprint(self, cells: list[str]) -> int:
        return self._fingerprints.of([cells])[0]

    def row(self, place: int) -> Row:
        """Raises ConnectionFailedError where it cannot be read any more, or is no row now: somebody edited the file."""
        with reading(self._target.connection, self.file.label):
            self.stream.seek(self.starts[place])
            data = self.stream.read(self.sizes[place])
            text = data.decode(self.sheet.encoding.name, self.sheet.encoding.errors)
        try:
            cells = next(self.sheet.dialect.parse(io.StringIO(text, newline="")), [])
        except csv.Error:
            cells = []
        if len(data) != self.sizes[place] or len(cells) != len(self.sheet.names):
            raise changed_meanwhile(self._target.connection, self.file.label)
        return Row(place, cells, text)

    def record(self, id: str, row: Row) -> Record:
        return self._maker.make(id, row.cells, row.text, self._lines[row.place])

    def _scan(self) -> None:
        hashes = array("Q")
        with opened(self._target.connection, self.file, self._target.settings) as sheet:
            self.sheet = sheet
            self.key_place = key_place(self._target, sheet)
            if self._target.key is not None and self.key_place is None:
                raise ConnectionFailedError(
                    self._target.connection,
                    f"connection {self._target.connection!r}: {self.file.label} has no header, so no key either;"
                    " give it one, or, where it is just being saved, run again",
                )
            self._fingerprints = Fingerprints(sheet.names)
            self._maker = RecordMaker(self._target, sheet)
            self.last_text = sheet.head
            end = self._scan_rows(sheet, hashes)
        if end != os.fstat(self.stream.fileno()).st_size:
            if digest_of(self._target.connection, self.file) != self.digest:
                raise changed_meanwhile(self._target.connection, self.file.label)
            raise ConnectionFailedError(
                self._target.connection,
                f"connection {self._target.connection!r}: {self.file.label} is in {sheet.encoding.name}, which cannot"
                " be written back byte for byte; save it as UTF-8",
            )
        self._index = HashIndex(hashes, len(hashes))

    def _scan_rows(self, sheet: Sheet, hashes: array[int]) -> int:
        """Where the last row ends, in bytes."""
        encode, offset = sheet.encoding.encode, len(sheet.encoding.mark) + len(sheet.encoding.encode(sheet.head))
        for block in sheet.blocks():
            for line, text, cells in block.pieces():
                size = len(encode(text))
                if cells is not None:
                    self.starts.append(offset)
                    self.sizes.append(size)
                    self._lines.append(line)
                offset += size
                self.last_text = text
            hashes.extend(self._hashes(block.rows))
        return offset

    def _hashes(self, rows: list[list[str]]) -> Iterator[int]:
        place = self.key_place
        if place is not None:
            return (hash(key_of(row[place])) & _HASH for row in rows)
        return iter(self._fingerprints.of(rows) if rows else ())

    def _find_content(self, id: str) -> list[Row]:
        digits, _, times = id.partition("-")
        try:
            fingerprint, number = int(digits, 16), int(times or 1)
        except ValueError:
            return []
        return list(islice(self._equal(fingerprint), max(number - 1, 0), max(number, 0)))

    def _equal(self, fingerprint: int) -> Iterator[Row]:
        found = map(self.row, self._index.places(fingerprint))
        return (row for row in found if self.fingerprint(row.cells) == fingerprint)
