"""What follows a CRM's own conversion: the policy's difference to it, record by record, and what nobody carried."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from leadbridge.mapping.objects import ObjectMapping
from leadbridge.plan.asking import Foretold, NativeLead
from leadbridge.plan.carrying import Carrier
from leadbridge.plan.draft import NO_FIELD
from leadbridge.plan.model import Change, PlannedRow
from leadbridge.plan.native import Native
from leadbridge.plan.native_effects import Told, entry_of, mapping_of, same_field
from leadbridge.plan.record_rows import column_of
from leadbridge.plan.rows import WriteRow
from leadbridge.plan.writing import Writing
from leadbridge.values import MISSING, Raw, is_absent

BEYOND = "what the policy wants beyond what the CRM does"


class Following:
    def __init__(
        self, writing: Writing, foretold: Foretold, converts: Mapping[int, int], records: Mapping[int, Told]
    ) -> None:
        self._writing = writing
        self._clerk = writing.clerk
        self._foretold = foretold
        self._converts = converts
        self._records = records

    def rows(self, first: int) -> list[WriteRow]:
        rows: list[WriteRow] = []
        for planned in self._writing.in_order():
            if planned.number in self._foretold.rows:
                record = self._records.get(planned.number)
                make = self._whole if record is None else self._difference
                row = make(first + len(rows), planned)
                rows += [row] if row is not None else []
        return rows

    def carried(self, first: int, native: NativeLead, carrier: Carrier) -> list[WriteRow]:
        """What refers to the lead and is not carried along by the CRM."""
        seen_to = self._foretold.predictions[native.number].carries
        rows = carrier.of_lead(first, native.conversion, native.ref, (), seen_to)
        return [replace(row, native=Native("follows", (self._converts[native.number],))) for row in rows]

    def _whole(self, number: int, planned: PlannedRow) -> WriteRow | None:
        """A record about which the CRM does nothing."""
        made = self._writing.record(number, planned)
        return replace(made, conversions=(), native=Native("follows", self._reaching(planned))) if made else None

    def _reaching(self, planned: PlannedRow) -> tuple[int, ...]:
        """The rows that convert the leads which lead to this record."""
        natives = (n for n in self._foretold.natives if n.ref.connection == planned.connection)
        users = [native for native in natives if planned.number in native.conversion.rows]
        return tuple(self._converts[native.number] for native in users)

    def _difference(self, number: int, planned: PlannedRow) -> WriteRow | None:
        record, made = self._records[planned.number], self._wanted(number, planned)
        row = self._blank(number, planned, made)
        mapping = mapping_of(self._clerk.book, row)
        if mapping is None:
            return None
        values = dict(self._values(made, record, mapping)) | self._kept_back(planned, record, mapping)
        pointing = made.refers if made else {}
        named = {*record.names, *record.values, *_linked_by_the_crm(mapping)}
        refers = {c: n for c, n in pointing.items() if c not in named}
        if not values and not refers:
            return None
        expected = {c: record.values.get(c, row.expected.get(c, MISSING)) for c in (*values, *refers)}
        return replace(
            row,
            values=values,
            refers=refers,
            expected={c: raw for c, raw in expected.items() if raw is not MISSING and c not in record.unsure},
            changes=tuple(_changes(planned, made, mapping, values, record)),
            native=Native("follows", tuple(record.by), record.number, unsure=tuple(sorted(record.unsure))),
        )

    def _wanted(self, number: int, planned: PlannedRow) -> WriteRow | None:
        """How LeadBridge would write it alone; who makes the record is known already."""
        made_by = self._clerk.creates.get(planned.number)
        row = self._writing.record(number, planned)
        if made_by is not None:
            self._clerk.creates[planned.number] = made_by
        return row

    def _blank(self, number: int, planned: PlannedRow, made: WriteRow | None) -> WriteRow:
        target, entry = self._writing.target(planned), entry_of(self._clerk.book, planned)
        home = self._clerk.book.homes.get((planned.connection or "", planned.role))
        return WriteRow(
            number=number,
            verb="update",
            connection=planned.connection or "",
            object=entry.ref.object if entry else home.object if home else "",
            role=entry.captured.role if entry else planned.role,
            label=planned.label,
            golden=target.golden,
            settle=target.settle,
            link=entry.link.id if entry and entry.link else None,
            id=entry.ref.id if entry else None,
            expected=entry.raws if entry else {},
            owes_more=made.owes_more if made else False,
            why=BEYOND,
        )

    def _values(self, made: WriteRow | None, record: Told, mapping: ObjectMapping) -> Iterator[tuple[str, Raw]]:
        given = {*record.names, *_linked_by_the_crm(mapping)}
        for column, raw in made.values.items() if made else ():
            told = record.values.get(column, MISSING)
            if column not in given and (told is MISSING or not same_field(mapping, column, told, raw)):
                yield column, raw

    def _kept_back(self, planned: PlannedRow, record: Told, mapping: ObjectMapping) -> dict[str, Raw]:
        """What the policy leaves blank and the CRM fills is blanked again."""
        entry = entry_of(self._clerk.book, planned)
        columns = {column_of(mapping, change.field) for change in planned.kept if _is_kept_blank(change)}
        raws = entry.raws if entry else {}
        return {c: raws[c] for c in sorted(c for c in columns if c is not None) if c in record.values and c in raws}


def _linked_by_the_crm(mapping: ObjectMapping) -> frozenset[str]:
    """References that only a new record is given: who makes the record links it."""
    found = (m for m in mapping.fields if m.write == "create" and all(t.type == "reference" for t in m.targets))
    return frozenset(m.column for m in found if m.column is not None)


def _is_kept_blank(change: Change) -> bool:
    return change.rule != NO_FIELD and change.old is not MISSING and is_absent(change.old)


def _changes(
    planned: PlannedRow, made: WriteRow | None, mapping: ObjectMapping, values: Mapping[str, Raw], record: Told
) -> Iterator[Change]:
    """For people: from what the CRM leaves to what the policy wants."""
    columns = {target.name: m.column for m in mapping.fields for target in m.targets if m.column}
    told = mapping.read(record.values)
    for change in made.changes if made else ():
        if columns.get(change.field) in values:
            yield replace(change, old=told.get(change.field, change.old))
    for change in planned.kept:
        if columns.get(change.field) in values and _is_kept_blank(change):
            yield replace(change, old=told.get(change.field, MISSING), new=change.old)
