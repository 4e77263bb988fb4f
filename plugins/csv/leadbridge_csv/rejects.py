"""Rows that could not be read, in words: why, and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from leadbridge.records import Reject
from leadbridge_csv.reader import Bad
from leadbridge_csv.sheet import Sheet

_RAW_CHARACTERS = 4096


def printable(text: str) -> str:
    """The text with undecodable bytes spelled out (``\\xfc``), so that it can be stored and shown."""
    if text.isascii():
        return text
    return text.encode("utf-8", "backslashreplace").decode().replace("\\udc", "\\x")


def unreadable(bad: Bad, sheet: Sheet, max_cell: int) -> Reject:
    reason, remedy = {
        "column_count": (
            f"the row has {counted(len(bad.cells), 'cell')}, the header has {len(sheet.names)}",
            "add what is missing, or put quotes around a cell that holds the delimiter",
        ),
        "undecodable": (
            f"the row holds bytes that are not {sheet.encoding.name}",
            "save the file as UTF-8, or name the encoding it was saved in (encoding: cp1252)",
        ),
        "nul": ("the row holds a NUL character", "export the file again: this one is damaged"),
        "cell_too_long": (
            f"a cell of the row is longer than {max_cell} characters, or the row than four such cells",
            "shorten the text, close a quote that was left open, or raise max_cell",
        ),
        "unclosed_quote": (
            "a quote is opened in this row and not closed",
            "close it, or double it and quote the whole cell where it is part of the text",
        ),
    }[bad.code]
    return Reject(bad.code, reason, remedy, _source(bad, sheet), raw=_raw(bad, sheet.names))


def duplicate_key(bad: Bad, sheet: Sheet, key: str) -> Reject:
    return Reject(
        "duplicate_key",
        f"an earlier row has the same {key!r}, the key",
        "keep one of the rows, or give each its own key",
        _source(bad, sheet),
        key,
        _raw(bad, sheet.names),
    )


def missing_key(bad: Bad, sheet: Sheet, key: str) -> Reject:
    return Reject(
        "missing_key",
        f"the row's {key!r}, the key, is blank",
        "fill it in; until then no row of this object counts as deleted",
        _source(bad, sheet),
        key,
        _raw(bad, sheet.names),
    )


def vanished_file(label: str, rows: int) -> Reject:
    return Reject(
        "vanished_file",
        f"{label} is not there any more, {counted(rows, 'row')} that it held before nowhere else either;"
        " nothing of it counts as deleted",
        "put the file back, or capture the object from the start to do without it",
        label,
    )


def _source(bad: Bad, sheet: Sheet) -> str:
    return f"{sheet.file.label}:{bad.line}"


def counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _raw(bad: Bad, names: Sequence[str]) -> Mapping[str, str]:
    """By column where the cells are known, else the text; a few thousand characters of it in all."""
    if len(bad.cells) != len(names):
        return {"line": printable(bad.text[:_RAW_CHARACTERS])}
    share = max(_RAW_CHARACTERS // len(names), 1)
    return {name: printable(cell[:share]) for name, cell in zip(names, bad.cells, strict=True)}
