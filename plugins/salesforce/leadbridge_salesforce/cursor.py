"""Where a capture starts: from which stamp on, and which records from there on have been carried already.

A transaction that takes long shows its records late, under the stamp of its beginning; so every capture goes back a
while (``look_back``) behind the moment at which the last one began, and leaves out what that one carried.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final

from leadbridge.errors import UsageError
from leadbridge.records import Record

MOST: Final = 20_000
"""Carried records that a cursor remembers; those before them are carried again, which costs time and does no harm."""

_MARK: Final = 8
"""Characters of a digest."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """
    Attributes:
        since: everything with an older stamp is carried; so are records with just this stamp and an id up to ``after``.
        seen: digests of carried records with this stamp or a younger one.
    """

    since: datetime
    after: str | None = None
    seen: frozenset[str] = frozenset()

    def __str__(self) -> str:
        seen = "".join(sorted(self.seen))
        return json.dumps({"since": self.since.isoformat(), "after": self.after, "seen": seen})


def parse(text: str, connection: str) -> Cursor:
    """Raises UsageError where a cursor is not one of this provider's."""
    try:
        found = json.loads(text)
        since = datetime.fromisoformat(found["since"]).astimezone(UTC)
        seen = found["seen"]
        return Cursor(since, found["after"], frozenset(seen[at : at + _MARK] for at in range(0, len(seen), _MARK)))
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"the cursor kept for connection {connection!r} cannot be read; capture it anew") from None


def digest(record: Record, *, deleted: bool) -> str:
    """Of one state of one record. Stamps are whole seconds, so that its values tell two edits of one second apart."""
    text = f"{record.ref.id} {record.modified} {deleted} {sorted(record.values.items())!r}"
    return urlsafe_b64encode(blake2b(text.encode(), digest_size=_MARK * 3 // 4).digest()).decode()


@dataclass(slots=True)
class Progress:
    """How far one capture has got.

    Attributes:
        began: the server's time when it began.
        start: where it started, or None for a capture of everything.
    """

    began: datetime
    start: Cursor | None
    look_back: timedelta
    _recent: deque[str] = field(default_factory=lambda: deque(maxlen=MOST))

    @property
    def horizon(self) -> Cursor:
        """From where on records may still appear late; never before the start, which is all that this capture saw."""
        since = self.began - self.look_back
        if self.start is not None and since <= self.start.since:
            return Cursor(self.start.since, self.start.after)
        return Cursor(since)

    def carry(self, record: Record, *, deleted: bool = False) -> bool:
        """Take in a record; gives whether it is new to the caller."""
        recent = record.modified is None or record.modified >= self.horizon.since
        known = self.start.seen if self.start else frozenset()
        mark = digest(record, deleted=deleted) if recent or known else ""
        if recent:
            self._recent.append(mark)
        return mark not in known

    def cursor(self, last: tuple[datetime, str] | None = None) -> Cursor:
        """After the last record in order (its stamp and id), or None after all."""
        horizon = self.horizon
        if last is not None and last[0] < horizon.since:
            return Cursor(last[0], last[1])
        return Cursor(horizon.since, horizon.after, frozenset(self._recent))
