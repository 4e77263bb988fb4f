"""Questions that a conversion asks: whether leads are one person, and to which of several records a lead belongs.

Each is asked once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime

from leadbridge.jobs.convert import matches
from leadbridge.jobs.outcome import Review
from leadbridge.jobs.sync.identities import body_of, refs_of
from leadbridge.records import Ref
from leadbridge.state import links, reviews
from leadbridge.state.model import ReviewRow
from leadbridge.state.transactions import Snapshot, Transaction

KIND = "identity"
LEFTOVER = "leftover"


def keep_questions(tx: Transaction, run: int, found: Sequence[Review], connections: Collection[str]) -> int:
    """Keep those that nobody was asked yet; how many leads wait for a person, these and others."""
    matches.keep(tx, run, found, connections)
    asked = {refs_of(row.body) for row in _open(tx, KIND)}
    new = [one for one in found if not one.role and frozenset(one.refs) not in asked]
    known = links.by_refs(tx, [ref for one in new for ref in one.refs])
    now = datetime.now(UTC)
    rows = []
    for one in new:
        golden = next((known[ref].link.golden for ref in one.refs if ref in known), None)
        rows.append(ReviewRow(0, KIND, run, golden, None, "", body_of(one.refs, f"{one.label}: {one.text}"), now))
    reviews.ask(tx, rows)
    return len(found)


def clear_leftovers(tx: Transaction, connections: Collection[str], there: Callable[[Ref], bool]) -> None:
    """What a refused conversion left behind and somebody has deleted since is no question any more."""
    open_ = [(row.id, refs_of(row.body)) for row in _open(tx, LEFTOVER)]
    mine = [(number, refs) for number, refs in open_ if {ref.connection for ref in refs} <= set(connections)]
    reviews.clear(tx, [number for number, refs in mine if not any(map(there, refs))])


def _open(snapshot: Snapshot, kind: str) -> Iterator[ReviewRow]:
    after = 0
    while page := reviews.page(snapshot, after, kind=kind):
        after = page[-1].id
        yield from page
