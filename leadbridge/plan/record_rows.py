"""One record of a conversion as one write: raw values by its mapping, and references by id or by row number."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from leadbridge.golden import Held
from leadbridge.mapping.fields import ColumnMap
from leadbridge.mapping.objects import Changed, ObjectMapping
from leadbridge.plan.book import Book, Entry, made_key
from leadbridge.plan.changing_role import change_role
from leadbridge.plan.model import Change, Conversion, ConversionPlan, PlannedRow
from leadbridge.plan.rows import WriteRow
from leadbridge.records import Ref, Reject
from leadbridge.values import MISSING, Raw, Value


@dataclass(frozen=True, slots=True)
class Target:
    """Where a row's record stands among golden records, and who needs it.

    Attributes:
        golden, settle: the golden record by its id, or by the number of the row that makes it.
        after: what it says once the conversion is done.
    """

    golden: int | None
    settle: int | None
    after: Mapping[str, Held]
    conversions: tuple[int, ...]

    @property
    def said(self) -> dict[str, Value]:
        return {name: held.value for name, held in self.after.items()}

    def open_to(self, entry: Entry) -> dict[str, Value]:
        """What a record may be told of it."""
        return {name: value for name, value in self.said.items() if name not in entry.guarded}


@dataclass(frozen=True, slots=True)
class Pointing:
    """References to write: provider field -> id, and provider field -> number of the create whose id it takes."""

    values: Mapping[str, Raw] = field(default_factory=dict)
    refers: Mapping[str, int] = field(default_factory=dict)

    def at(self, column: str, place: int | str) -> Pointing:
        if isinstance(place, str):
            return Pointing({**self.values, column: place}, self.refers)
        return Pointing(self.values, {**self.refers, column: place})


@dataclass(frozen=True, slots=True)
class Edit:
    """What is to become of a captured record.

    Attributes:
        wanted: canonical values that it must say.
        watched: provider fields that must be as captured, though they are not written.
        lead: the mapping by which the record was a lead until now, where it becomes a contact.
    """

    entry: Entry
    target: Target
    label: str
    why: str
    wanted: Mapping[str, Value] = field(default_factory=dict)
    pointing: Pointing = field(default_factory=Pointing)
    changes: tuple[Change, ...] = ()
    watched: Collection[str] = ()
    lead: ObjectMapping | None = None

    def changed(self) -> Changed:
        """The provider fields that bring it about."""
        if self.lead is None:
            return self.entry.mapping.change(self.wanted, self.entry.raws)
        return change_role(self.lead, self.entry.mapping, self.wanted, self.entry.raws)


@dataclass(slots=True)
class Clerk:
    """Turns planned rows into writes, one after the other.

    Attributes:
        firsts: planned row -> the first conversion that needs it: its lead gives the record's key.
        carried: canonical fields of leads that reach a target.
        creates: planned row -> the write that makes its record; grows as rows are written.
        rejects: fields that a record cannot be given.
    """

    plan: ConversionPlan
    book: Book
    firsts: Mapping[int, Conversion]
    carried: Collection[str] = ()
    creates: dict[int, int] = field(default_factory=dict)
    rejects: list[Reject] = field(default_factory=list)

    def make(self, number: int, row: PlannedRow, target: Target) -> WriteRow | None:
        """A create or an update; None where nothing is to be written."""
        if row.connection is None:
            return None
        if row.ref is None:
            return self._create(number, row.connection, row, target)
        return self._update(number, row.ref, row, target)

    def _create(self, number: int, connection: str, row: PlannedRow, target: Target) -> WriteRow:
        mapping = self.book.homes[connection, row.role]
        changes = _said(row, target)
        made = mapping.create({change.field: change.new for change in changes})
        self.rejects += made.rejects
        pointing = self._pointing(row, mapping, {"always", "create"})
        self.creates[row.number] = number
        return WriteRow(
            number=number,
            verb="create",
            connection=connection,
            object=mapping.object,
            role=row.role,
            label=row.label,
            settle=target.settle,
            golden=target.golden,
            values={**made.values, **pointing.values},
            refers=pointing.refers,
            owes_more=_more(mapping.create(target.said).values, made.values),
            key=made_key(row.role, connection, self.firsts[row.number].lead.refs[0]),
            changes=changes,
            why=row.why,
            conversions=target.conversions,
        )

    def _update(self, number: int, ref: Ref, row: PlannedRow, target: Target) -> WriteRow | None:
        edit = self.edit(ref, row, target, _said(row, target))
        return self.update(number, replace(edit, pointing=self._pointing(row, edit.entry.mapping, {"always"})))

    def edit(self, ref: Ref, row: PlannedRow, target: Target, changes: Iterable[Change]) -> Edit:
        """What is to become of the record of a planned row; a lead must still say all that goes into the conversion."""
        was = self.book.records[ref]
        entry = self.book.as_contact(ref) if row.changes_role else was
        open_ = tuple(change for change in changes if change.field not in was.guarded)
        return Edit(
            entry=entry,
            target=target,
            label=row.label,
            why=row.why,
            wanted={change.field: change.new for change in open_},
            changes=open_,
            watched=self._watched(was.mapping) if row.role == "lead" or row.changes_role else (),
            lead=was.mapping if row.changes_role else None,
        )

    def _watched(self, mapping: ObjectMapping) -> list[str]:
        return [m.column for m in mapping.fields if m.column and any(t.name in self.carried for t in m.targets)]

    def _pointing(self, row: PlannedRow, mapping: ObjectMapping, when: Collection[str]) -> Pointing:
        pointing = Pointing()
        for name, number in row.refers.items():
            column = column_of(mapping, name, when)
            if column is not None:
                pointing = pointing.at(column, self.place(number, row.connection or ""))
        return pointing

    def place(self, number: int, connection: str) -> int | str:
        """The record of a planned row: by the write that makes it, or by its id; a ref in words across CRMs."""
        ref = self.plan.row(number).ref
        if ref is None:
            return self.creates[number]
        return ref.id if ref.connection == connection else str(ref)

    def update(self, number: int, edit: Edit) -> WriteRow | None:
        """The update of a captured record; None where it holds all that already."""
        entry, target, pointing = edit.entry, edit.target, edit.pointing
        changed = edit.changed()
        self.rejects += [replace(reject, source=str(entry.ref)) for reject in changed.rejects]
        values = {**changed.values, **pointing.values}
        if not values and not pointing.refers:
            return None
        expecting = [*values, *pointing.refers, *edit.watched]
        return WriteRow(
            number=number,
            verb="update",
            connection=entry.ref.connection,
            object=entry.ref.object,
            role=entry.captured.role,
            label=edit.label,
            settle=target.settle,
            golden=target.golden,
            link=entry.link.id if entry.link else None,
            id=entry.ref.id,
            values=values,
            expected={column: raw for column in expecting if (raw := entry.raws.get(column, MISSING)) is not MISSING},
            refers=pointing.refers,
            owes_more=bool(entry.mapping.change(target.open_to(entry), {**entry.raws, **values}).values),
            changes=edit.changes,
            why=edit.why,
            conversions=target.conversions,
        )


ANY_WRITE: Final = ("always", "create", "never")
"""For :func:`column_of`, where it is only read."""


def column_of(mapping: ObjectMapping, name: str, when: Collection[str] = ("always",)) -> str | None:
    """The provider field that holds a reference field and can be written then."""
    maps = (m for m in mapping.fields if isinstance(m, ColumnMap) and m.write in when)
    return next((m.column for m in maps if m.target.name == name), None)


def _said(row: PlannedRow, target: Target) -> tuple[Change, ...]:
    """The planned changes by what the golden record says in the end; those that fall away are left out."""
    found = []
    for change in row.changes:
        said = target.after[change.field].value if change.field in target.after else change.new
        if said == change.new:
            found.append(change)
        elif said != change.old:
            found.append(replace(change, new=said, rule="agreed: the record's twin says so", origin=None))
    return tuple(found)


def _more(whole: Mapping[str, Raw], part: Mapping[str, Raw]) -> bool:
    return not set(whole) <= set(part)
