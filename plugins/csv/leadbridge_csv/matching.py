"""Which rows of a capture are known, changed or new, told from the rows of the one before.

Rows mostly stand where they stood: the next row expected is the one after the last that was found, and a whole block
that stands as before is compared at once. Only where a row does not, an index of the former rows is made.
"""

from __future__ import annotations

import abc
from array import array
from collections.abc import Iterator
from enum import Enum

from leadbridge_csv.index import HashIndex
from leadbridge_csv.state import State


class Verdict(Enum):
    KNOWN = "known"
    CHANGED = "changed"
    NEW = "new"
    DUPLICATE = "duplicate"  # of an earlier row of this capture
    KEYLESS = "keyless"  # nobody can say


class Matcher(abc.ABC):
    """Each former row is met at most once."""

    def __init__(self, former: State) -> None:
        self._former = former.fingerprints
        self._met = bytearray(len(former.fingerprints))
        self._next = 0
        self._fresh: set[int] = set()
        self._index: HashIndex | None = None

    @abc.abstractmethod
    def judge(self, key: str, fingerprint: int) -> tuple[Verdict, str]:
        """What a row is, and its record's id."""

    def meet_key(self, key: str) -> int | None:
        """Meet the former row of a rejected one: where it stood; None if there was none, or it was met already."""
        return None

    def key_at(self, place: int) -> bytes:
        """The key of a former row."""
        return b""

    def meet_run(self, fingerprints: array[int]) -> bool:
        """Whether these rows stand as the rows expected next; then they are met."""
        start, stop = self._next, self._next + len(fingerprints)
        return self._former[start:stop] == fingerprints and self.meet_all(start, stop)

    def meet_all(self, start: int, stop: int) -> bool:
        """Meet former rows, if none of them was met before."""
        if self._met.find(1, start, stop) >= 0:
            return False
        self._met[start:stop] = b"\1" * (stop - start)
        self._next = stop
        return True

    def unmet(self, start: int, stop: int) -> Iterator[int]:
        place = self._met.find(0, start, stop)
        while place >= 0:
            yield place
            place = self._met.find(0, place + 1, stop)

    def _meet_next(self, fingerprint: int) -> bool:
        place = self._next
        if place < len(self._former) and self._former[place] == fingerprint and not self._met[place]:
            self._meet(place)
            return True
        return False

    def _meet(self, place: int) -> None:
        self._met[place] = 1
        self._next = place + 1


class KeyMatcher(Matcher):
    """A table's rows, by key; of several with one key the first counts."""

    def __init__(self, former: State) -> None:
        super().__init__(former)
        self._keys = former.keys
        self._starts = array("Q")

    def judge(self, key: str, fingerprint: int) -> tuple[Verdict, str]:
        if self._meet_next(fingerprint):
            return Verdict.KNOWN, key
        place = self.find(key) if self._former else None
        if place is None:
            return (Verdict.NEW if self._is_fresh(key) else Verdict.DUPLICATE), key
        if self._met[place]:
            return Verdict.DUPLICATE, key
        self._meet(place)
        return (Verdict.KNOWN if self._former[place] == fingerprint else Verdict.CHANGED), key

    def meet_key(self, key: str) -> int | None:
        place = self.find(key)
        if place is None or self._met[place]:
            return None
        self._meet(place)
        return place

    def find(self, key: str) -> int | None:
        if not len(self._former):
            return None
        index, wanted = self._indexed(), key.encode()
        return next((place for place in index.places(hash(wanted)) if self.key_at(place) == wanted), None)

    def key_at(self, place: int) -> bytes:
        self._indexed()
        start = self._starts[place]
        return bytes(self._keys[start : self._keys.index(0, start)])

    def _indexed(self) -> HashIndex:
        if self._index is None:
            self._index = HashIndex(self._hashes(), len(self._former))
        return self._index

    def _is_fresh(self, key: str) -> bool:
        """Hashes take a third of the memory of the keys; two of a million keys share one once in 37 million files."""
        before = len(self._fresh)
        self._fresh.add(hash(key))
        return len(self._fresh) > before

    def _hashes(self) -> Iterator[int]:
        keys, start = bytes(self._keys), 0
        for _ in range(len(self._former)):
            stop = keys.index(0, start)
            self._starts.append(start)
            yield hash(keys[start:stop])
            start = stop + 1


class ContentMatcher(Matcher):
    """An inbox's rows, by content; the second of several equal ones has ``-2`` after its id, and so on."""

    def __init__(self, former: State) -> None:
        super().__init__(former)
        self._repeated: dict[int, int] = {}
        self._tried: dict[int, int] = {}

    def judge(self, key: str, fingerprint: int) -> tuple[Verdict, str]:
        if self._meet_next(fingerprint):
            return Verdict.KNOWN, ""
        if len(self._former):
            place = self._find(fingerprint)
            if place is not None:
                self._meet(place)
                return Verdict.KNOWN, ""
        return Verdict.NEW, content_id(fingerprint, self._count(fingerprint))

    def _count(self, fingerprint: int) -> int:
        """How many equal rows there are with this one, which is new. Most are the first, and need a place in a set."""
        before = self._repeated.get(fingerprint)
        if before is None:
            before = int(fingerprint in self._fresh)
            if not before and len(self._former):
                before = sum(self._former[place] == fingerprint for place in self._places(fingerprint))
        if before:
            self._repeated[fingerprint] = before + 1
        else:
            self._fresh.add(fingerprint)
        return before + 1

    def _places(self, fingerprint: int) -> Iterator[int]:
        return self._indexed().places(fingerprint)

    def _indexed(self) -> HashIndex:
        if self._index is None:
            self._index = HashIndex(self._former, len(self._former))
        return self._index

    def _find(self, fingerprint: int) -> int | None:
        """Goes on where it ended the last time, so that a million equal rows are not gone through a million times."""
        index = self._indexed()
        span = index.span(fingerprint)
        for entry in range(self._tried.get(fingerprint, span.start), span.stop):
            place = index.place(entry)
            if self._former[place] == fingerprint and not self._met[place]:
                self._tried[fingerprint] = entry + 1
                return place
        self._tried[fingerprint] = span.stop
        return None


def content_id(fingerprint: int, times: int) -> str:
    """The id of an inbox's row: its fingerprint, and how many equal ones there are up to it."""
    return f"{fingerprint:016x}" if times == 1 else f"{fingerprint:016x}-{times}"
