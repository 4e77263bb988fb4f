"""Numbers for what a conversion makes: golden records and links; and whom its records name, by golden record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from leadbridge.golden import Held
from leadbridge.jobs.convert.knowing import Knowledge
from leadbridge.jobs.sync.references import References
from leadbridge.jobs.sync.scene import Scene
from leadbridge.mapping.columns import columns
from leadbridge.mapping.fields import ColumnMap
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.mapping.policy import LEAD_ROLES
from leadbridge.plan.book import Entry
from leadbridge.plan.rows import SettleRow, WriteRow
from leadbridge.records import Ref
from leadbridge.state import information
from leadbridge.state.transactions import Transaction
from leadbridge.values import is_present


@dataclass(frozen=True)
class Naming:
    """
    Attributes:
        made: number of a row that makes a golden record -> that record.
        links: record -> its link, those that the plan makes too.
        writers: golden record -> the writes that make or change its records.
        targets: number of a create -> the golden record that it makes a record of.
        adopted: golden record that the plan makes -> the captured records that it is made of.
    """

    scene: Scene
    knowledge: Knowledge
    catalogue: References
    made: Mapping[int, int]
    links: Mapping[Ref, int]
    writers: Mapping[int, Sequence[WriteRow]]
    targets: Mapping[int, int]
    adopted: Mapping[int, Sequence[Entry]]

    @classmethod
    def of(
        cls,
        tx: Transaction,
        scene: Scene,
        knowledge: Knowledge,
        references: References,
        rows: Iterable[SettleRow | WriteRow],
    ) -> Naming:
        """Reserves the numbers, and tells ``references`` whose each record of the plan is."""
        every = list(rows)
        making = [row.number for row in every if isinstance(row, SettleRow) and _makes(row)]
        made = dict(zip(making, information.reserve(tx, "golden", len(making)) if making else (), strict=True))
        entries = knowledge.book.records
        new = [ref for row in every if isinstance(row, SettleRow) for ref in _newcomers(row, entries)]
        numbers = information.reserve(tx, "link", len(new)) if new else range(0)
        links = {ref: entry.link.id for ref, entry in entries.items() if entry.link is not None}
        links |= dict(zip(new, numbers, strict=True))
        goldens = dict(knowledge.named.goldens)
        goldens |= {ref: entry.link.golden for ref, entry in entries.items() if entry.link is not None}
        adopted: dict[int, list[Entry]] = {}
        for row in every:
            if isinstance(row, SettleRow) and row.number in made:
                goldens |= {change.ref: made[row.number] for change in row.links}
                adopted[made[row.number]] = [entries[change.ref] for change in row.links if change.ref in entries]
        references.learn(goldens, {})
        writers: dict[int, list[WriteRow]] = {}
        targets: dict[int, int] = {}
        for row in every:
            if isinstance(row, WriteRow) and _makes_known(row) and (golden := _golden(row, made)) is not None:
                writers.setdefault(golden, []).append(row)
                targets[row.number] = golden
        return cls(scene, knowledge, references, made, links, writers, targets, adopted)

    def golden_of(self, row: SettleRow | WriteRow) -> int | None:
        return _golden(row, self.made)

    def is_reference(self, subject: str, name: str) -> bool:
        fields = self.scene.subject(subject).fields
        return name in fields and bool(self.catalogue.subjects(subject, fields[name]))

    def agreed_columns(self, entry: Entry) -> frozenset[str]:
        """The provider fields of a record that can be agreed: those that name somebody only where he is known."""
        agreed = self.catalogue.agreed(entry.ref.connection, entry.mapping)
        read = agreed.read(entry.raws)
        names = {m.column: m.target.name for m in agreed.fields if isinstance(m, ColumnMap) and m.column in entry.raws}
        return columns(agreed) - {column for column, name in names.items() if name not in read}

    def references(self, row: SettleRow, golden: int, unites: Sequence[int]) -> dict[str, Held]:
        """Reference field -> the golden record that is named: by what is written, else as it stands, else as united
        records or the captured ones say it."""
        found: dict[str, Held] = {}
        for name, held in self._said(row, golden, unites):
            found.setdefault(name, held)
        return found

    def _said(self, row: SettleRow, golden: int, unites: Sequence[int]) -> Iterator[tuple[str, Held]]:
        if row.conversions or not row.links:  # what is adopted is so whether or not the conversion comes about
            for write in self.writers.get(golden, ()):
                yield from self._written(write)
        for number in sorted((golden, *unites), key=self._of_leads_alone):
            stored = self.knowledge.stored.get(number)
            for name, held in stored.golden.fields.items() if stored else ():
                if is_present(held.value) and self.is_reference(row.subject, name):
                    yield name, held
            for adopted in self.adopted.get(number, ()):
                yield from self._read(adopted)
        for change in row.links:
            entry = self.knowledge.book.records.get(change.ref)
            if entry is not None and change.state == "live":
                yield from self._read(self.knowledge.book.as_contact(change.ref) if change.role_was else entry)
        for entry in self._standing((golden, *unites)) if row.conversions else ():
            yield from self._read(entry)

    def _standing(self, goldens: Iterable[int]) -> Iterator[Entry]:
        """What was captured of those that were known before, leads aside: whom it names may be known only now."""
        book = self.knowledge.book
        for golden in goldens:
            known = (side.link.ref for side in book.sides.get(golden, ()))
            for ref in (*known, *self._attached.get(golden, ())):
                if ref in book.records and book.records[ref].captured.role not in LEAD_ROLES:
                    yield book.records[ref]

    @cached_property
    def _attached(self) -> Mapping[int, Sequence[Ref]]:
        """Golden record -> the newcomers that it gets."""
        found: dict[int, list[Ref]] = {}
        for ref, link in self.knowledge.attached.items():
            if link.state == "live":
                found.setdefault(link.golden, []).append(ref)
        return found

    def _of_leads_alone(self, golden: int) -> bool:
        """Whether only leads have told of it so far: what the record says to which a lead was matched goes before."""
        roles = {stored.link.role for stored in self.knowledge.links.get(golden, ())}
        return (roles | {entry.captured.role for entry in self.adopted.get(golden, ())}) <= LEAD_ROLES

    def _read(self, entry: Entry) -> Iterator[tuple[str, Held]]:
        agreed = self.catalogue.agreed(entry.ref.connection, entry.mapping)
        for name, value in agreed.read(entry.raws).items():
            if is_present(value) and self.is_reference(agreed.subject.name, name):
                yield name, Held(value, entry.ref.connection, self.knowledge.book.run)

    def _written(self, write: WriteRow) -> Iterator[tuple[str, Held]]:
        """References that a write sets, to records that are there and to those that the plan makes."""
        mapping = self._mapping(write)
        if mapping is None:
            return
        read = self.catalogue.agreed(write.connection, mapping).read(write.values)
        for fieldmap in mapping.fields:
            if isinstance(fieldmap, ColumnMap) and self.is_reference(mapping.subject.name, fieldmap.target.name):
                name, create = fieldmap.target.name, write.refers.get(fieldmap.column)
                value = read.get(name) if create is None else self.targets.get(create)
                if value is not None and is_present(value):
                    yield name, Held(str(value), write.connection, self.knowledge.book.run)

    def _mapping(self, write: WriteRow) -> ObjectMapping | None:
        book, ref = self.knowledge.book, Ref(write.connection, write.object, write.id or "")
        if (entry := book.records.get(ref)) is None:
            return book.homes.get((write.connection, write.role))
        return entry.mapping if entry.mapping.role == write.role else book.as_contact(ref).mapping


def _makes_known(row: WriteRow) -> bool:
    """Whether it says what its record names."""
    return row.undoes is None and row.verb != "convert"


def _makes(row: SettleRow) -> bool:
    return row.golden is None and row.settle is None and row.undoes is None


def _golden(row: SettleRow | WriteRow, made: Mapping[int, int]) -> int | None:
    if row.golden is not None:
        return row.golden
    if row.settle is not None:
        return made[row.settle]
    return made.get(row.number) if isinstance(row, SettleRow) else None


def _newcomers(row: SettleRow, entries: Mapping[Ref, Entry]) -> list[Ref]:
    return [c.ref for c in row.links if c.state == "live" and (e := entries.get(c.ref)) is not None and e.link is None]
