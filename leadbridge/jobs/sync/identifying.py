"""Who is who: every record without a link finds its golden record, or gets a new one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from leadbridge.jobs.identify import judge_of
from leadbridge.jobs.sync.beside import beside
from leadbridge.jobs.sync.gathering import Gathered
from leadbridge.jobs.sync.identities import Identities, refs_of
from leadbridge.jobs.sync.keying import golden_keys
from leadbridge.jobs.sync.rekeyed import follow_edited_keys
from leadbridge.jobs.sync.scene import Scene
from leadbridge.jobs.sync.unheard import recognise
from leadbridge.merge.identity import Answers, Identified, Known, NewGolden, identify
from leadbridge.merge.succession import resolve
from leadbridge.plan.sync_rows import Asked, rank_of
from leadbridge.records import Captured, Record, Ref
from leadbridge.state import goldens, information, keys, links, reviews, staged_keys, staging, turns
from leadbridge.state.model import StagedRow
from leadbridge.state.sql import chunks
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
            same += beside(snapshot, self._scene, self._run)
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
        """Only records that share a key, or of which something was said, are compared; all others are somebody new."""
        spoken = {ref for family in self._found.succession.families for ref in family}
        spoken |= {ref for refs in answers for ref in refs} | self._doubtful
        with self._store.read() as snapshot:
            refs = sorted({*staged_keys.sharing(snapshot, self._run, subject), *spoken})
            newcomers, changed = self._compared(snapshot, subject, refs)
            known = list(self._known(snapshot, subject, newcomers, changed))
        judge = judge_of(self._scene.workspace.plugins)
        found = identify(newcomers, known, judge, self._found.succession, answers)
        made = self._number(subject, found)
        if newcomers or known:
            with self._store.begin() as tx:
                self._keep(tx, subject, found, made)

    def _compared(
        self, snapshot: Snapshot, subject: str, refs: Sequence[Ref]
    ) -> tuple[list[Captured], list[tuple[int, Captured]]]:
        """Of these refs the records without a link, and the linked ones with their golden records."""
        newcomers: list[Captured] = []
        changed: list[tuple[int, Captured]] = []
        for part in chunks(refs):
            rows = staging.load(snapshot, self._run, part)
            owners = turns.owners(snapshot, self._run, part)
            for ref in (ref for ref in part if ref in rows):
                captured = self._captured(rows[ref])
                if captured is not None and captured.subject == subject and ref in owners:
                    changed.append((owners[ref], captured))
                elif captured is not None and captured.subject == subject:
                    newcomers.append(captured)
        return newcomers, changed

    def _captured(self, row: StagedRow) -> Captured | None:
        ref = row.record.ref
        mapping = self._scene.mapping_of(ref, row.role, row.mapping) if row.mapping else None
        if mapping is None:
            return None
        return Captured(Record(ref, {}), mapping.subject.name, row.role, row.said)

    def _known(
        self,
        snapshot: Snapshot,
        subject: str,
        newcomers: Sequence[Captured],
        changed: Sequence[tuple[int, Captured]],
    ) -> Iterator[Known]:
        """Golden records that share a key with a newcomer, and those of which the CRMs' reports speak.

        A golden record is known by what was agreed, and by what its records say now (``changed``): nobody may have been
        told yet.
        """
        wanted = {key for one in newcomers for key in golden_keys(subject, one.values)}
        alike = [Known(n, c) for n, c in changed if not wanted.isdisjoint(golden_keys(subject, c.values))]
        said = {k.record.ref: k for k in alike}
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

    def _number(self, subject: str, found: Identified) -> Mapping[int, int]:
        """Give every newcomer its golden record, page by page in the order of refs; new ones are numbered so, too.

        Returns the number of each :class:`NewGolden`.
        """
        made: dict[int, int] = {}
        after: Ref | None = None
        while True:
            with self._store.begin() as tx:
                page = staging.newcomers(tx, self._run, after)
                if not page:
                    return made
                after = page[-1][0]
                mine = [ref for ref, role, file in page if self._is_of(subject, ref, role, file)]
                turns.add(tx, self._run, self._turns(tx, subject, mine, found, made))

    def _is_of(self, subject: str, ref: Ref, role: str, file: str) -> bool:
        mapping = self._scene.mapping_of(ref, role, file)
        return mapping is not None and mapping.subject.name == subject

    def _turns(
        self, tx: Transaction, subject: str, refs: Sequence[Ref], found: Identified, made: dict[int, int]
    ) -> list[TurnRow]:
        owners = [found.owners.get(ref) for ref in refs]
        fresh = dict.fromkeys(o.number for o in owners if isinstance(o, NewGolden) and o.number not in made)
        alone = sum(1 for owner in owners if owner is None)
        numbers = iter(information.reserve(tx, "golden", len(fresh) + alone) if fresh or alone else ())
        rank, rows = rank_of(subject), []
        for ref, owner in zip(refs, owners, strict=True):
            if owner is None:
                number = next(numbers)
            elif isinstance(owner, NewGolden):
                number = made[owner.number] if owner.number in made else made.setdefault(owner.number, next(numbers))
            else:
                number = owner
            rows.append(TurnRow(rank, number, ref))
        return rows

    def _keep(self, tx: Transaction, subject: str, found: Identified, made: Mapping[int, int]) -> None:
        def number_of(owner: int | NewGolden) -> int:
            return made[owner.number] if isinstance(owner, NewGolden) else owner

        rank = rank_of(subject)
        sizes: dict[int, int] = {}
        for owner in found.owners.values():
            sizes[number_of(owner)] = sizes.get(number_of(owner), 0) + 1
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


def _standing_for(ref: Ref, role: str, subject: str, values: Mapping[str, Value]) -> Captured:
    return Captured(Record(ref, {}), subject, role, values)
