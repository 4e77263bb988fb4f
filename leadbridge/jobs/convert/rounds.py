"""Leads that are planned together: all that hang together, and as many others as make a round worth its while.

Nothing that a conversion decides about a lead depends on a record of another round, so memory does not grow with the
leads, and not at all with accounts and contacts to which no lead belongs.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from typing import Final

from leadbridge.jobs.convert.shelf import Shelf

ROUND: Final = 500
"""Records that make a round; those that hang together are more if need be."""

_POPULAR: Final = 50
"""Records that share a clue, from which on it is looked up once."""


def rounds(shelf: Shelf, size: int = ROUND) -> Iterator[list[int]]:
    """Places of records, each at most once: every lead, and all to which one leads, step by step."""
    part: list[int] = []
    for family in _families(_Kinship(shelf).heads()):
        part += family
        if len(part) >= size:
            yield part
            part = []
    if part:
        yield part


def _families(heads: array[int]) -> Iterator[array[int]]:
    """Places that have one head, in the order of these."""
    found: dict[int, array[int]] = {}
    for place, head in enumerate(heads):
        if head:
            found.setdefault(head, array("q")).append(place)
    for head in sorted(found):
        yield found.pop(head)


class _Kinship:
    """Union-find over places; a set's head is the place of its first lead."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._head = array("q", bytes(8 * (shelf.size + 1)))  # 0: nobody has led there
        self._popular: dict[int, int] = {}

    def heads(self) -> array[int]:
        """Place -> its head; 0 where no lead leads."""
        for lead in self._shelf.leads():
            if not self._head[lead]:
                self._head[lead] = lead
                self._follow(lead)
        for place in range(1, len(self._head)):
            if self._head[place]:
                self._head[place] = self._find(place)
        return self._head

    def _follow(self, lead: int) -> None:
        waiting = [lead]
        while waiting:
            for clue in self._shelf.seeks(waiting.pop()):
                for place in self._offering(clue):
                    if not self._head[place]:
                        self._head[place] = lead
                        waiting.append(place)
                    else:
                        self._unite(place, lead)

    def _offering(self, clue: int) -> list[int]:
        if clue in self._popular:  # all of them are one set already
            return [self._popular[clue]]
        found = self._shelf.offering(clue)
        if len(found) > _POPULAR:
            self._popular[clue] = found[0]
        return found

    def _find(self, place: int) -> int:
        while (head := self._head[place]) != place:
            self._head[place] = self._head[head]
            place = head
        return place

    def _unite(self, left: int, right: int) -> None:
        one, other = sorted((self._find(left), self._find(right)))
        self._head[other] = one
