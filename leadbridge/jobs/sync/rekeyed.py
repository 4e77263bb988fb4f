"""Rows of keyed files whose key was edited: their links follow them."""

from __future__ import annotations

from typing import Final

from leadbridge.golden import Link
from leadbridge.jobs.sync import staged
from leadbridge.jobs.sync.gathering import Gathered
from leadbridge.jobs.sync.identities import Identities
from leadbridge.jobs.sync.scene import Scene
from leadbridge.merge.rekeying import rekeys
from leadbridge.plan.sync_rows import Asked, rank_of
from leadbridge.records import Ref
from leadbridge.state import links, staging, turns
from leadbridge.state.model import ObjectKey
from leadbridge.state.store import Store
from leadbridge.state.transactions import Snapshot, Transaction
from leadbridge.state.turns import TurnRow

_WHICH: Final = "rows vanished, and rows like them came under other keys; which became which?"


def follow_edited_keys(scene: Scene, store: Store, run: int, gathered: Gathered, found: Identities) -> set[Ref]:
    """New rows that may be old ones, which only a person can tell; all that is certain is in ``found.moved``."""
    doubtful: set[Ref] = set()
    for at in sorted(gathered.complete):
        if scene.described[at].key is not None:
            with store.begin() as tx:
                doubtful |= _follow(tx, scene, run, at, found)
    return doubtful


def _follow(tx: Transaction, scene: Scene, run: int, at: ObjectKey, found: Identities) -> set[Ref]:
    vanished = _vanished(tx, run, at)
    if not vanished:
        return set()
    appeared = [row.record for row in staged.unlinked(tx, run) if _place(row.record.ref) == at]
    seen = rekeys(vanished.values(), appeared, scene.described[at].key or "")
    for old, new in seen.moved.items():
        turns.remove(tx, run, [old])
        staging.settle(tx, run, [old])
        turns.add(tx, run, [TurnRow(rank_of(scene.subject_of(vanished[old].role).name), vanished[old].golden, new)])
    found.moved |= seen.moved
    for doubt in seen.ambiguous:
        golden = vanished[doubt.vanished[0]].golden
        asked = Asked("edited_key", (*doubt.vanished, *doubt.appeared), _WHICH)
        found.asked[golden] = (*found.asked.get(golden, ()), asked)
    return {ref for doubt in seen.ambiguous for ref in doubt.appeared}


def _vanished(snapshot: Snapshot, run: int, at: ObjectKey) -> dict[Ref, Link]:
    gone = [one.ref for one in staged.gone(snapshot, run) if _place(one.ref) == at]
    return {ref: s.link for ref, s in links.by_refs(snapshot, gone).items() if s.link.state == "live"}


def _place(ref: Ref) -> ObjectKey:
    return ref.connection, ref.object
