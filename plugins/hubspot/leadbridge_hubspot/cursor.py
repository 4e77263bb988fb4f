"""Where a capture starts: from which stamp on, and which records from there on have been carried already.

HubSpot's index shows a change some seconds late; so every capture goes back a while (``look_back``) behind the moment
at which the last one began, and leaves out what that one carried. Within a capture records come by their ids, so that
any number of them may have one stamp.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final

from leadbridge.errors import UsageError
from leadbridge.records import Record
from leadbridge_hubspot.lists import Members, unpacked

MOST: Final = 30_000
"""Carried records that a cursor remembers; others are carried again, which costs time and does no harm."""
_MARK: Final = 8
"""Characters of a digest."""
EARLIEST: Final = datetime(2006, 1, 1, tzinfo=UTC)  # before HubSpot


@dataclass(frozen=True, slots=True)
class Cursor:
    """
    Attributes:
        since: everything with an older stamp is carried.
        seen: digests of carried records with this stamp or a younger one, and of records that went.
        after: of a capture that stopped midway, the id up to which it has carried everything from ``since`` on.
        began: when that capture began; None at the end of one.
        members: who was in the object's list then; None where none limited it.
    """

    since: datetime
    seen: frozenset[str] = frozenset()
    after: str | None = None
    began: datetime | None = None
    members: Members | None = None

    def __str__(self) -> str:
        body = {"since": self.since.isoformat(), "seen": "".join(sorted(self.seen))}
        if self.after is not None and self.began is not None:
            body |= {"after": self.after, "began": self.began.isoformat()}
        if self.members is not None:
            body["members"] = self.members.packed()
        return json.dumps(body)


def parse(text: str, connection: str) -> Cursor:
    """Raises UsageError where a cursor is not one of this provider's."""
    try:
        found = json.loads(text)
        seen = str(found["seen"])
        marks = frozenset(seen[at : at + _MARK] for at in range(0, len(seen), _MARK))
        began = _moment(found["began"]) if "began" in found else None
        members = unpacked(found["members"]) if "members" in found else None
        return Cursor(_moment(found["since"]), marks, found.get("after"), began, members)
    except (ValueError, KeyError, TypeError):
        raise UsageError(f"the cursor kept for connection {connection!r} cannot be read; capture it anew") from None


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _mark(text: str) -> str:
    return urlsafe_b64encode(blake2b(text.encode(), digest_size=_MARK * 3 // 4).digest()).decode()


@dataclass(slots=True)
class Progress:
    """How far one capture has got.

    Attributes:
        began: the server's time when it began.
        start: where it started, or None for a capture of everything.
        members: who is in the object's list; None where none limits it.
    """

    began: datetime
    start: Cursor | None
    look_back: timedelta
    members: Members | None = None
    _marks: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """What the first half of a capture carried that stopped midway, this half has carried, too."""
        if self.start is not None and self.start.began is not None:
            self._marks |= self.start.seen

    @property
    def horizon(self) -> datetime:
        """From where on records may still appear late; never before the start, which is all that this capture saw."""
        since = self.began - self.look_back
        return max(since, self.start.since) if self.start else since

    def carry(self, record: Record) -> bool:
        """Take in a record; gives whether it is new to the caller."""
        recent = record.modified is None or record.modified >= self.horizon
        return self._carry(f"{record.ref.id} {record.modified} {sorted(record.values.items())!r}", keep=recent)

    def carry_gone(self, id: str, at: datetime | None, into: str | None) -> bool:
        """The same for a record that was deleted at a moment, or went into another one, which last changed then."""
        recent = at is None or at >= self.horizon
        return self._carry(f"{id} into {into}" if into else f"{id} gone {at}", keep=recent)

    def _carry(self, text: str, *, keep: bool) -> bool:
        known = self.start.seen if self.start else frozenset()
        mark = _mark(text)
        if keep and len(self._marks) < MOST:
            self._marks.add(mark)
        return mark not in known

    def midway(self, after: str) -> Cursor | None:
        """After the record of this id; None in a capture of everything, which has no order."""
        if self.start is None:
            return None
        return Cursor(self.start.since, self.start.seen | self._marks, after, self.began, self.start.members)

    def end(self) -> Cursor:
        return Cursor(self.horizon, frozenset(self._marks), members=self.members)
