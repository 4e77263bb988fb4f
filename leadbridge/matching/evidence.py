"""Several plugins' words on the same pairs made one: a veto wins, then doubt, then *same*."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from leadbridge.extend import Evidence

_STRENGTH: Final = {"different": 2, "unsure": 1, "same": 0}


def strongest(words: Iterable[Evidence | None]) -> Evidence | None:
    """One word on a pair from those of several plugins, in whatever order; None where nobody has an opinion."""
    said = [word for word in words if word is not None]
    if not said:
        return None
    verdict = max((word.verdict for word in said), key=_STRENGTH.__getitem__)
    texts = sorted({word.text for word in said if word.verdict == verdict})
    return Evidence(verdict, "; ".join(texts))


def combine(answers: Sequence[Sequence[Evidence | None]], pairs: int) -> tuple[Evidence | None, ...]:
    """:func:`strongest` for each pair, given plugin by plugin."""
    return tuple(strongest(answer[n] for answer in answers) for n in range(pairs))
