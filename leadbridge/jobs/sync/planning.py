"""From what was captured to a kept plan: golden records in turn, rows numbered and hashed as they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from leadbridge.jobs.sync import keeping, standing_rejects
from leadbridge.jobs.sync.chunk import Around, Loader
from leadbridge.jobs.sync.spool import Spool
from leadbridge.jobs.sync.turning import Turn
from leadbridge.plan.row_text import Digest
from leadbridge.plan.sync_rows import PlanRow, Settle, Write, numbered, rank_of
from leadbridge.provider import Verb
from leadbridge.records import Ref, Reject
from leadbridge.state import plans, turns
from leadbridge.state.store import Store

_CHUNK: Final = 300
"""Golden records that are planned together."""

_ROWS: Final = 1_000
_SHOWN: Final = 5


@dataclass(slots=True)
class Counted:
    """What a plan holds.

    Attributes:
        writes: connection -> verb -> rows; ``shown`` numbers of a few of them.
        group_row: number of the row that settles the largest group.
    """

    settles: int = 0
    conflicts: int = 0
    questions: int = 0
    rejects: int = 0
    writes: dict[str, dict[Verb, int]] = field(default_factory=dict)
    shown: dict[str, dict[Verb, tuple[int, ...]]] = field(default_factory=dict)
    group_row: int = 0

    def add(self, row: PlanRow, group: int) -> None:
        body = row.body
        if isinstance(body, Settle):
            self.settles += 1
            self.conflicts += len(body.conflicts)
            self.questions += len(body.questions) + len(body.asked)
            self.group_row = row.number if body.golden == group else self.group_row
            return
        if body.undoes is not None:  # sent only where something before it is refused
            return
        counts = self.writes.setdefault(body.connection, {})
        counts[body.verb] = counts.get(body.verb, 0) + 1
        shown = self.shown.setdefault(body.connection, {})
        if counts[body.verb] <= _SHOWN:
            shown[body.verb] = (*shown.get(body.verb, ()), row.number)


class Planning:
    def __init__(self, around: Around, store: Store, plan: int) -> None:
        self._around = around
        self._store = store
        self._plan = plan
        self._loader = Loader(around, store)
        self._spool = Spool()
        self._group = around.identities.group[1]
        self.counted = Counted()

    def keep(self) -> str:
        """Keep all rows; gives their digest."""
        running = Digest()
        rows = numbered(self._bodies(), self._around.referred)
        try:
            while page := list(islice(rows, _ROWS)):
                kept = [keeping.stored(row) for row in page]
                for row, one in zip(page, kept, strict=True):
                    running.add(one.body)
                    self.counted.add(row, self._group)
                with self._store.begin() as tx:
                    plans.add_rows(tx, self._plan, kept)
        finally:
            self._spool.close()
        return running.text

    def _bodies(self) -> Iterator[Settle | Write]:
        scene = self._around.scene
        for rank in sorted({rank_of(subject) for subject in scene.workspace.mappings.catalogue.subjects}):
            after = 0
            while numbers := self._next(rank, after):
                after = numbers[-1]
                yield from self._chunk(numbers)
        yield from self._spool

    def _next(self, rank: int, after: int) -> list[int]:
        with self._store.read() as snapshot:
            return turns.page(snapshot, self._around.run, rank, after, _CHUNK)

    def _chunk(self, numbers: list[int]) -> list[Settle]:
        chunk = self._loader.load(numbers)
        drawn = [Turn(self._around, chunk, number).draw() for number in numbers]
        for one in drawn:
            for write in one.writes:
                self._spool.add(write)
        self._keep_rejects([reject for one in drawn for reject in one.rejects])
        return [one.settle for one in drawn if one.settle is not None]

    def _keep_rejects(self, rejects: list[tuple[Ref, Reject]]) -> None:
        if rejects:
            with self._store.begin() as tx:
                self.counted.rejects += standing_rejects.keep(tx, self._around.run, rejects, mended=())
