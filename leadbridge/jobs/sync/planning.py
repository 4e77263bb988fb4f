"""From what was captured to a kept plan: golden records in turn, rows numbered and hashed as they come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from leadbridge.jobs.sync import keeping, standing_rejects
from leadbridge.jobs.sync.chunk import Around, Loader
from leadbridge.jobs.sync.newcomers import Newcomers
from leadbridge.jobs.sync.spool import Spool
from leadbridge.jobs.sync.turning import Turn
from leadbridge.plan.native import WriteVerb
from leadbridge.plan.row_text import Digest, Penned, pen
from leadbridge.plan.sync_rows import PlanRow as PlannedRow
from leadbridge.plan.sync_rows import Referred, Settle, rank_of
from leadbridge.records import Ref, Reject
from leadbridge.state import plans, turns
from leadbridge.state.model import PlanRow
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
    writes: dict[str, dict[WriteVerb, int]] = field(default_factory=dict)
    shown: dict[str, dict[WriteVerb, tuple[int, ...]]] = field(default_factory=dict)
    group_row: int = 0

    def add(self, row: PlannedRow) -> None:
        """A row that has its number."""
        body = row.body
        if isinstance(body, Settle):
            self.settle(body)
        elif body.undoes is None:
            self._write(body.connection, body.verb, row.number)

    def settle(self, row: Settle) -> None:
        self.settles += 1
        self.conflicts += len(row.conflicts)
        self.questions += len(row.questions) + len(row.asked)

    def number(self, row: Penned, number: int, group: int) -> None:
        """``group``: the golden record of the largest group."""
        if row.verb is None:
            self.group_row = number if row.golden == group else self.group_row
        elif not row.apart:
            self._write(row.connection, row.verb, number)

    def _write(self, connection: str, verb: WriteVerb, number: int) -> None:
        counts = self.writes.setdefault(connection, {})
        counts[verb] = counts.get(verb, 0) + 1
        if counts[verb] <= _SHOWN:
            shown = self.shown.setdefault(connection, {})
            shown[verb] = (*shown.get(verb, ()), number)


class Planning:
    def __init__(self, around: Around, store: Store, plan: int) -> None:
        self._around = around
        self._store = store
        self._plan = plan
        self._loader = Loader(around, store)
        self._newcomers = Newcomers(around)
        self._spool = Spool()
        self._group = around.identities.group[1]
        self.counted = Counted()

    def keep(self) -> str:
        """Keep all rows; gives their digest."""
        running = Digest()
        rows = self._numbered()
        try:
            while page := list(islice(rows, _ROWS)):
                for row in page:
                    running.add(row.body)
                with self._store.begin() as tx:
                    plans.add_rows(tx, self._plan, page)
        finally:
            self._spool.close()
            if self._around.views is not None:
                self._around.views.close()
        return running.text

    def _numbered(self) -> Iterator[PlanRow]:
        referred = Referred(self._around.referred)
        for number, row in enumerate(self._rows(), 1):
            self.counted.number(row, number, self._group)
            yield keeping.numbered(row, number, referred.rows(row.connection, row.refers))
            if row.verb == "create":
                referred.add(row.connection, row.golden, number)

    def _rows(self) -> Iterator[Penned]:
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

    def _chunk(self, numbers: list[int]) -> list[Penned]:
        chunk = self._loader.load(numbers)
        settles: list[Penned] = []
        rejects: list[tuple[Ref, Reject]] = []
        for number in numbers:
            drawn = self._newcomers.draw(chunk, number) or Turn(self._around, chunk, number).draw()
            rejects += drawn.rejects
            for write in drawn.writes:
                self._spool.add(write.verb, pen(write))
            if drawn.settle is not None:
                self.counted.settle(drawn.settle)
                settles.append(pen(drawn.settle))
                if self._around.views is not None:
                    self._around.views.note(drawn.settle)
        if self._around.views is not None:
            self._around.views.carry_on()
        self._keep_rejects(rejects)
        return settles

    def _keep_rejects(self, rejects: list[tuple[Ref, Reject]]) -> None:
        if rejects:
            with self._store.begin() as tx:
                self.counted.rejects += standing_rejects.keep(tx, self._around.run, rejects, mended=())
