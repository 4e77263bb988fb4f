"""Lines of text in parts, each with its style: what a screen will show, before anything is printed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Final

from leadbridge.cli.output import Style, escape, fold, paint, print_line, show, width
from leadbridge.values import Value

Line = tuple[tuple[str, Style], ...]
"""Parts of one line, as they came: not escaped yet."""

_ARROW: Final = "-> "


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
    return [line(_cut(left, limit), style), *(folded(right.strip(), 9, "dim") if note else [])]


def change_lines(name: str, old: str, new: str, note: str, style: Style) -> list[Line]:
    """One field that changes; values that have no room beside each other stand below each other."""
    both, head, limit = f"{old} {_ARROW}{new}", f"       {name}  ", width()
    if limit is None or len(head) + len(escape(both)) <= limit:
        return field_lines(name, both, note, style)
    room = limit - len(head) - len(_ARROW)
    old, new = escape(old), escape(new)
    differ = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False)))
    before, after = (_cut(_from(text, differ, room), room) for text in (old, new))
    lines = [line(head + before, style), line(" " * len(head) + _ARROW + after, style)]
    return lines + (folded(f"({escape(note)})", 9, "dim") if note else [])


def _from(text: str, differ: int, room: int) -> str:
    """What is the same for long is left out, so that what differs can be seen."""
    return "..." + text[differ - room // 2 + 3 :] if len(text) > room and differ > room // 2 else text


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: max(room - 3, 0)] + "..."
