"""How searches compare texts: word by word, without regard to case, with ``*`` for any characters."""

from __future__ import annotations

import re
from functools import lru_cache

_WORD = re.compile(r"[\w*]+")


def has_token(text: str | None, wanted: str) -> bool:
    """Whether every word of ``wanted`` is a word of the text."""
    if text is None:
        return False
    words = _WORD.findall(text.casefold())
    return all(any(pattern.fullmatch(word) for word in words) for pattern in _patterns(wanted))


@lru_cache(maxsize=256)
def _patterns(wanted: str) -> tuple[re.Pattern[str], ...]:
    words = _WORD.findall(wanted.casefold())
    return tuple(re.compile(".*".join(map(re.escape, word.split("*")))) for word in words)
