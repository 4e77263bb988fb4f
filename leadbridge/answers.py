"""What plugins answer to a batch hook: one answer per item, checked before it is used."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from leadbridge.errors import UsageError

T = TypeVar("T")


def item_by_item(hook: str, answers: Sequence[Sequence[T]], items: int) -> list[tuple[T, ...]]:
    """All plugins' answers on the first item, then on the second, and so on.

    Raises:
        UsageError: a plugin did not answer for each item.
    """
    wrong = next((len(answer) for answer in answers if len(answer) != items), None)
    if wrong is not None:
        raise UsageError(
            f"a plugin's {hook} gave {wrong} answers for a batch of {items}; "
            "find it with `leadbridge plugins list` and remove it"
        )
    return [tuple(answer[n] for answer in answers) for n in range(items)]
