"""Where a hash occurs, in 8 bytes an entry: a dictionary of a million Python objects would not fit the memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator


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
