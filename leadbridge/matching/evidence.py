"""Several plugins' words on the same pairs made one: a veto wins, then doubt, then *same*."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from leadbridge.answers import item_by_item
from leadbridge.extend import Evidence

_STRENGTH: Final = {"different": 2, "unsure": 1, "same": 0}


def combine(answers: Sequence[Sequence[Evidence | None]], pairs: int) -> tuple[Evidence | None, ...]:
    """One word per pair from the answers of the hook ``leadbridge_dedupe``; None where nobody has an opinion.

    The result does not depend on the order of the plugins. Raises UsageError, see :func:`item_by_item`.
    """
    return tuple(_strongest(words) for words in item_by_item("leadbridge_dedupe", answers, pairs))


def _strongest(words: Sequence[Evidence | None]) -> Evidence | None:
    said = [word for word in words if word is not None]
    if not said:
        return None
    verdict = max((word.verdict for word in said), key=_STRENGTH.__getitem__)
    texts = sorted({word.text for word in said if word.verdict == verdict})
    return Evidence(verdict, "; ".join(texts))
