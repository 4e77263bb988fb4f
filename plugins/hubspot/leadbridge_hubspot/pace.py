"""Keeping under HubSpot's limits, by what its replies say of them: better to wait here than to be refused there."""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Mapping
from typing import Final

from leadbridge.errors import QuotaError

_SEARCHES: Final = 5  # a second for the whole account; replies to a search say nothing of it
_SECOND: Final = 1.05
_FORGET: Final = 900.0  # seconds after which the day's count is asked about again
_HEAD: Final = "X-HubSpot-RateLimit-"


class Pace:
    """Waits before a call where the latest replies say so.

    Attributes:
        used: calls of the day that the account has made, or None where the replies do not tell (an OAuth app).
    """

    def __init__(self, connection: str, share: float) -> None:
        self._connection = connection
        self._share = share
        self._searches: deque[float] = deque(maxlen=_SEARCHES)
        self._free_at = 0.0
        self._noted = 0.0
        self._allowed: int | None = None
        self.used: int | None = None

    def before(self, *, search: bool) -> None:
        """Raises QuotaError where the connection's share of the day is used up."""
        self._check()
        now = time.monotonic()
        wait = self._free_at - now
        if search and len(self._searches) == _SEARCHES:
            wait = max(wait, self._searches[0] + _SECOND - now)
        if wait > 0:
            time.sleep(wait)
        if search:
            self._searches.append(time.monotonic())

    def note(self, headers: Mapping[str, str]) -> None:
        remaining = _number(headers, "Remaining")
        interval = _number(headers, "Interval-Milliseconds")
        now = time.monotonic()
        self._free_at = now + interval / 1000 if remaining == 0 and interval is not None else 0.0
        allowed, left = _number(headers, "Daily"), _number(headers, "Daily-Remaining")
        if allowed is not None and left is not None:
            self._allowed, self.used, self._noted = allowed, allowed - left, now

    @property
    def left(self) -> int | None:
        """Calls that the connection's share of the day still has; None where no reply told of it, or none of late."""
        if self.used is None or not self._allowed or time.monotonic() - self._noted > _FORGET:
            return None
        return max(0, math.ceil(self._allowed * self._share) - self.used)

    def _check(self) -> None:
        if self.left == 0:
            raise QuotaError(
                self._connection,
                f"connection {self._connection!r}: {self.used or 0:,} of the account's {self._allowed or 0:,} API "
                f"calls of the day are used, and `daily_share` stops at {self._share:.0%}; run again tomorrow, or "
                "raise it",
            )


def _number(headers: Mapping[str, str], name: str) -> int | None:
    try:
        return int(headers.get(_HEAD + name, ""))
    except ValueError:
        return None
