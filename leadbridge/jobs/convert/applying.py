"""Apply a plan to convert: what is known is settled, records are written, then the conversions that stand are settled.

What a refused conversion did is taken back by rows of the same plan. A run whose connection failed is not ended: it is
resumed before anything else is done on its connections, so that no lead stays half converted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Final, TypeVar

from leadbridge.apply import Summary
from leadbridge.jobs.sync import keeping
from leadbridge.jobs.sync.applying import Applying, counts_of
from leadbridge.jobs.sync.journal import WRITES, StateJournal, refused_by, write_row
from leadbridge.jobs.sync.model import RunOutcome
from leadbridge.jobs.sync.settling import Settled, settle_rows
from leadbridge.plan.rows import falls
from leadbridge.plan.sync_rows import PlanRow, Settle
from leadbridge.state import goldens, leases, links, operations
from leadbridge.state.model import RowKind
from leadbridge.state.transactions import Transaction

_SETTLES: Final[frozenset[RowKind]] = frozenset({"settle"})
_END: Final = 2**62
"""Behind the last row of any plan."""

_CHUNK: Final = 500
_PART: Final = 5_000
T = TypeVar("T")


class ApplyingConversions(Applying):
    """A run that converts, with its plan, and the connections that it leased, open."""

    def _settle(self, remember: Callable[[Transaction], None]) -> Settled:
        """What is remembered whatever becomes of the conversions."""
        done = self._last_settled(0, min(self._first_write(), self._first_closing))
        rows = (row for row, body in self._settles(done) if not body.conversions)
        return settle_rows(self.store, self.run.id, rows, self._check, remember)

    def _journal(self, *, sent_only: bool) -> StateJournal:
        moved, refused = self._moved_on()
        told = replace(self._told(sent_only=sent_only), refused=frozenset(self._refused() | refused))
        told = replace(told, stale=told.stale | moved)
        return StateJournal(self.store, self.run.id, self.plan.id, self.hold.lease, told)

    def _end(self, settled: Settled, summary: Summary) -> RunOutcome:
        if summary.stopped:
            with self.store.begin() as tx:
                return self._outcome(tx, "failed", counts_of(settled, summary), summary)
        return super()._end(settled + self._close(), summary)

    # --- the conversions that stand

    def _close(self) -> Settled:
        refused, written = self._refused(), self._written()
        _, moved = self._moved_on()
        fallen = refused | (moved - written)
        found, done = Settled(), self._last_settled(self._first_closing - 1)
        closing = ((row, body) for row, body in self._closing() if body.undoes is None and not falls(body, fallen))
        for once in _once_each((row, body) for row, body in closing if row.number > done):
            rows = (row for part in _chunks(once) for row in self._as_now(part))
            found += settle_rows(self.store, self.run.id, rows, self._check, lambda tx: None)
        self._take_away(fallen)
        return found

    def _as_now(self, rows: Sequence[tuple[PlanRow, Settle]]) -> Iterator[PlanRow]:
        """Their records are written: what else became of the golden records since does not matter any more."""
        with self.store.read() as snapshot:
            stored = goldens.load(snapshot, {body.golden for _, body in rows})
        for row, body in rows:
            now = stored.get(body.golden)
            yield replace(row, body=replace(body, version=now.version)) if now and body.version else row

    def _take_away(self, fallen: frozenset[int]) -> None:
        """Golden records that refused conversions had made; one stays where its record could not be taken back."""
        for _, body in self._closing():
            if body.undoes is not None and falls(body, fallen):
                with self.store.begin() as tx:
                    self._check(tx)
                    held = links.by_goldens(tx, [body.golden]).get(body.golden, ())
                    if not any(stored.link.state in {"live", "surplus"} for stored in held):
                        goldens.remove(tx, [body.golden])

    # --- what is known of the run

    def _moved_on(self) -> tuple[frozenset[int], frozenset[int]]:
        """Golden records that are not as they were when the plan was made, and the conversions that rest on them.

        None once conversions are being settled: then it is they that move.
        """
        first = self._first_closing
        if self._last_settled(first - 1) >= first:
            return frozenset(), frozenset()
        moved: set[int] = set()
        conversions: set[int] = set()
        for part in _chunks(body for _, body in self._closing()):
            expected = [{**b.versions, **({b.golden: b.version} if b.version else {})} for b in part]
            with self.store.read() as snapshot:
                stored = goldens.load(snapshot, {number for one in expected for number in one})
            for body, versions in zip(part, expected, strict=True):
                stale = {n for n, version in versions.items() if n not in stored or stored[n].version != version}
                moved |= stale
                conversions |= set(body.conversions) if stale else set()
        return frozenset(moved), frozenset(conversions)

    def _refused(self) -> frozenset[int]:
        found: set[int] = set()
        for page in keeping.pages(self.store, self.plan.id, WRITES):
            with self.store.read() as snapshot:
                known = operations.of(snapshot, self.run.id, [row.number for row in page])
            found |= refused_by((write_row(row), known[row.number].state) for row in page if row.number in known)
        return frozenset(found)

    def _written(self) -> frozenset[int]:
        """Conversions that write anything."""
        pages = keeping.pages(self.store, self.plan.id, WRITES)
        return frozenset(number for page in pages for row in page for number in write_row(row).conversions)

    def _last_settled(self, after: int, before: int = _END) -> int:
        """The highest number of a settled row between these, else ``after``. None but settled rows stand there."""
        last = after
        while True:
            with self.store.read() as snapshot:
                page = operations.page(snapshot, self.run.id, last, states=("done", "skipped"))
            numbers = [one.number for one in page if one.number < before]
            if not numbers:
                return last
            last = numbers[-1]

    def _first_write(self) -> int:
        return next((row.number for page in keeping.pages(self.store, self.plan.id, WRITES) for row in page), _END)

    @cached_property
    def _first_closing(self) -> int:
        return next((row.number for row, body in self._settles(0) if body.conversions), _END)

    def _settles(self, after: int) -> Iterator[tuple[PlanRow, Settle]]:
        for page in keeping.pages(self.store, self.plan.id, _SETTLES, after):
            for row in page:
                if isinstance(row.body, Settle):
                    yield row, row.body

    def _closing(self) -> Iterator[tuple[PlanRow, Settle]]:
        return ((row, body) for row, body in self._settles(self._first_closing - 1) if body.conversions)

    def _check(self, tx: Transaction) -> None:
        leases.check(tx, self.hold.lease)


def _chunks(items: Iterable[T]) -> Iterator[list[T]]:
    steps = iter(items)
    while part := list(islice(steps, _CHUNK)):
        yield part


def _once_each(rows: Iterable[tuple[PlanRow, Settle]]) -> Iterator[list[tuple[PlanRow, Settle]]]:
    """The rows in their order, cut before any that settles a golden record again, and where they are many."""
    part: list[tuple[PlanRow, Settle]] = []
    met: set[int] = set()
    for row, body in rows:
        if body.golden in met or len(part) == _PART:
            yield part
            part, met = [], set()
        part.append((row, body))
        met.add(body.golden)
    if part:
        yield part
