"""What the state knows of captured records, as the book from which a conversion is planned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Literal

from leadbridge.golden import Golden, Link, LinkState
from leadbridge.jobs.capture import Capture, covering
from leadbridge.jobs.convert import matches
from leadbridge.jobs.convert.naming_elsewhere import Named, named_by
from leadbridge.jobs.convert.recognising import recognised
from leadbridge.jobs.identify import Answered
from leadbridge.jobs.sync.identities import refs_of
from leadbridge.jobs.sync.references import References
from leadbridge.jobs.sync.scene import OWN, Scene
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.policy import CARRIED_ROLES, LEAD_ROLES
from leadbridge.merge.identity import Answers
from leadbridge.merge.model import Side
from leadbridge.merge.standing import IN_PLAY
from leadbridge.plan.adopting import agreed_base
from leadbridge.plan.book import Book, Entry, Known
from leadbridge.plan.record_rows import ANY_WRITE, column_of
from leadbridge.records import Captured, Ref
from leadbridge.state import goldens, holds, information, links, reviews
from leadbridge.state.model import StoredGolden, StoredLink
from leadbridge.state.transactions import Transaction

HELD = "conversion"
"""What an undo holds of a lead's link: it is not converted again until that is released."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """
    Attributes:
        held: lead -> why it is not converted.
        stored: golden records as the state has them; the book's lack fields that name other records.
        answers: what people said of records that may be one; ``meant`` of records to which leads belong.
        links: golden record -> its links, of any state.
        attached: newcomers whose golden record is known -> the link that they get.
        named: records that captured ones name, and that take no part themselves.
    """

    book: Book
    held: Mapping[Ref, str]
    stored: Mapping[int, StoredGolden]
    answers: Answers = field(default_factory=dict)
    meant: Answered = field(default_factory=dict)
    links: Mapping[int, tuple[StoredLink, ...]] = field(default_factory=dict)
    attached: Mapping[Ref, Link] = field(default_factory=dict)
    named: Named = field(default_factory=Named)


def know(tx: Transaction, scene: Scene, references: References, captured: Capture, run: int) -> Knowledge:
    """The book of these records. Its links that are not in the state yet have numbers of their own."""
    knowing = _Knowing(tx, scene, references, {record.ref: record for record in captured.records})
    return knowing.knowledge(run)


class _Knowing:
    def __init__(self, tx: Transaction, scene: Scene, references: References, records: Mapping[Ref, Captured]) -> None:
        self._tx = tx
        self._scene = scene
        self._references = references
        self._records = records
        self._linked = links.by_refs(tx, records.keys())
        known = recognised(tx, scene.workspace.plugins, (r for ref, r in records.items() if ref not in self._linked))
        numbers = {*(stored.link.golden for stored in self._linked.values()), *known.values()}
        self._stored = goldens.load(tx, numbers)
        self._everybody = links.by_goldens(tx, numbers)
        self._guards = _guards(tx, numbers)
        whom = {ref: s.link.golden for ref, s in self._linked.items()} | known
        plain = (Entry(record, self._mapping(record)) for record in records.values())
        self._named = named_by(tx, references, plain, whom)
        self._references.learn({**self._named.goldens, **whom}, {})
        self._attached = self._attach(known)

    def knowledge(self, run: int) -> Knowledge:
        entries = {ref: self._entry(record) for ref, record in self._records.items()}
        held = {ref: why for ref, why in self._held() if not entries[ref].edited}
        book = Book(
            records=entries,
            goldens={n: Known(self._plain(one.golden), one.version) for n, one in self._stored.items()},
            homes=self._homes(),
            made={s.key: ref for ref, s in self._linked.items() if s.key and s.link.state not in {"gone", "suspended"}},
            sides={number: tuple(self._sides(some)) for number, some in self._everybody.items()},
            referring=_referring(entries),
            unasked=frozenset(self._unasked()),
            run=run,
            both={(s.connection, name): m for s in self._scene.sources for name, m in s.both().items()},
            elsewhere=self._named.elsewhere,
        )
        return Knowledge(
            book=book,
            held=held,
            stored=self._stored,
            answers=_answers(self._tx),
            meant=matches.answered(self._tx),
            links=self._everybody,
            attached=self._attached,
            named=self._named,
        )

    def _unasked(self) -> Iterator[Ref]:
        """Newcomers that are no leads, and whose golden record is known by leads alone."""
        for ref, link in self._attached.items():
            others = (s.link for s in self._everybody.get(link.golden, ()) if s.link.state in IN_PLAY)
            if link.role not in LEAD_ROLES and all(other.role in LEAD_ROLES for other in others):
                yield ref

    def _attach(self, known: Mapping[Ref, int]) -> dict[Ref, Link]:
        numbers = information.reserve(self._tx, "link", len(known)) if known else range(0)
        taken = {
            (golden, s.link.ref.connection, s.link.ref.object)
            for golden, some in self._everybody.items()
            for s in some
            if s.link.state == "live"
        }
        found: dict[Ref, Link] = {}
        for number, (ref, golden) in zip(numbers, sorted(known.items()), strict=True):
            at = golden, ref.connection, ref.object
            state: LinkState = "surplus" if at in taken else "live"
            taken.add(at)
            record = self._records[ref]
            entry = Entry(record, self._references.agreed(ref.connection, self._mapping(record)))
            base = agreed_base(_reread(entry), self._stored[golden].golden.values)
            found[ref] = Link(number, golden, ref, record.role, state, base)
        return found

    def _entry(self, record: Captured) -> Entry:
        stored = self._linked.get(record.ref)
        link = stored.link if stored else self._attached.get(record.ref)
        return Entry(record, self._mapping(record), link, self._guarded(link) if link else frozenset())

    def _mapping(self, record: Captured) -> ObjectMapping:
        ref = record.ref
        fitting = [m for m in self._scene.mappings(ref.connection, ref.object) if m.role == record.role]
        if len(fitting) > 1:
            found = covering(record.record, fitting)
            return found if isinstance(found, ObjectMapping) else fitting[0]
        return fitting[0]

    def _plain(self, golden: Golden) -> Golden:
        """Without what names other records, or tells of the record itself: both are each CRM's own."""
        subject = self._scene.subject(golden.subject)
        kept = {
            name: held
            for name, held in golden.fields.items()
            if name not in OWN
            and not (name in subject.fields and self._references.subjects(subject.name, subject.fields[name]))
        }
        return replace(golden, fields=kept)

    def _homes(self) -> dict[tuple[str, str], ObjectMapping]:
        found: dict[tuple[str, str], ObjectMapping] = {}
        for source in self._scene.sources:
            for one in source.described:
                for mapping in source.writing(one):
                    found.setdefault((source.connection, mapping.role), mapping)
        return found

    def _sides(self, some: Iterable[StoredLink]) -> Iterator[Side]:
        for link in (stored.link for stored in some if stored.link.state == "live"):
            record = self._records.get(link.ref)
            mapping = self._mapping(record) if record else self._scene.mapping_of(link.ref, link.role)
            if mapping is not None:
                yield Side(link, mapping, record.record.values if record else None, self._guarded(link))

    def _guarded(self, link: Link) -> frozenset[str]:
        found = {name for at, name in self._guards.get(link.golden, ()) if at in {0, link.id}}
        if "" in found:
            return frozenset(self._scene.subject_of(link.role).fields)
        return frozenset(found)

    def _held(self) -> Iterator[tuple[Ref, str]]:
        for ref, stored in self._linked.items():
            waits = (stored.link.id, HELD) in self._guards.get(stored.link.golden, ())
            if waits and stored.link.state != "converted":
                yield ref, f"its conversion was undone; to convert it again: leadbridge release {ref}"


