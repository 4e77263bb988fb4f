"""Lines of text in parts, each with its style: what a screen will show, before anything is printed."""

from __future__ import annotations

from collections.abc import Iterable

from leadbridge.cli.output import Style, escape, fold, paint, print_line, show, width
from leadbridge.values import Value

Line = tuple[tuple[str, Style], ...]
"""Parts of one line, as they came: not escaped yet."""


def line(text: str = "", style: Style = "plain") -> Line:
    return ((text, style),)


def folded(text: str, indent: int, style: Style = "plain", *, hang: int = 0) -> list[Line]:
    """Lines that fit the terminal, each indented, those after the first by ``hang`` more."""
    return [line(part, style) for part in fold(text, indent, hang=hang)]


def painted(parts: Line) -> str:
    """The line as it is printed: escaped, coloured where stdout shows colours."""
    return "".join(paint(text, style) for text, style in parts).rstrip()


def print_lines(lines: Iterable[Line]) -> None:
    for parts in lines:
        print_line(painted(parts))


def word(value: Value) -> str:
    """A value in a plan; nothing at all is said so."""
    return show(value) or "(blank)"


def field_lines(name: str, value: str, note: str, style: Style) -> list[Line]:
    """One field; its reason stands behind it where there is room, else below."""
    left, right = f"       {name}  {escape(value)}", f"  ({escape(note)})" if note else ""
    limit = width()
    if limit is None or len(left) + len(right) <= limit:
        return [((left, style), (right, "dim"))]
    cut = left if len(left) <= limit else left[: limit - 3] + "..."
    return [line(cut, style), *(folded(right.strip(), 9, "dim") if note else [])]
