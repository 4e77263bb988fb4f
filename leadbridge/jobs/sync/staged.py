"""What a run has staged, page by page."""

from __future__ import annotations

from collections.abc import Iterator

from leadbridge.records import Ref
from leadbridge.state import staging, turns
from leadbridge.state.model import StagedGone, StagedRow
from leadbridge.state.transactions import Snapshot


def unlinked(snapshot: Snapshot, run: int) -> Iterator[StagedRow]:
    """Covered records that are nobody's turn yet: those without a link."""
    return (row for row, owner in _covered(snapshot, run) if owner is None)


def linked(snapshot: Snapshot, run: int) -> Iterator[tuple[StagedRow, int]]:
    """Covered records whose turn it is, each with its golden record."""
    return ((row, owner) for row, owner in _covered(snapshot, run) if owner is not None)


def _covered(snapshot: Snapshot, run: int) -> Iterator[tuple[StagedRow, int | None]]:
    after: Ref | None = None
    while page := staging.page(snapshot, run, after):
        after = page[-1].record.ref
        taken = turns.owners(snapshot, run, [row.record.ref for row in page])
        yield from ((row, taken.get(row.record.ref)) for row in page if row.mapping)


def gone(snapshot: Snapshot, run: int) -> Iterator[StagedGone]:
    after: Ref | None = None
    while page := staging.page_gone(snapshot, run, after):
        after = page[-1].ref
        yield from page
