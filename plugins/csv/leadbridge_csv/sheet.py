"""An open CSV file: its encoding and dialect found out, its header read, its rows to come."""

from __future__ import annotations

import csv
import hashlib
import stat
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from leadbridge.errors import ConnectionFailedError
from leadbridge_csv.dialect import Dialect, sniff
from leadbridge_csv.encoding import Encoding, detect
from leadbridge_csv.failures import reading
from leadbridge_csv.lines import LineSource
from leadbridge_csv.objects import CsvFile
from leadbridge_csv.reader import Block, Reader, row_limit
from leadbridge_csv.settings import CsvSettings
from leadbridge_csv.tape import Overflow, Tape

_SAMPLE = 1 << 18
_LONGEST_NAME = 10_000
_OTHER_FILES = (
    (b"PK\x03\x04", "a zip archive, as spreadsheets (xlsx, ods) are; save its table as CSV"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old spreadsheet (xls); save its table as CSV"),
    (b"\x1f\x8b", "compressed (gzip); unpack it"),
)
"""How files begin that people take for CSV, by whatever name."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """
    Attributes:
        names: field names, unique and never blank; ``columns`` are the header's cells as they stand.
        head: all text up to the first row.
        reader: None where there is no header, so no rows either.
    """

    file: CsvFile
    encoding: Encoding
    dialect: Dialect
    names: tuple[str, ...]
    columns: tuple[str, ...]
    head: str
    reader: Reader | None

    def blocks(self) -> Iterator[Block]:
        return self.reader.blocks() if self.reader else iter(())


@contextmanager
def opened(connection: str, file: CsvFile, settings: CsvSettings) -> Iterator[Sheet]:
    """The file, ready to read. Raises ConnectionFailedError, also for what goes wrong while its rows are read."""
    with reading(connection, file.label), _open(file.path) as stream:
        yield _sheet(connection, file, settings, stream)


def digest_of(connection: str, file: CsvFile) -> str:
    """Of all its bytes. Raises ConnectionFailedError where the file cannot be read."""
    with reading(connection, file.label), _open(file.path) as stream:
        return hashlib.file_digest(stream, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _open(path: Path) -> BufferedReader:
    """Opening a pipe would wait for ever."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(0, "it is no file")
    return path.open("rb")


def _sheet(connection: str, file: CsvFile, settings: CsvSettings, stream: BufferedReader) -> Sheet:
    sample = stream.read(_SAMPLE)
    for start, kind in _OTHER_FILES:
        if sample.startswith(start):
            message = f"connection {connection!r}: {file.label} is no CSV file but {kind}"
            raise ConnectionFailedError(connection, message)
    encoding = detect(sample, settings.encoding)
    text = sample[len(encoding.mark) :].decode(encoding.name, "replace")
    if len(sample) == _SAMPLE:
        text = text[: text.rfind("\n") + 1] or text  # whole lines
    limit = row_limit(settings.max_cell)
    csv.field_size_limit(max(csv.field_size_limit(), limit))  # the tape keeps the bounds, so the parser need not
    dialect = sniff(text, settings.delimiter, settings.quote)
    tape = Tape(LineSource(stream, encoding, limit), limit, file.path.stat().st_size)
    try:
        columns, head = _header(tape, dialect)
        sound = max(map(len, columns), default=0) <= _LONGEST_NAME
    except Overflow:
        sound = False
    if not sound:
        raise ConnectionFailedError(
            connection,
            f"connection {connection!r}: {file.label} has no header: its first line has no end, or a name in it more"
            f" than {_LONGEST_NAME} characters; see that it is a CSV file",
        )
    names = field_names(columns)
    reader = Reader(tape, dialect, len(names), settings.max_cell) if names else None
    return Sheet(file, encoding, dialect, names, tuple(columns), head, reader)


def _header(tape: Tape, dialect: Dialect) -> tuple[Sequence[str], str]:
    """The first record that is not blank, and all text up to its end. A header with a stray quote is one line."""
    head: list[str] = []
    if dialect.named:
        head.append(next(iter(tape), ""))
    while True:
        tape.start()
        try:
            row = next(dialect.parse(tape), None)
        except Overflow:
            if not tape.taken[0].endswith(("\n", "\r")):
                raise
            row = []
        if row is None:
            return (), "".join(head)
        if len(tape.taken) > 1 and (tape.ended or dialect.parse_alone(tape.taken) is None):
            row = next(dialect.parse(tape.taken[:1]))
            head.append(tape.taken[0])
            tape.push_back()
        else:
            head.extend(tape.taken)
        if any(cell.strip() for cell in row):
            return row, "".join(head)


def field_names(columns: Sequence[str]) -> tuple[str, ...]:
    """Trimmed; a blank one is ``column 3``, the second ``Name`` is ``Name#2``: so no column is lost."""
    wanted = [_name(cell, number) for number, cell in enumerate(columns, 1)]
    taken = set(wanted)
    times: Counter[str] = Counter()
    names = []
    for name in wanted:
        times[name] += 1
        unique = name
        while times[name] > 1 and unique in taken:
            unique = f"{name}#{times[name]}"
            times[name] += unique in taken
        taken.add(unique)
        names.append(unique)
    return tuple(names)


def _name(cell: str, number: int) -> str:
    shown = cell.encode("utf-8", "replace").decode().replace("\0", "?").strip("\ufeff \t\r\n")
    return shown or f"column {number}"
