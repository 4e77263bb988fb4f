"""Limits that a CRM sets to calls within some seconds, kept by all that speak to one account. Imports nothing heavy.

A provider takes a place for each call that such a limit counts, and waits as long as it is told. The core hands it a
:class:`Pacer` in its :class:`~leadbridge.provider.Site`; one that has none keeps a :class:`OwnPacer`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``calls`` within any ``seconds``.

    Attributes:
        name: tells it from the account's other limits.
        known: whether the CRM has said ``calls``; else what another process was told of late counts instead.
    """

    name: str
    calls: int
    seconds: float
    known: bool = True


class Pacer(Protocol):
    def take(self, account: str, limit: Limit) -> float:
        """Take the next place; gives the seconds to wait before the call is made, 0 for none. Raises nothing.

        Args:
            account: whose limit it is, the same text in each process; it is kept, so no secret in the clear.
        """
        ...


def place(taken: Sequence[float], now: float, limit: Limit) -> float:
    """The moment of the next call, where these were given out before, in order: not before the last of them.

    So no window of the limit's seconds, that without its beginning, ever holds more than its calls.
    """
    moment = max(now, taken[-1]) if taken else now
    return moment if len(taken) < limit.calls else max(moment, taken[-limit.calls] + limit.seconds)


def recent(taken: Sequence[float], now: float, limit: Limit) -> list[float]:
    """What still counts. Places so far ahead that only a clock that was set back explains them do not."""
    ahead = now + 60 + 2 * limit.seconds
    return [moment for moment in taken if now - limit.seconds < moment <= ahead]


class OwnPacer:
    """For one process, by a clock that is never set."""

    def __init__(self) -> None:
        self._taken: dict[tuple[str, str], list[float]] = {}

    def take(self, account: str, limit: Limit) -> float:
        now = time.monotonic()
        taken = recent(self._taken.get((account, limit.name), ()), now, limit)
        moment = place(taken, now, limit)
        self._taken[account, limit.name] = [*taken, moment]
        return moment - now
