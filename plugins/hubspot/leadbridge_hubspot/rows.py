"""Records as HubSpot writes them in JSON, made into records: texts or null."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from leadbridge.records import Record, Ref, Reject
from leadbridge.values import Raw
from leadbridge_hubspot.schema import Schema


@dataclass(slots=True)
class Read:
    """Rows of one page."""

    records: list[Record] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


def moment(text: object) -> datetime | None:
    """A stamp, aware UTC: ISO, or milliseconds since 1970; None where there is none that can be read."""
    if not isinstance(text, str) or not text:
        return None
    try:
        if text.isdecimal():
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        found = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)


def read(connection: str, schema: Schema, rows: Iterable[Mapping[str, Any]]) -> Read:
    """What cannot be read is a reject; the rows around it go on."""
    found = Read()
    for row in rows:
        try:
            found.records.append(_record(connection, schema, row))
        except (KeyError, TypeError, ValueError) as error:
            source = f"{connection}:{schema.name}:{row.get('id') if isinstance(row, Mapping) else '?'}"
            reason = f"the row cannot be read ({type(error).__name__})"
            found.rejects.append(Reject("unreadable", reason, "look at the record in HubSpot", source))
    return found


def _record(connection: str, schema: Schema, row: Mapping[str, Any]) -> Record:
    """A property that HubSpot leaves out is not defined any more, or not visible: it is missing, not blank."""
    properties = row["properties"]
    values = {name: _text(properties[name]) for name in schema.properties if name in properties}
    stamp = moment(values.get(schema.kind.modified)) or moment(row.get("updatedAt"))
    return Record(Ref(connection, schema.name, str(row["id"])), values, modified=stamp)


def owner(connection: str, schema: Schema, row: Mapping[str, Any]) -> Record:
    values = {name: _text(row[name]) for name in schema.fields if name in row}
    return Record(Ref(connection, schema.name, str(row["id"])), values, modified=moment(row.get("updatedAt")))


def _text(value: object) -> Raw:
    """HubSpot keeps no blank: what was cleared is read as null, or as nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError("a property holds more than one value")
