"""Rows of several rounds made one plan: what is of one kind stands together, whichever round it is from.

Rows wait in a file without a name until all rounds are drawn, since only then the numbers are known.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from leadbridge.jobs.convert.scratch import Scratch, packed, unpacked
from leadbridge.plan.compensating import words_of
from leadbridge.plan.native import Native
from leadbridge.plan.sync_rows import PlanRow, Write

_TABLE: Final = """
CREATE TABLE row (round INTEGER, number INTEGER, part INTEGER, batch TEXT, body BLOB, PRIMARY KEY (round, number));
"""
_NUMBERS: Final = """
SELECT round, number FROM row ORDER BY part * ?1, CASE ?1 WHEN 0 THEN '' ELSE batch END, round, number
"""
_BODIES: Final = """
SELECT round, body FROM row ORDER BY part * ?1, CASE ?1 WHEN 0 THEN '' ELSE batch END, round, number
"""
"""Asked with whether rounds are several: rows of one alone stay as they are."""


class Collation:
    def __init__(self) -> None:
        self._scratch = Scratch(_TABLE)
        self._numbers: list[array[int]] = []
        self._conversions: list[int] = []
        self._last = 0

    def close(self) -> None:
        self._scratch.close()

    def add(self, rows: Iterable[tuple[int, PlanRow]]) -> None:
        """A round's rows, each with the part of the plan in which it belongs; they name each other by number."""
        self._conversions.append(self._last)
        with self._scratch.together():
            self._scratch.add("INSERT INTO row VALUES (?, ?, ?, ?, ?)", self._written(rows))

    def _written(self, rows: Iterable[tuple[int, PlanRow]]) -> Iterator[tuple[int, int, int, str, bytes]]:
        at, count, first = len(self._numbers), 0, self._last
        for part, row in rows:
            count += 1
            self._last = max(self._last, *(first + number for number in row.body.conversions), first)
            yield at, row.number, part, _batch(row), packed(row)
        self._numbers.append(array("q", bytes(8 * (count + 1))))

    def rows(self) -> Iterator[PlanRow]:
        """All of them under the plan's numbers, in their order."""
        several = len(self._numbers) > 1
        for number, (at, own) in enumerate(self._scratch.find(_NUMBERS, several), 1):
            self._numbers[at][own] = number
        for at, body in self._scratch.find(_BODIES, several):
            yield _renumbered(unpacked(body), self._numbers[at], self._conversions[at])


def _batch(row: PlanRow) -> str:
    """What goes out together."""
    body = row.body
    return "\0".join((body.connection, body.object, body.verb)) if isinstance(body, Write) else ""


def _renumbered(row: PlanRow, numbers: array[int], before: int) -> PlanRow:
    body, undoes = row.body, None if row.body.undoes is None else numbers[row.body.undoes]
    conversions = tuple(before + number for number in body.conversions)
    refers = {column: numbers[number] for column, number in row.refers.items()}
    if not isinstance(body, Write):
        return PlanRow(numbers[row.number], replace(body, conversions=conversions, undoes=undoes), refers)
    why = body.why if undoes is None else words_of(undoes)
    native = None if body.native is None else _native(body.native, numbers)
    made = replace(body, conversions=conversions, undoes=undoes, why=why, native=native)
    return PlanRow(numbers[row.number], made, refers)


def _native(native: Native, numbers: array[int]) -> Native:
    record = None if native.record is None else numbers[native.record]
    return replace(native, by=tuple(numbers[number] for number in native.by), record=record)