def _guards(tx: Transaction, numbers: Iterable[int]) -> dict[int, set[tuple[int, str]]]:
    """Golden record -> (link or 0, field) that is held, or about which a person is asked."""
    wanted = frozenset(numbers)
    found: dict[int, set[tuple[int, str]]] = {}
    for number, held in holds.of(tx, wanted).items():
        found.setdefault(number, set()).update((one.link, one.field) for one in held)
    for number, asked in reviews.open_of(tx, wanted).items():
        found.setdefault(number, set()).update((0, row.field) for row in asked if row.kind == "field")
    return found


def _answers(tx: Transaction) -> Answers:
    """Pair of records -> whether they are one; of several that are one, every pair is."""
    found: dict[frozenset[Ref], Literal["same", "different"]] = {}
    for row in reviews.answered(tx, "identity"):
        for pair in combinations(sorted(refs_of(row.body)), 2):
            if row.answer == "same":
                found[frozenset(pair)] = "same"
            elif len(refs_of(row.body)) == 2:
                found[frozenset(pair)] = "different"
    return found


def _reread(entry: Entry) -> Entry:
    """With its values as its mapping reads them: references by golden record."""
    captured = replace(entry.captured, values=entry.mapping.read(entry.raws))
    return replace(entry, captured=captured)


def _referring(entries: Mapping[Ref, Entry]) -> dict[Ref, tuple[Entry, ...]]:
    """Lead -> what names it as its person."""
    objects: dict[str, set[str]] = {}
    for ref, entry in entries.items():
        if entry.captured.role == "lead":
            objects.setdefault(ref.connection, set()).add(ref.object)
    found: dict[Ref, list[Entry]] = {}
    for ref, entry in sorted(entries.items()):
        column = (
            column_of(entry.mapping, "person", ANY_WRITE) if entry.captured.role in CARRIED_ROLES.values() else None
        )
        if column is not None:
            for lead in _named(ref.connection, objects.get(ref.connection, ()), str(entry.raws.get(column, ""))):
                if lead in entries:
                    found.setdefault(lead, []).append(entry)
    return {lead: tuple(some) for lead, some in found.items()}


def _named(connection: str, objects: Iterable[str], id_: str) -> Sequence[Ref]:
    return [Ref(connection, name, id_) for name in sorted(objects)]
