"""What commands print: text without terminal control characters, tables, CSV and one JSON document."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain
from typing import Literal, TextIO

import typer

from leadbridge.cli.failure import data_of
from leadbridge.errors import LeadBridgeError, UsageError
from leadbridge.values import Missing, Value, is_absent

_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
"""C0 and C1 controls, direction overrides, invisible marks, lone surrogates: what can move or hide text on a screen."""

_UNSAFE_IN_JSON = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", ""))
"""JSON escapes the C0 controls itself, and its own line breaks must stay."""

_RUNS_IN_SPREADSHEET = ("=", "+", "-", "@", "\t", "\r")
_CALLS_NOTHING = re.compile(r"[+-][\d\s().,;-]*")
"""Numbers and phones: a spreadsheet may reckon with them, but they call nothing."""


def escape(text: str) -> str:
    """The text with every control character shown as its escape, so that data can never steer a terminal."""
    return _UNSAFE.sub(lambda found: found.group().encode("unicode_escape").decode("ascii"), text)


def neutralise(cell: str) -> str:
    """A CSV cell that a spreadsheet would run gets a leading quote; numbers and phones stay as they are."""
    return f"'{cell}" if cell.startswith(_RUNS_IN_SPREADSHEET) and not _CALLS_NOTHING.fullmatch(cell) else cell


def show(value: Value) -> str:
    """A canonical value as people read it; absent ones are empty."""
    if is_absent(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def plain(value: object) -> object:
    """A value as JSON holds it: decimals as text, so that no digit is lost; moments in ISO 8601 with ``Z``."""
    if isinstance(value, Missing):
        return None
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date | Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): plain(held) for key, held in value.items()}
    if isinstance(value, tuple | list):
        return [plain(held) for held in value]
    return value


def one_form(as_json: bool, as_csv: bool) -> None:
    """Raises UsageError where both are asked for."""
    if as_json and as_csv:
        raise UsageError("--json and --csv exclude each other; give one of them")


def print_json(document: object) -> None:
    """One document to stdout; what can steer a terminal is escaped in JSON's own way, so that nothing is lost."""
    sys.stdout.write(_json(document, indent=2) + "\n")


def print_json_line(document: object) -> None:
    """The same on one line, and at once, for whoever reads it while the command goes on."""
    sys.stdout.write(_json(document) + "\n")
    sys.stdout.flush()


def _json(document: object, indent: int | None = None) -> str:
    text = json.dumps(plain(document), ensure_ascii=False, indent=indent)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def print_json_rows(head: Mapping[str, object], name: str, rows: Iterable[object]) -> None:
    """As :func:`print_json`: the document ``head`` with the list ``name`` at its end, whose items are printed as they
    come, a line each. Where they break off, the document is ended with an ``error``, as the command is.
    """
    sys.stdout.write(_json(head, indent=2)[:-1].rstrip() + f'{"," if head else ""}\n  "{name}": [')
    try:
        for number, row in enumerate(rows):
            sys.stdout.write((",\n    " if number else "\n    ") + _json(row))
    except LeadBridgeError as error:
        say(str(error))
        sys.stdout.write(f'\n  ],\n  "error": {_json(data_of(error))}\n}}\n')
        raise typer.Exit(error.exit_status) from error
    sys.stdout.write("\n  ]\n}\n")


