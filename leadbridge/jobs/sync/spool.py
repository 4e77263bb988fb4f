"""Writes wait until all that is settled has its number: in memory while they are few, in temporary files beyond."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import IO, Final

from leadbridge.plan.row_text import canonical, row_of
from leadbridge.plan.sync_rows import PlanRow, Write, place_of

_KEPT: Final = 5_000
"""Writes of one kind that stay in memory."""

_Kind = tuple[str, int, str, int]


class Spool:
    """Gives writes back by kind, each kind in the order in which they came: that of golden records."""

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._kept: dict[_Kind, list[Write]] = {}
        self._files: dict[_Kind, IO[str]] = {}

    def add(self, write: Write) -> None:
        place = place_of(write)
        kind = place[1:5]
        kept = self._kept.setdefault(kind, [])
        kept.append(write)
        if len(kept) >= _KEPT:
            self._spill(kind)

    def _spill(self, kind: _Kind) -> None:
        if kind not in self._files:
            file = TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  (the stack closes it)
            self._files[kind] = self._stack.enter_context(file)
        self._files[kind].writelines(canonical(PlanRow(0, write)) + "\n" for write in self._kept[kind])
        self._kept[kind] = []

    def __iter__(self) -> Iterator[Write]:
        for kind in sorted(self._kept):
            if kind in self._files:
                self._files[kind].seek(0)
                for line in self._files[kind]:
                    body = row_of(line).body
                    if isinstance(body, Write):
                        yield body
            yield from self._kept[kind]

    def close(self) -> None:
        self._stack.close()
