"""CSV as Bulk API 2.0 takes and gives it.

Rules: Bulk API 2.0 guide, prepare CSV files; the line ending and the delimiter are the job's, not guessed.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

DELIMITERS: Final = {
    "BACKQUOTE": "`",
    "CARET": "^",
    "COMMA": ",",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
LINE_ENDINGS: Final = {"LF": "\n", "CRLF": "\r\n"}

MAX_COLUMNS: Final = 5_000
MAX_FIELD: Final = 32_000
MAX_RECORD: Final = 400_000
"""Characters; Bulk API 2.0 limits."""

_ENDING: Final = re.compile(r'"(?:[^"]|"")*"|\r\n|\n|\r')


class UnreadableError(Exception):
    """The data of a job cannot be read; the job fails, with this text as its ``errorMessage``."""


@dataclass(frozen=True, slots=True)
class Format:
    """How the CSV of a job is written; the names are those of the API."""

    delimiter: str = "COMMA"
    line_ending: str = "LF"


@dataclass(frozen=True, slots=True)
class Table:
    """The data of a job: its header, and its rows, each as long as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_table(data: bytes, format: Format) -> Table:
    """The data of a job.

    Raises:
        UnreadableError: another line ending than the job's, no UTF-8, no header, a row of another length.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("InvalidBatch : Failed to parse CSV. The data is not in UTF-8") from error
    _check_ending(text, format)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=DELIMITERS[format.delimiter], strict=True))
    except csv.Error as error:
        raise UnreadableError(f"InvalidBatch : Failed to parse CSV. {error}") from error
    if not lines or not any(lines[0]):
        raise UnreadableError("InvalidBatch : The CSV file is empty or has no header")
    return _table(lines)


def _table(lines: list[list[str]]) -> Table:
    header = tuple(name.strip() for name in lines[0])
    if len(header) > MAX_COLUMNS:
        raise UnreadableError(f"InvalidBatch : There are {len(header)} columns; at most {MAX_COLUMNS} are allowed")
    lowered = [name.lower() for name in header]
    if len(set(lowered)) < len(lowered):
        raise UnreadableError("InvalidBatch : A column is in the header twice")
    rows = [tuple(line) for line in lines[1:] if line]
    for number, row in enumerate(rows, start=2):
        if len(row) != len(header):
            raise UnreadableError(f"InvalidBatch : Line {number} has {len(row)} fields, {len(header)} expected")
    return Table(header, tuple(rows))


def _check_ending(text: str, format: Format) -> None:
    """The first line's ending tells; those within quotes do not count."""
    found = next((m.group() for m in _ENDING.finditer(text) if m.group()[0] != '"'), None)
    if found is not None and found != LINE_ENDINGS[format.line_ending]:
        message = "ClientInputError : LineEnding is invalid on user data. "
        raise UnreadableError(f"{message}Current LineEnding setting is {format.line_ending}")


def write_table(header: Sequence[str], rows: Iterable[Sequence[str]], format: Format) -> bytes:
    """Rows as CSV, every field in quotes, as Salesforce does."""
    return "".join(_lines(header, rows, format)).encode()


def _lines(header: Sequence[str], rows: Iterable[Sequence[str]], format: Format) -> Iterator[str]:
    out = io.StringIO(newline="")
    writer = csv.writer(
        out,
        delimiter=DELIMITERS[format.delimiter],
        lineterminator=LINE_ENDINGS[format.line_ending],
        quoting=csv.QUOTE_ALL,
    )
    writer.writerow(header)
    writer.writerows(rows)
    yield out.getvalue()
