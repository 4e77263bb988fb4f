"""A sandbox's own time: it can be stopped, moved and set, so that tests need not wait."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta


class Clock:
    """Aware UTC, in whole seconds. Runs with the machine's clock, at a distance that can be set, until it is frozen."""

    def __init__(self, start: datetime | None = None, *, frozen: bool = False) -> None:
        self._lock = threading.Lock()
        self._distance = timedelta(0)
        self._frozen: datetime | None = None
        if start is not None:
            self.set(start)
        if frozen:
            self.freeze()

    def now(self) -> datetime:
        with self._lock:
            return self._now().replace(microsecond=0)

    @property
    def frozen(self) -> bool:
        return self._frozen is not None

    def set(self, moment: datetime) -> None:
        """Raises ValueError for a moment without an offset."""
        if moment.tzinfo is None:
            raise ValueError(f"{moment.isoformat()} has no offset from UTC")
        with self._lock:
            self._distance = moment.astimezone(UTC) - datetime.now(UTC)
            if self._frozen is not None:
                self._frozen = moment.astimezone(UTC)

    def advance(self, seconds: float) -> None:
        with self._lock:
            self._distance += timedelta(seconds=seconds)
            if self._frozen is not None:
                self._frozen += timedelta(seconds=seconds)

    def freeze(self) -> None:
        """Stop; what is written from now on has equal stamps."""
        with self._lock:
            self._frozen = self._now()

    def run(self) -> None:
        """Go on from where it was stopped."""
        with self._lock:
            if self._frozen is not None:
                self._distance = self._frozen - datetime.now(UTC)
                self._frozen = None

    def _now(self) -> datetime:
        return self._frozen if self._frozen is not None else datetime.now(UTC) + self._distance
