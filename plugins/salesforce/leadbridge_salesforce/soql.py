"""SOQL: built of names that the object's description holds, with values that simple-salesforce's format_soql binds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote_plus

from simple_salesforce.format import format_soql

from leadbridge_salesforce.schema import Schema

LONGEST: Final = 14_000
"""Characters of an encoded query that fit into an address; servers on the way take 16 KB with everything."""

ROWS: Final = {"Group": "Type = 'Queue'"}
"""Object -> which of its rows are meant: a group is of use here where it is a queue, which can own records."""


def names(schema: Schema, also: Iterable[str] = ()) -> tuple[str, ...]:
    """All fields that can be selected; ``also`` names fields of records that lookups point at."""
    return (*schema.fields, *also)


def changed(
    schema: Schema, columns: Sequence[str], since: datetime | None = None, after: str | None = None, *, ordered: bool
) -> str:
    """Records with a stamp from ``since`` on; of those with just that stamp, the ones with an id after ``after``."""
    query = f"SELECT {','.join(columns)} FROM {schema.name}"  # noqa: S608  (names that describe gave)
    conditions = [ROWS[schema.name]] if schema.name in ROWS else []
    if since is not None and schema.stamp is not None:
        conditions.append(_since(schema.stamp, since, after))
    if conditions:
        query += " WHERE " + " AND ".join(conditions)
    if ordered:
        query += f" ORDER BY {schema.stamp}, Id" if schema.stamp else " ORDER BY Id"
    return query


def _since(stamp: str, since: datetime, after: str | None) -> str:
    if after is None:
        return bound(f"{stamp} >= {{}}", since)
    return "(" + bound(f"{stamp} > {{}} OR ({stamp} = {{}} AND Id > {{}})", since, since, after) + ")"


def by_values(schema: Schema, columns: Sequence[str], field: str, values: Sequence[str]) -> Iterator[str]:
    """Queries for the records that hold one of these values in a field, each short enough to be sent."""
    start = f"SELECT {','.join(columns)} FROM {schema.name} WHERE {field} IN "  # noqa: S608  (same)
    longest = max((len(quote_plus(bound("{},", value))) for value in values), default=1)
    size = max(1, (LONGEST - len(quote_plus(start))) // longest)
    for at in range(0, len(values), size):
        yield start + bound("{}", list(values[at : at + size]))


def equal(schema: Schema, columns: Sequence[str], values: Mapping[str, object], limit: int) -> str:
    """Records that hold just these values."""
    conditions = " AND ".join(bound(f"{name} = {{}}", value) for name, value in values.items())
    return f"SELECT {','.join(columns)} FROM {schema.name} WHERE {conditions} LIMIT {limit}"  # noqa: S608  (same)


def bound(template: str, *values: object) -> str:
    """The template with the values in place of its ``{}``, quoted and escaped."""
    return str(format_soql(template, *values))


def fits(query: str) -> bool:
    return len(quote_plus(query)) <= LONGEST


def moment(text: str) -> datetime:
    """A stamp as Salesforce writes it, aware UTC. Raises ValueError."""
    return datetime.fromisoformat(text.replace("+0000", "+00:00")).astimezone(UTC)
