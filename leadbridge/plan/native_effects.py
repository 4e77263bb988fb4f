"""What a CRM's own conversion does to records, as rows: one for each record that a lead's conversion makes or fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from leadbridge.conversions import Effect
from leadbridge.mapping.objects import ObjectMapping
from leadbridge.plan.asking import Foretold, NativeLead
from leadbridge.plan.book import Book, Entry
from leadbridge.plan.model import Change, PlannedRow
from leadbridge.plan.native import Native
from leadbridge.plan.rows import WriteRow
from leadbridge.plan.writing import ORDER, Writing
from leadbridge.records import Ref
from leadbridge.values import MISSING, Raw, is_absent

BY_ITSELF = "by the CRM's own mapping"


@dataclass(slots=True)
class Told:
    """What CRMs do to the record of one planned row, by all conversions that reach it.

    Attributes:
        number: of the row that makes it; None where it exists.
        by: the rows that convert.
        values: provider field -> raw value foretold.
        names: provider fields that name another record.
    """

    number: int | None = None
    by: list[int] = field(default_factory=list)
    values: dict[str, Raw] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    unsure: set[str] = field(default_factory=set)


class Effects:
    """
    Attributes:
        records: planned row -> what becomes of its record.
    """

    def __init__(self, writing: Writing, foretold: Foretold, converts: Mapping[int, int]) -> None:
        self._writing = writing
        self._clerk = writing.clerk
        self._foretold = foretold
        self._converts = converts
        self._drafts = writing.drafts()
        self._made: dict[tuple[int, str], int] = {}  # request and role -> the row that makes the record
        self.records: dict[int, Told] = {}

    def rows(self, first: int, natives: Sequence[NativeLead]) -> list[WriteRow]:
        """Role by role, so that the records of one object are looked at together."""
        told = [(native, self._foretold.predictions[native.number]) for native in natives]
        others = dict.fromkeys(effect.role for _, said in told for effect in said.effects if effect.role != "lead")
        rows: list[WriteRow] = []
        for role in dict.fromkeys((*ORDER, *others)):
            for native, said in told:
                effect = said.effect(role)
                row = None if effect is None else self._row(first + len(rows), native, effect)
                rows += [row] if row is not None else []
        return rows

    def _row(self, number: int, native: NativeLead, effect: Effect) -> WriteRow | None:
        """None where the record is reached and nothing is done to it."""
        planned = self._planned(native, effect.role)
        if effect.made:
            self._made[native.number, effect.role] = number
        named, refers = self._named(native, effect)
        values = {**effect.values, **named}
        record = None if planned is None else self._tell(number, planned, native, replace(effect, values=values))
        if not effect.made and not values and not refers:
            return None
        row = self._blank(number, native, effect, planned)
        draft = self._drafts.get(planned.number) if planned else None
        wanted, pointing = (draft.values, draft.refers) if draft else ({}, {})
        brings = {c for c, raw in values.items() if c in wanted and same_field(self._of(row), c, raw, wanted[c])}
        brings |= {column for column in refers if column in pointing}
        later = None if effect.made or record is None or row.id is not None else record.number
        return replace(
            row,
            values=values,
            refers=refers,
            key=draft.key if draft and effect.made else None,
            changes=tuple(self._changes(row, values, native.ref)),
            owes_more=effect.made and planned is not None,
            native=Native("effect", (self._converts[native.number],), later, brings=tuple(sorted(brings))),
        )

    def _planned(self, native: NativeLead, role: str) -> PlannedRow | None:
        rows = map(self._clerk.plan.row, native.conversion.rows)
        return next((row for row in rows if row.role == role and row.connection == native.ref.connection), None)

    def _tell(self, number: int, planned: PlannedRow, native: NativeLead, effect: Effect) -> Told:
        record = self.records.setdefault(planned.number, Told())
        if effect.made:
            record.number = self._clerk.creates[planned.number] = number
        elif planned.ref is None and record.number is None:  # LeadBridge makes it, for others too
            record.number = self._clerk.creates[planned.number]
        record.by.append(self._converts[native.number])
        record.values |= effect.values
        record.names |= effect.names.keys()
        record.unsure |= effect.unsure
        return record

    def _named(self, native: NativeLead, effect: Effect) -> tuple[dict[str, Raw], dict[str, int]]:
        """The records of the same conversion that it names: by id, and by the row that makes them."""
        values: dict[str, Raw] = {}
        refers: dict[str, int] = {}
        for column, role in effect.names.items():
            place = self._place(native, role)
            if isinstance(place, str):
                values[column] = place
            elif place is not None:
                refers[column] = place
        return values, refers

    def _place(self, native: NativeLead, role: str) -> int | str | None:
        made, planned = self._made.get((native.number, role)), self._planned(native, role)
        if made is not None or planned is None:
            return made
        return self._clerk.place(planned.number, native.ref.connection)

    def _blank(self, number: int, native: NativeLead, effect: Effect, planned: PlannedRow | None) -> WriteRow:
        """The record, without what becomes of it."""
        entry = entry_of(self._clerk.book, planned)
        target = self._writing.target(planned) if planned else None
        captured = entry.raws if entry else {}
        return WriteRow(
            number=number,
            verb="create" if effect.made else "update",
            connection=native.ref.connection,
            object=effect.object,
            role=entry.captured.role if entry else effect.role,
            label=planned.label if planned else native.conversion.label,
            golden=target.golden if target else None,
            settle=target.settle if target else None,
            link=entry.link.id if entry and entry.link else None,
            id=entry.ref.id if entry else None,
            expected={c: captured[c] for c in (*effect.values, *effect.names) if c in captured},
            why=f"{native.ref.connection} does it as it converts {native.conversion.label}",
        )

    def _changes(self, row: WriteRow, values: Mapping[str, Raw], lead: Ref) -> Iterator[Change]:
        """For people: what it means, as far as a mapping reads it."""
        mapping = self._of(row)
        if mapping is None:
            return
        was = mapping.read(row.expected)
        for name, new in mapping.read(values).items():
            if not is_absent(new):
                yield Change(name, was.get(name, MISSING), new, BY_ITSELF, lead)

    def _of(self, row: WriteRow) -> ObjectMapping | None:
        return mapping_of(self._clerk.book, row)


def entry_of(book: Book, planned: PlannedRow | None) -> Entry | None:
    return book.records.get(planned.ref) if planned is not None and planned.ref is not None else None


def mapping_of(book: Book, row: WriteRow) -> ObjectMapping | None:
    entry = book.records.get(Ref(row.connection, row.object, row.id or ""))
    return entry.mapping if entry else book.homes.get((row.connection, row.role))


def same_field(mapping: ObjectMapping | None, column: str, left: Raw, right: Raw) -> bool:
    """Whether two raw values of a provider field mean the same."""
    if mapping is None:
        return left == right and isinstance(left, bool) == isinstance(right, bool)
    return mapping.same(column, left, right)
