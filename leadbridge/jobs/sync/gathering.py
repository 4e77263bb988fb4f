"""Capture: what is new, changed or gone is staged in the state, page by page; what did not change is dropped."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from leadbridge.jobs.capture import covering
from leadbridge.jobs.sources import Source
from leadbridge.jobs.sync import standing_rejects
from leadbridge.jobs.sync.barring import barred, marks_for, refusal
from leadbridge.jobs.sync.keying import golden_keys
from leadbridge.jobs.sync.leaving import Left, leaving
from leadbridge.jobs.sync.model import Watch
from leadbridge.jobs.sync.references import References
from leadbridge.jobs.sync.scene import Scene
from leadbridge.jobs.sync.traceless import noted, traceless
from leadbridge.mapping.columns import columns
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.merge.standing import IN_PLAY
from leadbridge.merge.succession import ConversionEvent, Event, MergeEvent
from leadbridge.plan.sync_rows import rank_of
from leadbridge.provider import Gone, ObjectDescription, Page, Provider
from leadbridge.records import Captured, Record, Ref, Reject
from leadbridge.state import cursors, goldens, information, links, operations, staged_keys, staging, turns
from leadbridge.state.model import ObjectKey, StagedGone, StagedRow, StoredLink
from leadbridge.state.sql import chunks
from leadbridge.state.store import Store
from leadbridge.state.transactions import Transaction
from leadbridge.state.turns import TurnRow
from leadbridge.values import MISSING, Raw, Value

_READ = 200
"""Records that are read again in one call."""


@dataclass(slots=True)
class Gathered:
    """What a capture saw, besides what it staged.

    Attributes:
        seen: records of each object, changed or not.
        complete: objects that were scanned completely.
        end: cursors after it.
        events: merges and conversions that the CRMs report.
        rejects: rows and fields that could not be read, those that were known before left out.
        left: of objects that the settings limit: what left the scope.
    """

    seen: dict[ObjectKey, int] = field(default_factory=dict)
    complete: set[ObjectKey] = field(default_factory=set)
    end: dict[ObjectKey, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    rejects: int = 0
    left: dict[ObjectKey, Left] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Taken:
    """A record with the mapping that covers it, or None."""

    record: Record
    mapping: ObjectMapping | None


class Gathering:
    """One capture of a job's objects, for one run. Records of all roles are taken: the cursors are everybody's."""

    def __init__(self, scene: Scene, store: Store, run: int, references: References) -> None:
        self._scene = scene
        self._store = store
        self._run = run
        self._references = references
        self._heirs: dict[Ref, StoredLink] = {}
        self._marks = marks_for(store, erasing=False)
        self._stamped = any(scene.stamped.values())
        self.found = Gathered()

    def capture(self, start: Mapping[ObjectKey, str | None], watch: Watch) -> Gathered:
        """``start``: cursors; an object without one is captured whole. If it was captured before, then first from where
        that ended: what went since is told of, and what else is not there went without a trace.

        Raises:
            ConnectionFailedError: a connection cannot be read; what was staged goes with the run.
        """
        with self._store.read() as snapshot:
            known = cursors.get(snapshot, [source.connection for source in self._scene.sources])
        for source in self._scene.sources:
            for name in source.objects(self._scene.roles):
                at = source.connection, name
                before, cursor = known.get(at), start.get(at)
                if cursor is None and before is not None:
                    self._object(at, source.provider.capture(name, before), watch, continued=True)
                    self._anew(source, at, watch)
                else:
                    self._object(at, source.provider.capture(name, cursor), watch, continued=cursor is not None)
                self._left(source, at)
        self._read_heirs()
        self._read_due()
        self._take_due()
        self._take_unknown()
        return self.found

    def _object(self, at: ObjectKey, pages: Iterable[Page], watch: Watch, *, continued: bool) -> bool:
        """Gives whether these pages showed everything that is there."""
        found, rows = self.found, 0
        unread: list[Reject] = []
        sources: list[str] = []
        made = self._made(at) if continued else set()
        for page in pages:
            made -= {record.ref.id for record in page.records} | {one.ref.id for one in page.gone}
            with self._store.begin() as tx:
                self._page(tx, at, page)
            rows += len(page.records) + len(page.rejects)
            unread += page.rejects
            sources += page.sources
            found.seen[at] = max(page.seen, found.seen.get(at, 0))
            if page.cursor is not None:
                found.end[at] = page.cursor
            if page.complete:
                found.complete.add(at)
            watch(at[0], rows)
        if sources:
            with self._store.begin() as tx:
                standing_rejects.clear_mended(tx, Ref(*at, ""), sources, unread)
        whole = at in found.complete and not unread
        if whole and made:
            with self._store.begin() as tx:
                self._gone(tx, [Gone(Ref(*at, one), "absent") for one in sorted(made)])
        return whole

    def _anew(self, source: Source, at: ObjectKey, watch: Watch) -> None:
        """All of it, though it was captured before: what is not there went. From an inbox, which is only appended to,
        nothing goes: its files are cleared away.
        """
        seen: set[int] = set()
        self.found.seen.pop(at, None)
        whole = self._object(at, noted(source.provider.capture(at[1]), seen), watch, continued=False)
        described = _described(source, at)
        if whole and source.provider.capabilities.deletes and described.updates:
            outside = source.provider.outside if described.limit else _nobody_outside
            for some in traceless(self._store, self._run, at, outside, seen):
                with self._store.begin() as tx:
                    self._gone(tx, some)

    def _left(self, source: Source, at: ObjectKey) -> None:
        """Records that the connection's settings leave out now are covered by no mapping."""
        limit = _described(source, at).limit
        if not limit:
            return
        left = self.found.left[at] = Left(limit, self._made(at))
        for some in leaving(self._store, self._run, at, source.provider, left):
            with self._store.begin() as tx:
                self._keep(tx, [_Taken(Record(stored.link.ref, {}), None) for stored in some], {})
                turns.add(tx, self._run, [self._turn(stored) for stored in some])
                self._note_heirs(tx, some)

    def _made(self, at: ObjectKey) -> set[str]:
        """Records that LeadBridge made after the cursor was: they come back as new, or went before anybody looked."""
        with self._store.read() as snapshot:
            run = cursors.moved_by(snapshot, at)
            ids = set() if run is None else operations.made(snapshot, run, *at)
            return links.among(snapshot, at, ids, IN_PLAY)

    def _page(self, tx: Transaction, at: ObjectKey, page: Page) -> None:
        rejects = [(Ref(*at, ""), reject) for reject in page.rejects]
        taken = list(self._covered(page.records, rejects))
        mapped = {t.record.ref: self.restricted(t.record, t.mapping) for t in taken if t.mapping is not None}
        same = links.unchanged(tx, mapped)
        self._stage(tx, [t for t in taken if t.record.ref not in same], rejects)
        self._gone(tx, page.gone)
        self._note_heirs(tx, links.by_refs(tx, [c.lead for c in page.converted]).values())
        self.found.events += [ConversionEvent(c.lead, c.contact, c.made) for c in page.converted]

    def _covered(self, records: Iterable[Record], rejects: list[tuple[Ref, Reject]]) -> Iterator[_Taken]:
        for record in records:
            mapping = covering(record, self._scene.mappings(record.ref.connection, record.ref.object))
            if isinstance(mapping, Reject):
                rejects.append((record.ref, mapping))
            else:
                yield _Taken(record, mapping)

    def restricted(self, record: Record, mapping: ObjectMapping) -> dict[str, Raw]:
        """What the merge looks at: the mapped provider fields."""
        wanted = columns(self._references.agreed(record.ref.connection, mapping))
        return {name: raw for name, raw in record.values.items() if name in wanted and raw is not MISSING}

    def _stage(self, tx: Transaction, taken: Sequence[_Taken], rejects: list[tuple[Ref, Reject]]) -> None:
        known = links.by_refs(tx, [t.record.ref for t in taken])
        captured = {t.record.ref: t.mapping.get(t.record) for t in taken if t.mapping is not None}
        enriched = self._scene.workspace.plugins.enrich(list(captured.values())) if captured else ()
        kept = {one.ref for one in enriched}
        if self._marks is not None:
            kept -= self._barred(tx, [one for ref, one in captured.items() if ref not in known], rejects)
        rejects += [(ref, reject) for ref, one in captured.items() if ref in kept for reject in one.rejects]
        mine = [t for t in taken if t.record.ref in (kept if t.mapping is not None else known)]
        self._keep(tx, mine, {ref: one for ref, one in captured.items() if ref in kept})
        turns.add(tx, self._run, [self._turn(link) for t in mine if (link := known.get(t.record.ref)) is not None])
        left = [one.record.ref for one in taken if one.mapping is None]
        self._note_heirs(tx, [known[ref] for ref in left if ref in known])
        self.found.rejects += standing_rejects.keep(tx, self._run, rejects, mended=kept)

    def _keep(self, tx: Transaction, taken: Sequence[_Taken], captured: Mapping[Ref, Captured]) -> None:
        """``captured``: those that a mapping covers, read through it."""
        said = {ref: one.values for ref, one in captured.items()}
        staging.stage(tx, self._run, [self._staged(one, said.get(one.record.ref, {})) for one in taken])
        found = {ref: golden_keys(one.subject, one.values) for ref, one in captured.items()}
        staged_keys.add(tx, self._run, found)

    def _barred(self, tx: Transaction, newcomers: Sequence[Captured], rejects: list[tuple[Ref, Reject]]) -> set[Ref]:
        """Records of people who were erased: nothing of them is taken."""
        found = barred(tx, self._marks, newcomers) if self._marks is not None else {}
        sources = {one.ref: one.record.source for one in newcomers}
        rejects += [(ref, refusal(ref, sources[ref], erasure)) for ref, erasure in found.items()]
        return set(found)

    def _gone(self, tx: Transaction, gone: Sequence[Gone]) -> None:
        known = links.by_refs(tx, [one.ref for one in gone])
        mine = [one for one in gone if one.ref in known]
        staging.stage_gone(tx, self._run, [StagedGone(g.ref, g.proof, g.merged_into) for g in mine])
        turns.add(tx, self._run, [self._turn(known[one.ref]) for one in mine])
        self._note_heirs(tx, known.values())
        merged = [(g.ref, Ref(g.ref.connection, g.ref.object, g.merged_into)) for g in mine if g.merged_into]
        self.found.events += [MergeEvent(loser, winner) for loser, winner in merged]

    def _note_heirs(self, tx: Transaction, left: Iterable[StoredLink]) -> None:
        """Twins of live records that leave: one of them takes over in this run."""
        places = {(s.link.golden, s.link.ref.connection, s.link.ref.object) for s in left if s.link.state == "live"}
        near = links.by_goldens(tx, {golden for golden, _, _ in places}) if places else {}
        for stored in (stored for some in near.values() for stored in some):
            link = stored.link
            if link.state == "surplus" and (link.golden, link.ref.connection, link.ref.object) in places:
                self._heirs[link.ref] = stored

    def _read_heirs(self) -> None:
        """Nobody may have looked at a twin for long; before it is written it must be known what it holds."""
        for source in self._scene.sources:
            mine = [s for ref, s in sorted(self._heirs.items()) if ref.connection == source.connection]
            with self._store.read() as snapshot:
                staged = staging.load(snapshot, self._run, [stored.link.ref for stored in mine])
            self._read_again(source.provider, [stored for stored in mine if stored.link.ref not in staged])

    def _turn(self, stored: StoredLink) -> TurnRow:
        link = stored.link
        return TurnRow(rank_of(self._scene.subject_of(link.role).name), link.golden, link.ref)

    def _read_due(self) -> None:
        """Links that are owed a write are read again: an overruled value moves no base."""
        for source in self._scene.sources:
            after = 0
            while True:
                with self._store.read() as snapshot:
                    page = links.due(snapshot, source.connection, after)
                    staged = staging.load(snapshot, self._run, [stored.link.ref for stored in page])
                if not page:
                    break
                after = page[-1].link.id
                owed = [s for s in page if s.link.ref not in staged and s.link.role in self._scene.roles]
                self._read_again(source.provider, owed)

    def _read_again(self, provider: Provider, wanted: Sequence[StoredLink]) -> None:
        for part in chunks(wanted, _READ):
            records = provider.read([stored.link.ref for stored in part]) if provider.capabilities.read_back else ()
            self._again(part, [record for record in records if record is not None])

    def _again(self, part: Sequence[StoredLink], records: Iterable[Record]) -> None:
        rejects: list[tuple[Ref, Reject]] = []
        with self._store.begin() as tx:
            taken = list(self._covered(records, rejects))
            self._keep(tx, taken, {t.record.ref: t.mapping.get(t.record) for t in taken if t.mapping is not None})
            turns.add(tx, self._run, [self._turn(stored) for stored in part])

    def _take_due(self) -> None:
        """Golden records for which a record is still to be made somewhere."""
        after = 0
        while True:
            with self._store.begin() as tx:
                ids = goldens.due(tx, after)
                if not ids:
                    return
                loaded = goldens.load(tx, ids)
                turns.add(tx, self._run, [TurnRow(rank_of(g.golden.subject), n) for n, g in loaded.items()])
            after = ids[-1]

    def _take_unknown(self) -> None:
        """Golden records that other jobs linked here: this one may owe them a record elsewhere."""
        with self._store.read() as snapshot:
            after = information.known_to(snapshot, self._scene.name)
        while True:
            with self._store.begin() as tx:
                page = links.made_after(tx, list(self._scene.providers), after)
                if not page:
                    return
                found = [replace(self._turn(stored), ref=turns.NO_REF) for stored in page]
                turns.add(tx, self._run, found)
            after = page[-1].link.id

    def _staged(self, taken: _Taken, said: Mapping[str, Value]) -> StagedRow:
        """Role and file are blank for a record that no mapping covers any more; only what is mapped is kept."""
        record, mapping = taken.record, taken.mapping
        if mapping is None:
            return StagedRow(replace(record, values={}), "", "")
        wanted = columns(mapping)
        values = {name: raw for name, raw in record.values.items() if name in wanted and raw is not MISSING}
        stamps = record.stamps if self._stamped else None
        return StagedRow(replace(record, values=values, stamps=stamps), mapping.role, mapping.file.name, said)


def _described(source: Source, at: ObjectKey) -> ObjectDescription:
    return next(one for one in source.described if one.name == at[1])


def _nobody_outside(object: str, ids: Sequence[str]) -> Collection[str]:
    return ()
