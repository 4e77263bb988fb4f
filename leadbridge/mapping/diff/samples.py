"""A value for each field, most of them unlike all others: what a CRM makes of them tells what it copies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from leadbridge.mapping.fields import ColumnMap, FieldMap, PartsMap
from leadbridge.mapping.lint.finding import Seen
from leadbridge.subjects.model import Field
from leadbridge.transforms.spec import UnreadableError
from leadbridge.values import Present, Raw

_DAY = date(2001, 1, 1)


def sample(field: Field, number: int, listed: Sequence[str] = ()) -> Present:  # noqa: PLR0911  (one row per type)
    """Short, so that it fits wherever something fits; ``listed`` are all the values that the field can have."""
    values = listed or field.choices or ()
    match field.type:
        case "integer":
            return 1000 + number
        case "decimal":
            return Decimal(1000 + number)
        case "boolean":
            return True
        case "date":
            return _DAY + timedelta(days=number)
        case "datetime":
            return datetime(_DAY.year, 1, 1, tzinfo=UTC) + timedelta(days=number)
        case "phone":
            return f"+1415555{number:04d}"
        case "email":
            return f"s{number}@example.com"
        case "url":
            return f"https://s{number}.example"
        case "country":
            return ("DE", "FR", "GB", "US")[number % 4]
        case "multi_select":
            return (values[number % len(values)],) if values else (f"S{number}",)
        case _:
            return values[number % len(values)] if values else f"S{number}"


def samples(fields: Mapping[str, Field], first: int, seen: Seen | None) -> dict[str, Present]:
    """Field -> value, by the values that the mapping's file lists where it does."""
    named = seen.file.fields if seen is not None else {}
    lists = {name: tuple(spec.values or ()) for name, spec in named.items()}
    return {name: sample(field, first + n, lists.get(name, ())) for n, (name, field) in enumerate(fields.items())}


def encoded(fieldmap: FieldMap, values: Mapping[str, Present]) -> Raw | None:
    """How a provider field says it, whether it may be written or not; None where it cannot."""
    try:
        if isinstance(fieldmap, ColumnMap):
            value = values.get(fieldmap.target.name)
            return None if value is None else fieldmap.encode(value)
        return fieldmap.encode(values) if isinstance(fieldmap, PartsMap) else None
    except UnreadableError:
        return None


def raws(seen: Seen, values: Mapping[str, Present]) -> dict[str, Raw]:
    """A record that says all this."""
    found = {m.column: encoded(m, values) for m in seen.mapping.fields if m.column is not None}
    return {column: raw for column, raw in found.items() if raw is not None}
