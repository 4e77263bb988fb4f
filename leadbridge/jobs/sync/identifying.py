"""Who is who: every record without a link finds its golden record, or gets a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Final

from leadbridge.golden import Golden
from leadbridge.jobs.identify import judge_of
from leadbridge.jobs.sync.gathering import Gathered
from leadbridge.jobs.sync.identities import Identities, refs_of
from leadbridge.jobs.sync.rekeyed import follow_edited_keys
from leadbridge.jobs.sync.scene import Scene
from leadbridge.jobs.sync.staged import linked, unlinked
from leadbridge.jobs.sync.unheard import recognise
from leadbridge.matching.keys import BATCH_KEYS, keys_of
from leadbridge.merge.identity import Answers, Identified, Known, NewGolden, identify
from leadbridge.merge.succession import resolve
from leadbridge.merge.viewing import LINKED, organisation_of
from leadbridge.plan.sync_rows import Asked, rank_of
from leadbridge.records import Captured, Record, Ref
from leadbridge.state import goldens, information, keys, links, reviews, turns
from leadbridge.state.model import GoldenKey, StagedRow
from leadbridge.state.store import Store
from leadbridge.state.transactions import Snapshot, Transaction
from leadbridge.state.turns import TurnRow
from leadbridge.values import Value

_ABOUT_WHOM: Final = frozenset({"identity", "edited_key"})


class Identifying:
    def __init__(self, scene: Scene, store: Store, run: int) -> None:
        self._scene = scene
        self._store = store
        self._run = run
        self._found = Identities()
        self._doubtful: set[Ref] = set()

    def all(self, gathered: Gathered) -> Identities:
        """Subject by subject. Newcomers that share no key with anybody cost nothing but their keys."""
        with self._store.read() as snapshot:
            said = [(refs_of(row.body), row.answer) for row in reviews.answered(snapshot, "identity")]
            same, doubtful = recognise(snapshot, self._scene, self._run, self._found)
        same += [refs for refs, answer in said if answer == "same"]
        self._found.succession = resolve(gathered.events, same)
        answers: Answers = {refs: "different" for refs, answer in said if answer == "different" and len(refs) == 2}
        with self._store.read() as snapshot:
            self._still_open(snapshot)
        self._doubtful = doubtful | follow_edited_keys(self._scene, self._store, self._run, gathered, self._found)
        for name in sorted(self._scene.captured_subjects, key=rank_of):
            self._subject(name, answers)
        return self._found

    def _still_open(self, snapshot: Snapshot) -> None:
        """Nothing is made for anybody about whom it is asked who they are."""
        after = 0
        while page := reviews.page(snapshot, after):
            after = page[-1].id
            asked = {ref for row in page if row.kind in _ABOUT_WHOM for ref in refs_of(row.body)}
            self._found.open |= {stored.link.golden for stored in links.by_refs(snapshot, asked).values()}

    def _subject(self, subject: str, answers: Answers) -> None:
        with self._store.read() as snapshot:
            newcomers = list(self._newcomers(snapshot, subject))
            known = list(self._known(snapshot, subject, newcomers))
        if not newcomers and not known:
            return
        judge = judge_of(self._scene.workspace.plugins)
        found = identify(newcomers, known, judge, self._found.succession, answers)
        with self._store.begin() as tx:
            self._keep(tx, subject, found)

    def _newcomers(self, snapshot: Snapshot, subject: str) -> Iterator[Captured]:
        for row in unlinked(snapshot, self._run):
            captured = self._captured(row)
            if captured is not None and captured.subject == subject:
                yield captured

    def _captured(self, row: StagedRow) -> Captured | None:
        ref = row.record.ref
        mapping = self._scene.mapping_of(ref, row.role, row.mapping)
        if mapping is None:
            return None
        return Captured(Record(ref, {}), mapping.subject.name, row.role, mapping.read(row.record.values))

    def _known(self, snapshot: Snapshot, subject: str, newcomers: Sequence[Captured]) -> Iterator[Known]:
        """Golden records that share a key with a newcomer, and those of which the CRMs' reports speak.

        A golden record is known by what was agreed, and by what its records say now: nobody may have been told yet.
        """
        wanted = {key for one in newcomers for key in golden_keys(subject, one.values)}
        said = {k.record.ref: k for k in self._changed(snapshot, subject, wanted)}
        yield from said.values()
        sharing = {number for found in keys.find(snapshot, wanted).values() for number in found}
        families = {ref for family in self._found.succession.families for ref in family}
        reported = links.by_refs(snapshot, families)
        loaded = goldens.load(snapshot, sharing | {stored.link.golden for stored in reported.values()})
        for stored in reported.values():
            golden = loaded[stored.link.golden].golden
            if golden.subject == subject and stored.link.ref not in said:
                yield Known(golden.id, _standing_for(stored.link.ref, stored.link.role, subject, golden.values))
        for number, some in links.by_goldens(snapshot, sharing).items():
            first = next((s.link for s in some if s.link.ref not in said), some[0].link)
            if first.ref not in reported and first.ref not in said:
                yield Known(number, _standing_for(first.ref, first.role, subject, loaded[number].golden.values))

    def _changed(self, snapshot: Snapshot, subject: str, wanted: Set[GoldenKey]) -> Iterator[Known]:
        """Linked records that share a key with a newcomer since they were edited."""
        for row, golden in linked(snapshot, self._run) if wanted else ():
            captured = self._captured(row)
            if captured is None or captured.subject != subject:
                continue
            if not wanted.isdisjoint(golden_keys(subject, captured.values)):
                yield Known(golden, captured)

    def _keep(self, tx: Transaction, subject: str, found: Identified) -> None:
        fresh = sorted({owner.number for owner in found.owners.values() if isinstance(owner, NewGolden)})
        numbers = information.reserve(tx, "golden", len(fresh)) if fresh else range(0)
        made = dict(zip(fresh, numbers, strict=True))

        def number_of(owner: int | NewGolden) -> int:
            return made[owner.number] if isinstance(owner, NewGolden) else owner

        rank = rank_of(subject)
        sizes: dict[int, int] = {}
        for owner in found.owners.values():
            sizes[number_of(owner)] = sizes.get(number_of(owner), 0) + 1
        turns.add(tx, self._run, [TurnRow(rank, number_of(owner), ref) for ref, owner in found.owners.items()])
        turns.unite(tx, self._run, found.united)
        turns.add(tx, self._run, [TurnRow(rank, keep) for keep in set(found.united.values())])
        mine = self._found
        for number, keep in sorted(found.united.items()):
            mine.united[keep] = (*mine.united.get(keep, ()), number)
        mine.open |= {number_of(owner) for owner in found.asked}
        mine.open |= {number_of(owner) for ref, owner in found.owners.items() if ref in self._doubtful}
        for question in found.questions:
            first = min(number_of(owner) for owner in question.owners)
            asked = Asked("identity", question.refs, "; ".join(question.why))
            mine.asked[first] = (*mine.asked.get(first, ()), asked)
            turns.add(tx, self._run, [TurnRow(rank, first)])
        largest = max(sizes.items(), key=lambda item: item[1], default=(0, 1))
        mine.group = max(mine.group, (largest[1], largest[0]))


def golden_keys(subject: str, values: Mapping[str, Value]) -> Iterator[GoldenKey]:
    """The keys by which a subject is found again."""
    for key in keys_of(subject, values, BATCH_KEYS.get(subject, ())):
        kind, _, text = key.partition(":")
        yield GoldenKey(subject, kind, text)


def kept_keys(golden: Golden) -> list[GoldenKey]:
    """All keys that a golden record is kept under: those by which it is found again, and the organisation's."""
    found = list(golden_keys(golden.subject, golden.values))
    linked = organisation_of(golden)
    return [*found, GoldenKey(golden.subject, LINKED, str(linked))] if linked else found


def _standing_for(ref: Ref, role: str, subject: str, values: Mapping[str, Value]) -> Captured:
    return Captured(Record(ref, {}), subject, role, values)
