"""Promise 1 on real data: what every linked record says is compared with its golden record. Nothing is written.

Of a job that converts, promise 11 as well: each lead that was converted is so completely.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from leadbridge.apply.options import same
from leadbridge.conditions import ConditionError
from leadbridge.config.jobs import SyncJob
from leadbridge.golden import Golden
from leadbridge.jobs.capture import covering
from leadbridge.jobs.convert.running import scene_of
from leadbridge.jobs.convert.verifying import Conversions, whole
from leadbridge.jobs.sync.barring import Marks, barred, marks_for
from leadbridge.jobs.sync.chunk import live_records
from leadbridge.jobs.sync.model import Watch
from leadbridge.jobs.sync.references import References
from leadbridge.jobs.sync.scene import Scene, opened
from leadbridge.jobs.workspace import Workspace
from leadbridge.mapping.columns import columns
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.records import Record, Ref
from leadbridge.state import goldens, holds, links, reviews
from leadbridge.state.model import ObjectKey, StoredLink
from leadbridge.state.store import Store
from leadbridge.state.transactions import Snapshot
from leadbridge.values import MISSING

EXAMPLES = 10


@dataclass(slots=True)
class Verified:
    """One object: its records, each counted once, and fields that are excepted.

    Attributes:
        in_step: it says what golden says, fields that are held or asked about excepted.
        edited: edited since the last run, which will carry it on.
        owed: LeadBridge knows that it is behind: a write was refused, or is still to come.
        new: not linked yet.
        aside: not written: a twin, a converted lead, a record that no mapping covers, one outside `where`, and one of
            somebody who was erased.
        read_only: in a connection that the job only reads, or by a mapping that says `write: never`.
        differs: out of step, and nothing says why: a fault of LeadBridge or of the CRM.
        missing: linked records that were not found.
        guarded: fields that an undo holds or a question is open about.
        examples: a few of those that differ, with the provider fields.
    """

    connection: str
    object: str
    records: int = 0
    in_step: int = 0
    edited: int = 0
    owed: int = 0
    new: int = 0
    aside: int = 0
    read_only: int = 0
    differs: int = 0
    missing: int = 0
    guarded: int = 0
    examples: list[tuple[Ref, tuple[str, ...]]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Verification:
    """``conversions``: of a job that converts, beside the objects that it reads and writes."""

    objects: Sequence[Verified]
    conversions: Sequence[Conversions] = ()

    @property
    def holds(self) -> bool:
        """Whether everything is as promised, or something says why not."""
        return not any(one.differs for one in self.objects) and not any(one.broken for one in self.conversions)


def verify(workspace: Workspace, store: Store, job: str, watch: Watch) -> Verification:
    """Read every object of a job whole, and count. Memory does not grow with the records.

    Raises:
        UsageError: there is no such job.
        ConnectionFailedError: a connection cannot be read.
    """
    configured = workspace.project.config.job(job)
    if isinstance(configured, SyncJob):
        with opened(workspace, store, job) as scene, store.read() as snapshot:
            return Verification(_objects(scene, store, snapshot, watch))
    with workspace.open(configured.connections, store) as sources, store.read() as snapshot:
        scene, policy = scene_of(workspace, job, sources), workspace.mappings.policy(configured.policy)
        objects = _objects(scene, store, snapshot, watch)
        return Verification(objects, list(whole(scene, configured, policy, snapshot, watch)))


def _objects(scene: Scene, store: Store, snapshot: Snapshot, watch: Watch) -> list[Verified]:
    linked = links.counts(snapshot)
    marks = marks_for(store, erasing=False)
    found = []
    for source in scene.sources:
        for name in source.objects(scene.roles):
            one = _Object(scene, snapshot, (source.connection, name), marks)
            one.read(watch)
            one.result.missing = max(0, linked.get((source.connection, name, "live"), 0) - one.live)
            found.append(one.result)
    return found


class _Object:
    """One object while it is read. ``live``: records seen that have a live link, those of other roles included."""

    def __init__(self, scene: Scene, snapshot: Snapshot, at: ObjectKey, marks: Marks | None) -> None:
        self._marks = marks
        self._scene = scene
        self._snapshot = snapshot
        self._at = at
        self._references = References(scene)
        self.result = Verified(*at)
        self.live = 0

    def read(self, watch: Watch) -> None:
        for page in self._scene.providers[self._at[0]].capture(self._at[1]):
            self._page(page.records)
            watch(self._at[0], self.result.records)

    def _page(self, records: Sequence[Record]) -> None:
        covered = list(self._covered(records))
        known = links.by_refs(self._snapshot, [record.ref for record in records])
        stored = {record.ref: known.pop(record.ref) for record, _ in covered if record.ref in known}
        self.live += sum(other.link.state == "live" for other in known.values())
        numbers = {link.link.golden for link in stored.values()}
        agreed = {number: one.golden for number, one in goldens.load(self._snapshot, numbers).items()}
        guarded = self._guarded(numbers)
        self._learn(covered, agreed.values())
        barred = self._barred(covered, stored)
        for record, mapping in covered:
            self.result.records += 1
            link = stored.get(record.ref)
            if link is None:
                self.result.aside += record.ref in barred
                self.result.new += record.ref not in barred
                continue
            self._linked(record, mapping, link, agreed[link.link.golden], guarded.get(link.link.golden, {}))

    def _barred(self, covered: Iterable[tuple[Record, ObjectMapping]], stored: Mapping[Ref, StoredLink]) -> set[Ref]:
        """Records of people who were erased."""
        if self._marks is None:
            return set()
        newcomers = (mapping.get(record) for record, mapping in covered if record.ref not in stored)
        return set(barred(self._snapshot, self._marks, newcomers))

    def _covered(self, records: Iterable[Record]) -> Iterator[tuple[Record, ObjectMapping]]:
        for record in records:
            mapping = covering(record, self._scene.mappings(*self._at))
            if isinstance(mapping, ObjectMapping) and mapping.role in self._scene.roles:
                yield record, mapping

    def _guarded(self, numbers: Iterable[int]) -> Mapping[int, Mapping[int, frozenset[str]]]:
        """Golden record -> link, 0 for all of them -> fields that are held or asked about; ``""`` is every field."""
        found: dict[int, dict[int, frozenset[str]]] = {}
        every = list(numbers)
        for number, held in holds.of(self._snapshot, every).items():
            for hold in held:
                of = found.setdefault(number, {})
                of[hold.link] = of.get(hold.link, frozenset()) | {hold.field}
        for number, asked in reviews.open_of(self._snapshot, every).items():
            of = found.setdefault(number, {})
            of[0] = of.get(0, frozenset()) | {review.field for review in asked if review.kind == "field"}
        return found

    def _learn(self, covered: Sequence[tuple[Record, ObjectMapping]], known: Iterable[Golden]) -> None:
        """Whom the page's reference fields may name."""
        connection = self._at[0]
        named = {ref for record, m in covered for ref in self._references.named(connection, m, record.values)}
        of = {ref: stored.link.golden for ref, stored in links.by_refs(self._snapshot, named).items()}
        wanted = set(of.values()).union(*(self._references.goldens_in(g.subject, g.values).values() for g in known))
        self._references.learn(of, live_records(links.by_goldens(self._snapshot, wanted)))

    def _linked(
        self,
        record: Record,
        mapping: ObjectMapping,
        stored: StoredLink,
        golden: Golden,
        guarded: Mapping[int, frozenset[str]],
    ) -> None:
        link, result = stored.link, self.result
        self.live += link.state == "live"
        if not self._scene.can_write(link.ref, mapping):
            result.read_only += 1
            return
        if link.state != "live" or not self._takes_part(golden):
            result.aside += 1
            return
        closed = guarded.get(0, frozenset()) | guarded.get(link.id, frozenset())
        mine = {target.name for target in mapping.targets}
        result.guarded += len(mine if "" in closed else mine & closed)
        agreed = self._references.agreed(link.ref.connection, mapping)
        wanted = {} if "" in closed else {name: v for name, v in golden.values.items() if name not in closed}
        self._judge(record, agreed, stored, set(agreed.put(wanted, record.values)))

    def _takes_part(self, golden: Golden) -> bool:
        if self._scene.where is None:
            return True
        try:
            return self._scene.where.includes(golden.values)
        except ConditionError:
            return False

    def _judge(self, record: Record, mapping: ObjectMapping, stored: StoredLink, unequal: set[str]) -> None:
        """``unequal``: provider fields that do not say what golden says."""
        result, base = self.result, stored.link.base
        edited = {
            name for name in columns(mapping) if not same(record.values.get(name, MISSING), base.get(name, MISSING))
        }
        if not unequal:
            result.in_step += 1
        elif edited:
            result.edited += 1
        elif stored.due:
            result.owed += 1
        else:
            result.differs += 1
            if len(result.examples) < EXAMPLES:
                result.examples.append((record.ref, tuple(sorted(unequal))))


__all__ = ["Conversions", "Verification", "Verified", "verify"]
