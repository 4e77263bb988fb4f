"""Records that went: with proof, or because a person said to carry a deletion on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from leadbridge.jobs.sync import staged
from leadbridge.jobs.sync.braking import lost_scopes
from leadbridge.jobs.sync.gathering import Gathered
from leadbridge.jobs.sync.identities import refs_of
from leadbridge.jobs.sync.scene import Scene
from leadbridge.merge.standing import proven
from leadbridge.plan.sync_rows import rank_of
from leadbridge.provider import Gone
from leadbridge.records import Ref
from leadbridge.state import connections, goldens, reviews, turns
from leadbridge.state.store import Store
from leadbridge.state.transactions import Snapshot
from leadbridge.state.turns import TurnRow


@dataclass(frozen=True, slots=True)
class Went:
    """
    Attributes:
        erased: those among the proven that were erased, by the CRM's word or because hard deletes count as such there.
        asked_to_delete: golden record -> the record whose deletion is carried on, and the question's number.
    """

    proven: frozenset[Ref] = frozenset()
    erased: frozenset[Ref] = frozenset()
    asked_to_delete: Mapping[int, tuple[Ref, int]] = field(default_factory=dict)


def went(scene: Scene, store: Store, run: int, gathered: Gathered) -> Went:
    with store.begin() as tx:
        known = connections.get(tx, scene.job.sync)
        shrank = {one.connection for one in lost_scopes(scene, {n: row.columns for n, row in known.items()})}
        gone = proven(_staged(tx, run), gathered.complete, shrank)
        erased = _erased(scene, _staged(tx, run)) & gone
        wanted = {
            row.golden: (next(iter(refs_of(row.body))), row.id)
            for row in reviews.answered(tx, "delete")
            if row.answer == "delete" and row.golden is not None
        }
        loaded = goldens.load(tx, wanted)
        turns.add(tx, run, [TurnRow(rank_of(one.golden.subject), number) for number, one in loaded.items()])
    return Went(gone, erased, wanted)


def _erased(scene: Scene, gone: Iterator[Gone]) -> frozenset[Ref]:
    configured = scene.workspace.project.config.connections
    hard = {name for name, connection in configured.items() if connection.hard_delete == "erasure"}
    return frozenset(
        one.ref for one in gone if one.proof == "erasure" or (one.proof == "absent" and one.ref.connection in hard)
    )


def _staged(snapshot: Snapshot, run: int) -> Iterator[Gone]:
    return (Gone(one.ref, one.proof, one.merged_into) for one in staged.gone(snapshot, run))
