"""Questions that a conversion asks: whether leads are one person. Each is asked once.

Which of several records a lead belongs to is no question with an answer here: the records in the CRM say too little,
and ``leadbridge plan JOB --preview`` names them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from leadbridge.jobs.outcome import Review
from leadbridge.jobs.sync.identities import body_of, refs_of
from leadbridge.state import links, reviews
from leadbridge.state.model import ReviewRow
from leadbridge.state.transactions import Snapshot, Transaction

KIND = "identity"


def keep_questions(tx: Transaction, run: int, found: Sequence[Review]) -> int:
    """Keep those that nobody was asked yet; how many leads wait for a person, these and others."""
    asked = {refs_of(row.body) for row in _open(tx)}
    new = [one for one in found if len(one.refs) > 1 and frozenset(one.refs) not in asked]
    known = links.by_refs(tx, [ref for one in new for ref in one.refs])
    now = datetime.now(UTC)
    rows = []
    for one in new:
        golden = next((known[ref].link.golden for ref in one.refs if ref in known), None)
        rows.append(ReviewRow(0, KIND, run, golden, None, "", body_of(one.refs, f"{one.label}: {one.text}"), now))
    reviews.ask(tx, rows)
    return len(found)


def _open(snapshot: Snapshot) -> Iterator[ReviewRow]:
    after = 0
    while page := reviews.page(snapshot, after):
        after = page[-1].id
        yield from (row for row in page if row.kind == KIND)
