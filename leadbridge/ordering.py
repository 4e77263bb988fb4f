"""The order in which people expect names and ids."""

from __future__ import annotations

import re
from typing import Final, TypeAlias

People: TypeAlias = tuple[tuple[int, str], ...]

_DIGITS: Final = re.compile(r"(\d+)")


def as_people_count(text: str) -> People:
    """Sorts texts with numbers in them: line 9 before line 10."""
    return tuple((int(part), "") if part.isdecimal() else (0, part) for part in _DIGITS.split(text))
