"""The parts of a plan to convert: leads may be planned in rounds, and then rows of one part stand together.

A record's part comes before those of the records that refer to it, and what takes back the last write comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from leadbridge.plan.rows import SettleRow, WriteRow
from leadbridge.plan.writing import ORDER

Row = SettleRow | WriteRow

ATTACHING: Final = 0
"""Rows before all others: newcomers whose golden record is known."""

OPENING, RECORDS, CARRIED, LEADS, NATIVE, _EFFECTS, _FOLLOWS, TOLD, UNDOING = (n * 1_000 for n in range(1, 10))
CLOSING: Final = 2 * UNDOING

_NATIVE: Final = {"converts": NATIVE, "effect": _EFFECTS, "follows": _FOLLOWS}
_DEEPEST: Final = 999


@dataclass(slots=True)
class Sections:
    """Rows as they are numbered, section by section.

    Attributes:
        next: the number of the next row.
        parts: of each row.
    """

    next: int
    rows: list[Row] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)

    def add(self, section: int, rows: Sequence[Row]) -> None:
        self.parts += list(self._parts(section, rows))
        self.rows += rows
        self.next += len(rows)

    @property
    def writes(self) -> list[WriteRow]:
        return [row for row in self.rows if isinstance(row, WriteRow)]

    def _parts(self, section: int, rows: Sequence[Row]) -> Iterator[int]:
        if section == UNDOING:  # the other way round than what is taken back
            part_of = {row.number: part for row, part in zip(self.rows, self.parts, strict=True)}
            return (CLOSING - part_of[row.undoes or 0] for row in rows)
        if section in {RECORDS, NATIVE}:
            return _ranked(section, [row for row in rows if isinstance(row, WriteRow)])
        return (section for _ in rows)


def _ranked(section: int, rows: Iterable[WriteRow]) -> Iterator[int]:
    """By role; leads that their CRM converts into records of others come after these."""
    depths: dict[int, int] = {}
    for row in rows:
        base = _NATIVE[row.native.part] if row.native else section
        if base != NATIVE:
            yield base + (ORDER.index(row.role) if row.role in ORDER else len(ORDER))
            continue
        before = (*row.refers.values(), *(row.native.by if row.native else ()))
        depths[row.number] = max((1 + depths[number] for number in before if number in depths), default=0)
        yield base + min(depths[row.number], _DEEPEST)
