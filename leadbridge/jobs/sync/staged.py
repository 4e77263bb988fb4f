"""What a run has staged, page by page."""

from __future__ import annotations

from collections.abc import Iterator

from leadbridge.records import Ref
from leadbridge.state import staging
from leadbridge.state.model import StagedGone, StagedRow
from leadbridge.state.transactions import Snapshot


def unlinked(snapshot: Snapshot, run: int) -> Iterator[StagedRow]:
    """Covered records that are nobody's turn yet: those without a link."""
    after: Ref | None = None
    while page := staging.newcomers(snapshot, run, after):
        refs = [ref for ref, _, _ in page]
        after = refs[-1]
        rows = staging.load(snapshot, run, refs)
        yield from (rows[ref] for ref in refs)


def gone(snapshot: Snapshot, run: int) -> Iterator[StagedGone]:
    after: Ref | None = None
    while page := staging.page_gone(snapshot, run, after):
        after = page[-1].ref
        yield from page
