"""Keeping under HubSpot's limits, by what its replies say of them: better to wait here than to be refused there."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Final

from leadbridge.errors import QuotaError
from leadbridge.pacing import Limit, OwnPacer, Pacer

_SEARCH: Final = Limit("search", 5, 1.05)  # of all apps of an account together; replies to a search say nothing of it
_BURST: Final = 100  # calls in ten seconds, where no reply has said yet how many
_INTERVAL: Final = 10.0  # seconds
_MARGIN: Final = 1.05  # calls are counted when they arrive: some are longer on the way than others
_MOST: Final = 5_000  # places that are kept
_ASSOCIATIONS: Final = ((190, 200), (110, 150), (0, 100))  # above this burst, so many calls of the associations API
_FORGET: Final = 900.0  # seconds after which the day's count is asked about again
_HEAD: Final = "X-HubSpot-RateLimit-"


class Pace:
    """Waits before a call where the latest replies say so.

    Attributes:
        used: calls of the day that the account has made, or None where the replies do not tell (an OAuth app).
    """

    def __init__(self, connection: str, share: float, shared: Pacer | None = None) -> None:
        """``shared``: keeps the limits by seconds with other processes; without it the latest reply alone is heeded."""
        self._connection = connection
        self._share = share
        self._shared = shared
        self._own = OwnPacer()
        self._burst: int | None = None
        self._interval = _INTERVAL
        self._free_at = 0.0
        self._noted = 0.0
        self._allowed: int | None = None
        self.used: int | None = None

    def before(self, path: str, app: str, account: Callable[[], str]) -> None:
        """Wait until the call may be made. Raises QuotaError where the connection's share of the day is used up.

        Args:
            app: whose calls of ten seconds are counted together; ``account`` whose searches.
        """
        self._check()
        if path.endswith("/search"):
            wait = (self._shared or self._own).take(account(), _SEARCH)
        else:
            wait = self._shared.take(app, self._limit(path)) if self._shared else 0.0
        wait = max(wait, self._free_at - time.monotonic())
        if wait > 0:
            time.sleep(wait)

    def _limit(self, path: str) -> Limit:
        """HubSpot's guide on usage: the associations API is counted apart."""
        burst = self._burst or _BURST
        name = "burst"
        if "/associations/" in path:
            name, burst = "associations", next(calls for above, calls in _ASSOCIATIONS if burst > above)
        return Limit(name, min(burst, _MOST), self._interval * _MARGIN, known=self._burst is not None)

    def note(self, headers: Mapping[str, str]) -> None:
        remaining = _number(headers, "Remaining")
        interval = _number(headers, "Interval-Milliseconds")
        now = time.monotonic()
        self._burst = _number(headers, "Max") or self._burst
        self._interval = interval / 1000 if interval else self._interval
        self._free_at = now + interval / 1000 if remaining == 0 and interval is not None else 0.0
        allowed, left = _number(headers, "Daily"), _number(headers, "Daily-Remaining")
        if allowed is not None and left is not None:
            self._allowed, self.used, self._noted = allowed, allowed - left, now

    @property
    def left(self) -> int | None:
        """Calls that the connection's share of the day still has; None where no reply told of it, or none of late."""
        if self.used is None or not self._allowed or time.monotonic() - self._noted > _FORGET:
            return None
        return max(0, self._most - self.used)

    @property
    def _most(self) -> int:
        return math.ceil((self._allowed or 0) * self._share)

    def _check(self) -> None:
        if self.left == 0:
            raise QuotaError(
                self._connection,
                f"connection {self._connection!r}: {self.used or 0:,} of the account's {self._allowed or 0:,} API "
                f"calls of the day are used, and `daily_share: {self._share:g}` stops at {self._most:,}; run again "
                "tomorrow, or raise it",
            )


def _number(headers: Mapping[str, str], name: str) -> int | None:
    try:
        return int(headers.get(_HEAD + name, ""))
    except ValueError:
        return None
