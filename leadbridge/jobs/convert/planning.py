"""From connections to the rows of a plan: all is captured onto a shelf, then leads are planned round by round."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from leadbridge.conditions import Condition
from leadbridge.config import ConvertJob
from leadbridge.jobs.capture import Batch, Capture, Tally, capture
from leadbridge.jobs.convert.collating import Collation
from leadbridge.jobs.convert.deciding import Deciding, where_of
from leadbridge.jobs.convert.drawing import draw
from leadbridge.jobs.convert.foretelling import Foretelling, able
from leadbridge.jobs.convert.kinship import Kinship, id_clue
from leadbridge.jobs.convert.knowing import know
from leadbridge.jobs.convert.rounds import rounds
from leadbridge.jobs.convert.shelf import Shelf
from leadbridge.jobs.outcome import Review
from leadbridge.jobs.sync.barring import let_in
from leadbridge.jobs.sync.model import Watch
from leadbridge.jobs.sync.references import References
from leadbridge.jobs.sync.scene import Scene
from leadbridge.mapping.policy import ConvertPolicy
from leadbridge.plan.carrying import Note
from leadbridge.provider import Provider
from leadbridge.records import Captured, Ref, Reject
from leadbridge.state import links
from leadbridge.state.model import ObjectKey
from leadbridge.state.store import Store
from leadbridge.state.transactions import Snapshot

_NOWHERE = Ref("", "", "")


@dataclass(slots=True)
class Told:
    """What is told beside the rows.

    Attributes:
        seen: object -> records read.
        rejects: each with the record that it is about, where that is known.
        held: lead -> why it is not converted.
        open: connection -> leads that could be converted, as records; ``leads``: records of those that are.
        group: records in the largest group of duplicates.
    """

    seen: dict[ObjectKey, int] = field(default_factory=dict)
    rejects: list[tuple[Ref, Reject]] = field(default_factory=list)
    reviews: list[Review] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    held: dict[Ref, str] = field(default_factory=dict)
    open: Counter[str] = field(default_factory=Counter)
    leads: set[Ref] = field(default_factory=set)
    group: int = 1


class Planning:
    def __init__(self, store: Store, scene: Scene, job: ConvertJob, policy: ConvertPolicy, run: int) -> None:
        self._store = store
        self._scene = scene
        self._job = job
        self._policy = policy
        self._run = run
        self._shelf = Shelf()
        self._collation = Collation()
        self.told = Told()

    def close(self) -> None:
        self._shelf.close()
        self._collation.close()

    def there(self, ref: Ref) -> bool:
        """Whether the record, or one of its id in that connection, was captured."""
        return bool(self._shelf.offering(id_clue(ref)))

    def capture(self, watch: Watch) -> None:
        """Onto the shelf, page by page."""
        scene, store = self._scene, self._store
        with store.read() as snapshot:
            kinship = Kinship(snapshot, scene, self._policy, self._job.convert)
        tallies: dict[ObjectKey, Tally] = {}
        for batch in capture(scene.sources, scene.workspace.plugins, scene.roles):
            at = batch.connection, batch.object
            tallies[at] = tallies.get(at, Tally(*at)).plus(batch)
            watch(batch.connection, tallies[at].read)
            with store.read() as snapshot:
                records = tuple(_leads_yet(snapshot, batch))
            found = let_in(store, Capture(records, batch.rejects, ()))
            self.told.rejects += _placed(records, found.rejects)
            with store.read() as snapshot:
                self._shelf.add(kinship.of(snapshot, found.records))
        self.told.seen = {at: tally.read for at, tally in tallies.items()}

    def draw(self) -> Collation:
        """All rounds, one after the other."""
        where = where_of(self._scene.workspace, self._scene.name, self._job.where)
        natives = able(self._job, self._policy, self._scene.sources)
        for places in rounds(self._shelf):
            self._round(tuple(self._shelf.records(places)), where, natives)
        return self._collation

    def _round(self, records: tuple[Captured, ...], where: Condition | None, natives: Mapping[str, Provider]) -> None:
        scene, store, told = self._scene, self._store, self.told
        captured, references = Capture(records, (), ()), References(scene)
        with store.begin() as tx:
            knowledge = know(tx, scene, references, captured, self._run)
        known = knowledge.book, knowledge.held, knowledge.answers, knowledge.meant
        deciding = Deciding(scene.workspace, scene.name, self._job, self._policy, scene.sources, *known)
        foretelling = Foretelling(deciding.scene(), scene.workspace.mappings.catalogue, knowledge.book, natives)
        found = deciding.decide(captured, where, foretelling.choose)
        drawn = draw(store, scene, knowledge, references, found, deciding.scene())
        self._collation.add(drawn.rows)
        told.rejects += _placed(records, (*found.rejects, *drawn.rejects))
        told.reviews += found.reviews
        told.notes += drawn.notes
        told.held.update(knowledge.held)
        told.open += found.leads
        told.group = max(told.group, *(len(person.members) for person in found.people), 1)
        told.leads |= drawn.leads


def _leads_yet(snapshot: Snapshot, batch: Batch) -> Iterator[Captured]:
    """Without leads that somebody converted in the CRM; those that a run converted are known as such."""
    linked = links.by_refs(snapshot, batch.converted)
    ours = {ref for ref, stored in linked.items() if stored.link.state == "converted"}
    return (record for record in batch.captured if record.ref not in batch.converted - ours)


def _placed(records: Collection[Captured], rejects: Collection[Reject]) -> Iterator[tuple[Ref, Reject]]:
    """Each with the record that it is about, where that is known."""
    if rejects:
        by_source = {record.record.source or str(record.ref): record.ref for record in records}
        by_ref = {str(record.ref): record.ref for record in records}
        for reject in rejects:
            yield by_source.get(reject.source) or by_ref.get(reject.source, _NOWHERE), reject
