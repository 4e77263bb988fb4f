"""Where things stand in files people write: a place, a path of keys, and the path as text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

Path_: TypeAlias = tuple[str | int, ...]
"""The keys and list positions that lead to a value, from the top of the file."""

CLIP: Final = 40
"""Longest piece of a file that a message repeats, in characters."""

_PLAIN_KEY = re.compile(r"[^\s.\[\]'\"]+")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; lines and columns count from 1."""

    file: Path
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Marks:
    """The places of one value: of itself, and of its key where it stands under one."""

    value: Mark
    key: Mark | None = None


def clip(text: str) -> str:
    """At most :data:`CLIP` characters on one line, for use in a message."""
    line = " ".join(text.split())
    return line if len(line) <= CLIP else line[: CLIP - 1] + "…"


def dotted(path: Path_) -> str:
    """``fields.phone.as``, ``tests[0].from``; a key with dots, spaces or quotes as ``record["Lead Origin"]``."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _PLAIN_KEY.fullmatch(step):
            text += f".{clip(step)}" if text else clip(step)
        else:
            text += f'["{clip(step)}"]'
    return text
