"""Lines put into a file that people wrote: everything else stays as it is, comments and spacing too."""

from __future__ import annotations

from collections.abc import Sequence

from leadbridge.errors import UsageError
from leadbridge.files.document import Document, Path_, dotted

INDENT = "  "


def insert(text: str, document: Document, path: Path_, lines: Sequence[str]) -> str:
    """The text with lines at the end of the mapping at ``path``, indented like what is there.

    A mapping that is not there, or is empty, is made at the end of the nearest one above it that is; its missing keys
    come with it. ``document`` is what the text says.

    Raises:
        UsageError: the mapping stands in braces.
    """
    there = path
    while there and not _filled(document, there):
        there = there[:-1]
    missing = path[len(there) :]
    rows = text.splitlines()
    column = _column(document, there, rows)
    block = [INDENT * depth + f"{key}:" for depth, key in enumerate(missing)]
    block += [INDENT * len(missing) + line for line in lines]
    at = _end(document, there, rows, column)
    if missing and _stands_empty(document, (*there, missing[0])):
        at = document.mark((*there, missing[0]), key=True).line
        block = block[1:]
    placed = [*rows[:at], *(" " * column + line for line in block), *rows[at:]]
    return "\n".join(placed) + "\n"


def _filled(document: Document, path: Path_) -> bool:
    try:
        value = document.at(path)
    except LookupError:
        return False
    return isinstance(value, dict) and bool(value)


def _stands_empty(document: Document, path: Path_) -> bool:
    try:
        return document.at(path) is None
    except LookupError:
        return False


def _column(document: Document, path: Path_, rows: Sequence[str]) -> int:
    """How far the mapping's keys are indented."""
    start = document.mark(path)
    if rows[start.line - 1][start.column - 1 : start.column] == "{":
        raise UsageError(
            f"{document.file}:{start.line}: {dotted(path)} stands in braces; write it as a block, one key a line, so"
            " that more can be put there"
        )
    return document.mark((*path, next(iter(document.at(path)))), key=True).column - 1


def _end(document: Document, path: Path_, rows: Sequence[str], column: int) -> int:
    """After how many rows the mapping ends; blank lines and comments behind it are not part of it."""
    last = list(document.at(path))[-1]
    end = row = document.mark((*path, last), key=True).line
    while row < len(rows):
        content = rows[row].strip()
        if content and not content.startswith("#"):
            if len(rows[row]) - len(rows[row].lstrip()) <= column and not content.startswith("- "):
                break
            end = row + 1
        row += 1
    return end
