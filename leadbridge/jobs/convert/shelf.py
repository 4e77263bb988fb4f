"""Captured records on disk while a conversion is planned, with what they are found by."""

from __future__ import annotations

from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from leadbridge.jobs.convert.scratch import Scratch, packed, unpacked
from leadbridge.records import Captured

_TABLES: Final = """
CREATE TABLE record (id INTEGER PRIMARY KEY, lead INTEGER NOT NULL, seeks BLOB NOT NULL, body BLOB NOT NULL);
CREATE TABLE offered (clue INTEGER NOT NULL, id INTEGER NOT NULL, PRIMARY KEY (clue, id)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """A record and its clues, numbers of 64 bits: two records hang together where one seeks what the other offers.

    Attributes:
        lead: whether it may be converted; whoever no lead leads to is never looked at.
    """

    record: Captured
    lead: bool
    offers: Collection[int]
    seeks: Collection[int]


class Shelf:
    """Records by their places, from 1, in the order in which they came."""

    def __init__(self) -> None:
        self._scratch = Scratch(_TABLES)
        self.size = 0

    def close(self) -> None:
        self._scratch.close()

    def add(self, batch: Sequence[Kept]) -> None:
        placed = list(enumerate(batch, self.size + 1))
        self.size += len(batch)
        rows = ((n, one.lead, array("q", one.seeks).tobytes(), packed(one.record)) for n, one in placed)
        with self._scratch.together():
            self._scratch.add("INSERT INTO record VALUES (?, ?, ?, ?)", rows)
            clues = ((clue, n) for n, one in placed for clue in one.offers)
            self._scratch.add("INSERT INTO offered VALUES (?, ?)", clues)

    def leads(self) -> Iterator[int]:
        return (place for (place,) in self._scratch.find("SELECT id FROM record WHERE lead ORDER BY id"))

    def seeks(self, place: int) -> array[int]:
        found = array("q")
        for (clues,) in self._scratch.find("SELECT seeks FROM record WHERE id = ?", place):
            found.frombytes(clues)
        return found

    def offering(self, clue: int) -> list[int]:
        """The places of all records that offer it."""
        return [place for (place,) in self._scratch.find("SELECT id FROM offered WHERE clue = ?", clue)]

    def records(self, places: Iterable[int]) -> list[Captured]:
        """Those at these places, in the order in which they came."""
        query = "SELECT body FROM record WHERE id = ?"
        return [unpacked(body) for place in sorted(places) for (body,) in self._scratch.find(query, place)]