def print_csv(header: Sequence[str], rows: Iterable[Sequence[str]], out: TextIO | None = None) -> None:
    """CSV to stdout or a file, as it is; on a terminal control characters are shown as escapes."""
    import csv

    stream = out or sys.stdout
    writer = csv.writer(stream, lineterminator="\n")
    shown = escape if stream.isatty() else str
    writer.writerows([shown(neutralise(cell)) for cell in row] for row in chain((header,), rows))


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column. ``shrink`` columns give way first where the terminal is narrow."""

    title: str
    align: Literal["left", "right"] = "left"
    shrink: bool = True


def width(stream: TextIO | None = None) -> int | None:
    """Characters per line of the terminal; None where the output is a pipe or a file: nothing is cut there."""
    stream = stream or sys.stdout
    if not stream.isatty():
        return None
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def coloured(stream: TextIO | None = None) -> bool:
    """Colour is for terminals, and only where neither ``NO_COLOR`` nor a dumb terminal speaks against it."""
    stream = stream or sys.stdout
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


_NARROWEST = 6
"""Characters of a column that is not cut any further."""

Style = Literal["plain", "new", "changed", "same", "title", "dim", "bad"]
_STYLES: Mapping[Style, Mapping[str, object]] = {
    "plain": {},
    "new": {"fg": "green"},
    "changed": {"fg": "yellow"},
    "same": {"dim": True},
    "title": {"bold": True},
    "dim": {"dim": True},
    "bad": {"fg": "red"},
}


def paint(text: str, style: Style) -> str:
    """The text without control characters, coloured where stdout is a terminal that shows colours."""
    import typer

    plain_text = escape(text)
    return typer.style(plain_text, **_STYLES[style]) if _STYLES[style] and coloured() else plain_text  # type: ignore[arg-type]  # style's own keywords


def print_line(line: str = "") -> None:
    """One line to stdout. What came from outside has passed :func:`paint` or :func:`escape`."""
    sys.stdout.write(line.rstrip() + "\n")


def say(text: str) -> None:
    """A line to stderr, for what is not the result; folded where it is a terminal."""
    bare = text.lstrip(" ")
    for line in fold(escape(bare), len(text) - len(bare), hang=2, stream=sys.stderr):
        sys.stderr.write(line + "\n")


def fold(text: str, indent: int, *, hang: int = 0, stream: TextIO | None = None, limit: int | None = None) -> list[str]:
    """Lines that fit the terminal, each indented, those after the first by ``hang`` more; a word is never cut.

    The whole text is one line where the output is piped and no ``limit`` in characters is given.
    """
    import textwrap

    limit, margin = limit or width(stream), " " * indent
    if limit is None:
        return [margin + text]
    wrapper = textwrap.TextWrapper(max(limit, indent + hang + 20), break_long_words=False, break_on_hyphens=False)
    wrapper.initial_indent, wrapper.subsequent_indent = margin, margin + " " * hang
    return wrapper.wrap(text) or [""]


def print_table(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, indent: int = 0) -> None:
    for text, style in table(columns, rows, indent=indent):
        print_line(paint(text, style))


def table(columns: Sequence[Column], rows: Sequence[Sequence[str]], *, indent: int = 0) -> list[tuple[str, Style]]:
    """A plain table: no boxes, whole cells when piped, cells cut with an ellipsis where a terminal is narrow."""
    cells = [[column.title.upper() for column in columns], *([escape(cell) for cell in row] for row in rows)]
    widths = _fitting(columns, cells, indent)
    lines: list[tuple[str, Style]] = []
    for row in cells:
        line = "  ".join(_cell(text, wide, c.align) for text, wide, c in zip(row, widths, columns, strict=True))
        lines.append((" " * indent + line.rstrip(), "plain" if lines else "title"))
    return lines


def _fitting(columns: Sequence[Column], cells: Sequence[Sequence[str]], indent: int) -> list[int]:
    """A width per column. Where they are too broad together the broadest that may shrink gives way, again and again."""
    from rich.cells import cell_len

    widths = [max(cell_len(row[n]) for row in cells) for n in range(len(columns))]
    limit = width()
    giving = [n for n, column in enumerate(columns) if column.shrink]
    while limit is not None and indent + sum(widths) + 2 * (len(widths) - 1) > limit:
        broadest = max(giving, key=lambda n: widths[n], default=None)
        if broadest is None or widths[broadest] <= _NARROWEST:
            break
        widths[broadest] -= 1
    return widths


def _cell(text: str, wide: int, align: str) -> str:
    from rich.cells import cell_len, set_cell_size

    if cell_len(text) > wide:
        return set_cell_size(text, wide - 1) + "\N{HORIZONTAL ELLIPSIS}"
    padding = " " * (wide - cell_len(text))
    return padding + text if align == "right" else text + padding
