"""Rows that wait for their connection's commit, with the ids that their records will have."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import Final

_SIZE: Final = 16


class Staged:
    """Number -> id, in few bytes a row: most new records are named by the key that LeadBridge made for them."""

    def __init__(self) -> None:
        self._numbers = array("Q")
        self._keys = bytearray()
        self._others: dict[int, str] = {}

    def add(self, number: int, id: str) -> None:
        """Rows come by their numbers; one that comes again has the later id."""
        key = _key_of(id)
        if key is None or number in self._others or (self._numbers and number <= self._numbers[-1]):
            self._others[number] = id
        else:
            self._numbers.append(number)
            self._keys += key

    def get(self, number: int) -> str | None:
        if number in self._others:
            return self._others[number]
        at = bisect_left(self._numbers, number)
        if at == len(self._numbers) or self._numbers[at] != number:
            return None
        return self._keys[_SIZE * at : _SIZE * (at + 1)].hex()


def _key_of(id: str) -> bytes | None:
    """The bytes of a key; None for an id that is spelt in any other way."""
    try:
        key = bytes.fromhex(id) if len(id) == 2 * _SIZE else b""
    except ValueError:
        return None
    return key if key.hex() == id and key else None
