"""Cells that a spreadsheet would run, and the way back.

OWASP, "CSV Injection": a cell that starts with ``=``, ``+``, ``-``, ``@``, tab or carriage return may be run as a
formula. Such a cell is written with a single quote before it, which spreadsheets show as text. Two texts never become
one: a text that already looks neutralised gets one quote more, so ``restore(neutralise(text)) == text`` for any text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from leadbridge.values import MISSING, Raw

_RISKY = re.compile(r"'*[=+\-@\t\r]")
_MARKED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?[0-9 .,]+")


def neutralise(text: str) -> str:
    """The text as it is safe in a spreadsheet. A plain number (``-5``, ``+49 69 1234``) is harmless and stays."""
    return "'" + text if _RISKY.match(text) and not _NUMBER.fullmatch(text) else text


def restore(text: str) -> str:
    """What was neutralised. A risky cell without a quote, as people write them, is left alone."""
    return text[1:] if _MARKED.match(text) else text


def restore_row(row: Sequence[str]) -> list[str]:
    return [restore(cell) if cell[:1] == "'" else cell for cell in row]


def as_text(raw: Raw) -> str:
    """A raw value as the text of a cell. A file cannot tell null from blank: both are an empty cell."""
    if raw is None or raw is MISSING:
        return ""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    return format(raw, "f") if isinstance(raw, Decimal) else str(raw)
