"""What a row holds, in 64 bits: the same whatever the order of the columns, and wherever the row stands."""

from __future__ import annotations

import sys
from array import array
from collections.abc import Sequence
from hashlib import blake2b
from itertools import compress
from operator import itemgetter

WIDTH = 8


class Fingerprints:
    """Of rows under these field names.

    Names and cells that are not blank count, so a column that is added blank, moved or dropped blank changes nothing.
    No cell of a good row and no name holds a NUL, so two different rows are never the same text.
    """

    def __init__(self, names: Sequence[str]) -> None:
        order = sorted(range(len(names)), key=names.__getitem__)
        self._names = [names[place] for place in order]
        self._pick = itemgetter(*order) if len(order) > 1 else tuple

    def of(self, rows: Sequence[Sequence[str]]) -> array[int]:
        join, names = "\0".join, self._names
        found = array("Q")
        found.frombytes(
            b"".join(
                [
                    blake2b(
                        f"{join(filter(None, cells))}\0\0{join(compress(names, cells))}".encode(), digest_size=WIDTH
                    ).digest()
                    for cells in map(self._pick, rows)
                ]
            )
        )
        return little_endian(found)


def little_endian(numbers: array[int]) -> array[int]:
    """Swap where the machine is not: fingerprints are kept, and may be read by another one."""
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
