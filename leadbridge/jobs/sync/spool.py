"""Writes wait until all that is settled has its number: in memory while they are few, in temporary files beyond."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from tempfile import TemporaryFile
from typing import IO, Final

from leadbridge.plan.native import WriteVerb
from leadbridge.plan.row_text import Penned
from leadbridge.plan.sync_rows import VERBS, rank_of

_KEPT: Final = 2_000
"""Writes of one kind that stay in memory."""

_Kind = tuple[str, int, str, int]


class Spool:
    """Gives writes back by kind, as :func:`leadbridge.plan.sync_rows.place_of` sorts them; each kind in the order in
    which they came: that of golden records.
    """

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._kept: dict[_Kind, list[Penned]] = {}
        self._files: dict[_Kind, IO[str]] = {}
        self._like: dict[_Kind, Penned] = {}

    def add(self, verb: WriteVerb, write: Penned) -> None:
        kind = write.connection, rank_of(write.subject), write.object, VERBS.index(verb)
        kept = self._kept.get(kind)
        if kept is None:
            kept = self._kept[kind] = []
            self._like[kind] = replace(write, text="")
        kept.append(write)
        if len(kept) >= _KEPT:
            self._spill(kind)

    def _spill(self, kind: _Kind) -> None:
        if kind not in self._files:
            file = TemporaryFile("w+", encoding="utf-8", newline="")  # noqa: SIM115  (the stack closes it)
            self._files[kind] = self._stack.enter_context(file)
        self._files[kind].writelines(_line(write) for write in self._kept[kind])
        self._kept[kind] = []

    def __iter__(self) -> Iterator[Penned]:
        for kind in sorted(self._kept):
            if kind in self._files:
                self._files[kind].seek(0)
                for line in self._files[kind]:
                    yield _read(line, self._like[kind])
            yield from self._kept[kind]

    def close(self) -> None:
        self._stack.close()


def _line(write: Penned) -> str:
    head = json.dumps([write.golden, write.link, dict(write.refers), write.apart])
    return f"{head}\t{write.text}\n"


def _read(line: str, like: Penned) -> Penned:
    head, _, text = line.rstrip("\n").partition("\t")
    golden, link, refers, apart = json.loads(head)
    return replace(like, text=text, golden=golden, link=link, refers=refers, apart=apart)
