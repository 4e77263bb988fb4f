"""All that is known of some golden records, read at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from leadbridge.golden import Golden
from leadbridge.jobs.sync.identities import Identities
from leadbridge.jobs.sync.references import References
from leadbridge.jobs.sync.scene import Scene
from leadbridge.jobs.sync.viewing import Views
from leadbridge.merge.creating import create_key
from leadbridge.records import Ref
from leadbridge.state import conflicts, goldens, heirs, holds, information, links, rejects, reviews, staging, turns
from leadbridge.state.model import ConflictRow, Hold, RejectRow, ReviewRow, StagedRow, StoredGolden, StoredLink
from leadbridge.state.store import Store
from leadbridge.state.transactions import Transaction

if TYPE_CHECKING:
    from leadbridge.jobs.sync.erasing import Erasing  # which works on chunks


@dataclass(slots=True)
class Around:
    """What all turns of a plan share.

    Attributes:
        gone: records that went, with proof.
        asked_to_delete: golden record -> the record whose going a person wants carried on, and the question.
        state: names the state, for the keys of creates.
        prints: (connection, object, role) -> fingerprint of its mappings.
        made: (connection, golden record of an organisation) that this plan creates.
        waiting: the same, of those that it does not create because of a standing reject or an open question.
        referred: golden records that some row refers to.
        views: organisations as the plan leaves them; None where nobody shows what they say.
        erasing: None where nobody is erased.
    """

    scene: Scene
    references: References
    identities: Identities
    run: int
    gone: frozenset[Ref]
    asked_to_delete: Mapping[int, tuple[Ref, int]]
    state: str
    prints: Mapping[tuple[str, str, str], str]
    made: set[tuple[str, int]] = field(default_factory=set)
    waiting: set[tuple[str, int]] = field(default_factory=set)
    referred: set[int] = field(default_factory=set)
    views: Views | None = None
    erasing: Erasing | None = None


@dataclass(frozen=True, slots=True)
class Chunk:
    """
    Attributes:
        numbers: golden records whose turn it is.
        refs: golden record -> the records for which it is taken up.
        links: those of the golden records that unite with one count as its own.
        link_ids: newcomer -> the id that its link will have.
        refused: record (a create's under its key) -> standing rejects.
        log: golden record -> the conflicts that are logged of it, the oldest first.
        organisations: those to which the people among them may belong.
        heirs: golden record that they may name -> the one that it is part of.
    """

    numbers: tuple[int, ...]
    goldens: Mapping[int, StoredGolden]
    links: Mapping[int, tuple[StoredLink, ...]]
    refs: Mapping[int, tuple[Ref, ...]]
    staged: Mapping[Ref, StagedRow]
    link_ids: Mapping[Ref, int]
    holds: Mapping[int, tuple[Hold, ...]]
    reviews: Mapping[int, tuple[ReviewRow, ...]]
    refused: Mapping[Ref, tuple[RejectRow, ...]]
    log: Mapping[int, tuple[ConflictRow, ...]] = field(default_factory=dict)
    organisations: Mapping[int, Golden] = field(default_factory=dict)
    heirs: Mapping[int, int] = field(default_factory=dict)


class Loader:
    def __init__(self, around: Around, store: Store) -> None:
        self._around = around
        self._scene = around.scene
        self._store = store
        self._run = around.run
        self._identities = around.identities
        self._references = around.references
        self._heirs = around.identities.heirs
        with store.read() as snapshot:
            self._had_heirs = heirs.exist(snapshot)

    def load(self, numbers: Sequence[int]) -> Chunk:
        with self._store.begin() as tx:
            chunk = self._load(tx, numbers)
            named, followed = self._learn(tx, chunk)
            chunk = replace(chunk, heirs=followed) if followed else chunk
            views = self._around.views
            return chunk if views is None or not named else replace(chunk, organisations=views.organisations(tx, named))

    def _load(self, tx: Transaction, numbers: Sequence[int]) -> Chunk:
        united = self._identities.united
        everybody = [*numbers, *(n for number in numbers for n in united.get(number, ()))]
        stored = links.by_goldens(tx, everybody)
        taken = turns.refs(tx, self._run, numbers)
        staged = staging.load(tx, self._run, [ref for refs in taken.values() for ref in refs])
        known = {one.link.ref for some in stored.values() for one in some}
        moved = {self._identities.moved.get(ref, ref) for ref in known}
        newcomers = sorted(staged.keys() - moved)
        loaded = goldens.load(tx, everybody)
        return Chunk(
            numbers=tuple(numbers),
            goldens=loaded,
            links={n: tuple(s for m in (n, *united.get(n, ())) for s in stored.get(m, ())) for n in numbers},
            refs=taken,
            staged=staged,
            link_ids=dict(zip(newcomers, information.reserve(tx, "link", len(newcomers)), strict=True)),
            holds=holds.of(tx, everybody),
            reviews=reviews.open_of(tx, everybody),
            refused=rejects.open_of(tx, known | self._created(n for n, g in loaded.items() if g.due)),
            log=conflicts.of(tx, loaded.keys()),
        )

    def _created(self, numbers: Iterable[int]) -> set[Ref]:
        """What creates of golden records are refused under: their keys."""
        homes = {(t.connection, m.object) for t in self._scene.targets for m in t.mappings}
        return {Ref(*home, create_key(self._around.state, number, *home)) for number in numbers for home in homes}

    def _learn(self, tx: Transaction, chunk: Chunk) -> tuple[set[int], dict[int, int]]:
        """Tell the references whom the chunk's reference fields may name; gives their golden records, and the heirs of
        those that became part of others.
        """
        named = {ref for row in chunk.staged.values() for ref in self._named(row.record.ref, row.role, row)}
        for some in chunk.links.values():
            for one in some:
                named.update(self._named(one.link.ref, one.link.role, None, one))
        found = {ref: stored.link.golden for ref, stored in links.by_refs(tx, named).items()}
        found |= turns.owners(tx, self._run, named)
        found = {ref: self._heirs.get(number, number) for ref, number in found.items()} if self._heirs else found
        wanted = set(found.values())
        for golden in (stored.golden for stored in chunk.goldens.values()):
            wanted.update(self._references.goldens_in(golden.subject, golden.values).values())
        followed = {
            **(heirs.of(tx, wanted) if self._had_heirs else {}),
            **{n: h for n, h in self._heirs.items() if n in wanted},
        }
        wanted.update(followed.values())
        self._references.learn(found, self._records(tx, wanted))
        return wanted, followed

    def _named(self, ref: Ref, role: str, row: StagedRow | None, stored: StoredLink | None = None) -> set[Ref]:
        mapping = self._scene.mapping_of(ref, role, row.mapping if row else "")
        raws = row.record.values if row else stored.link.base if stored else {}
        return set() if mapping is None else set(self._references.named(ref.connection, mapping, raws))

    def _records(self, tx: Transaction, wanted: set[int]) -> dict[tuple[str, int], Ref]:
        """(connection, golden record) -> its record there, linked or about to be."""
        found: dict[tuple[str, int], Ref] = {}
        for number, refs in turns.refs(tx, self._run, wanted).items():
            found |= {(ref.connection, number): ref for ref in reversed(refs)}
        return found | live_records(links.by_goldens(tx, wanted))


def live_records(linked: Mapping[int, Sequence[StoredLink]]) -> dict[tuple[str, int], Ref]:
    """(connection, golden record) -> its live record there; a prospect record stands for nobody who has another."""
    found: dict[tuple[str, int], Ref] = {}
    for number, some in linked.items():
        for link in sorted((stored.link for stored in some), key=lambda link: link.role != "prospect"):
            if link.state == "live":
                found[link.ref.connection, number] = link.ref
    return found
