"""Conflicts that are in the log already: the overruled value still stands there, as nothing was written over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from leadbridge.jobs.sync.at_hand import AtHand
from leadbridge.merge.model import Conflict
from leadbridge.state.model import ConflictRow
from leadbridge.subjects.model import Subject
from leadbridge.values import MISSING


def unlogged(
    conflicts: Sequence[Conflict], log: Sequence[ConflictRow], hand: AtHand, subject: Subject
) -> Iterator[Conflict]:
    """Those that are news. A write that is refused, or a field that is never written, leaves the loser where it was,
    and each run that reads the record finds it again; somebody who edits it after it was written over is news.

    Args:
        log: what is logged of the golden record, the oldest first.
    """
    for conflict in conflicts:
        mine = [row for row in log if row.field == conflict.field]
        last = mine[-1] if mine else None
        known = last is not None and last.restored_by is None and _says(last, conflict)
        if not known or _was_written(conflict, hand, subject):
            yield conflict


def _says(row: ConflictRow, conflict: Conflict) -> bool:
    there = [(claim.ref, claim.value) for claim in row.losers]
    return row.winner.value == conflict.winner.value and all((c.ref, c.value) in there for c in conflict.losers)


def _was_written(conflict: Conflict, hand: AtHand, subject: Subject) -> bool:
    """Whether a loser's record was brought to the value that wins, and is owed nothing: then it was edited since."""
    kind = subject.fields[conflict.field].kind
    refs = {loser.ref for loser in conflict.losers}
    for link in (stored.link for stored in hand.stored if stored.link.ref in refs and not stored.due):
        mapping = hand.mapping(link)
        agreed = MISSING if mapping is None else mapping.read(link.base).get(conflict.field, MISSING)
        if agreed is not MISSING and kind.equivalent(agreed, conflict.winner.value):
            return True
    return False
