"""Where a hash occurs, in 8 bytes an entry: a dictionary of a million Python objects would not fit the memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

_PLACE_BITS = 28
_LEADING = ((1 << 64) - 1) ^ ((1 << _PLACE_BITS) - 1)


class HashIndex:
    """Positions of hashes, sorted. Only leading bits are kept, so whoever asks verifies what stands there."""

    def __init__(self, hashes: Iterable[int], count: int) -> None:
        self._bits = max(count.bit_length(), 1)
        self._mask = (1 << (64 - self._bits)) - 1
        self._low = (1 << self._bits) - 1
        bits, mask = self._bits, self._mask
        self._entries = array("Q", sorted([(one & mask) << bits | place for place, one in enumerate(hashes)]))

    def span(self, one: int) -> range:
        """Which entries may be of this hash."""
        low = (one & self._mask) << self._bits
        return range(bisect_left(self._entries, low), bisect_right(self._entries, low | self._low))

    def place(self, entry: int) -> int:
        return self._entries[entry] & self._low

    def places(self, one: int) -> Iterator[int]:
        """In ascending order."""
        return map(self.place, self.span(one))


class GrowingIndex:
    """The same for hashes that come one by one, in some 24 bytes each; nothing is ever taken out."""

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 * 1024))
        self._count = 0

    def add(self, one: int, place: int) -> None:
        if 2 * self._count >= len(self._slots):
            self._grow()
        self._put((one & _LEADING) | (place + 1))
        self._count += 1

    def places(self, one: int) -> Iterator[int]:
        """In no order."""
        slots, at = self._slots, (one >> _PLACE_BITS) % len(self._slots)
        while entry := slots[at]:
            if entry & _LEADING == one & _LEADING:
                yield (entry & ~_LEADING) - 1
            at = (at + 1) % len(slots)

    def _put(self, entry: int) -> None:
        slots, at = self._slots, (entry >> _PLACE_BITS) % len(self._slots)
        while slots[at]:
            at = (at + 1) % len(slots)
        slots[at] = entry

    def _grow(self) -> None:
        entries = [entry for entry in self._slots if entry]
        self._slots = array("Q", bytes(8 * 2 * len(self._slots)))
        for entry in entries:
            self._put(entry)
