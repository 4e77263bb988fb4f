"""Rows as they come, by REST or by Bulk, made into records, tombstones and conversions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from leadbridge.provider import Converted, Gone
from leadbridge.records import Record, Ref, Reject
from leadbridge_salesforce import raws, soql
from leadbridge_salesforce.raws import UnreadableRowError
from leadbridge_salesforce.schema import Schema

CONTACT: Final = ("ConvertedContact.CreatedDate", "ConvertedContact.LastName")
"""Of the contact that took over from a converted lead: fields that everybody who sees it sees."""
_AT_ONCE: Final = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Row:
    """One row. ``contact`` holds when the contact was made that took over from a converted lead, and its last name."""

    record: Record
    deleted: bool
    contact: tuple[str, str] | None


@dataclass(slots=True)
class Read:
    """Rows of one page."""

    rows: list[Row] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


class Rows:
    """Reads rows of one object of one connection."""

    def __init__(self, connection: str, schema: Schema) -> None:
        self.connection = connection
        self.schema = schema
        self._stamp = schema.stamp or ""
        self._decoders = [(name, raws.decoder(field)) for name, field in schema.fields.items()]

    def read(self, rows: Iterable[Mapping[str, Any]]) -> Read:
        """What cannot be read is a reject; the rows around it go on."""
        read = Read()
        for row in rows:
            try:
                read.rows.append(self._row(row))
            except (UnreadableRowError, ValueError) as error:
                source = f"{self.connection}:{self.schema.name}:{row.get('Id') or '?'}"
                reason = f"the row cannot be read: {error}"
                read.rejects.append(Reject("unreadable", reason, "look at the record in Salesforce", source))
        return read

    def _row(self, row: Mapping[str, Any]) -> Row:
        if not row.get("Id"):
            raise UnreadableRowError("it has no Id")
        values = {name: decode(row[name]) for name, decode in self._decoders if name in row}
        stamp = values.get(self._stamp)
        modified = soql.moment(stamp) if isinstance(stamp, str) else None
        ref = Ref(self.connection, self.schema.name, str(row["Id"]))
        return Row(Record(ref, values, modified=modified), values.get("IsDeleted") is True, _contact(row))


def _contact(row: Mapping[str, Any]) -> tuple[str, str] | None:
    nested = row.get("ConvertedContact")
    told = nested if isinstance(nested, Mapping) else {name.partition(".")[2]: row.get(name) for name in CONTACT}
    made, name = told.get("CreatedDate"), told.get("LastName")
    return (str(made), str(name)) if made and name else None


def gone(row: Row) -> Gone:
    master = row.record.values.get("MasterRecordId")
    return Gone(row.record.ref, "tombstone", str(master) if master else None)


def converted(row: Row) -> Converted | None:
    """The conversion that a lead tells of; None for other records.

    The contact counts as made by it only where both changed at once and have one last name, which no conversion
    changes. A lead that was touched since does not show that any more: then what contact and lead say is compared field
    by field, instead of being taken over.
    """
    contact = row.record.values.get("ConvertedContactId")
    if row.record.values.get("IsConverted") is not True or not contact:
        return None
    lead = row.record.ref
    return Converted(lead, Ref(lead.connection, "Contact", str(contact)), _was_made(row))


def _was_made(row: Row) -> bool:
    at = row.record.modified
    if at is None or row.contact is None:
        return False
    made, name = soql.moment(row.contact[0]), row.contact[1]
    return abs(at - made) <= _AT_ONCE and name == row.record.values.get("LastName")
