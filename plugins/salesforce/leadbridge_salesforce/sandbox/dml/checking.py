"""Rules that a row can be held against by itself: what is required, and what picklists take."""

from __future__ import annotations

from collections.abc import Mapping

from leadbridge_salesforce.sandbox.dml.drafts import Draft
from leadbridge_salesforce.sandbox.dml.refusals import Refused, required
from leadbridge_salesforce.sandbox.schema import FieldSchema, ObjectSchema, RecordTypeSchema

RecordTypes = Mapping[str, RecordTypeSchema]
"""Id -> record type."""


def complete(draft: Draft) -> None:
    """Raises Refused where a field without which there is no record is blank."""
    creating = draft.before is None
    missing = [
        f.name
        for f in draft.schema.fields
        if (f.required if creating else f.name in draft.changes and not f.nillable and f.type != "boolean")
        and draft.after.get(f.name) is None
    ]
    if missing:
        raise required(missing)


def legal(draft: Draft, record_types: RecordTypes) -> None:
    """Raises Refused for a value that a restricted picklist does not take, by itself or under the record type."""
    for name, value in draft.changes.items():
        f = draft.schema.by_name[name.lower()]
        if f.restricted and value is not None:
            allowed = _allowed(f, record_types.get(draft.value("RecordTypeId") or ""))
            for part in str(value).split(";") if f.type == "multipicklist" else [str(value)]:
                if part.lower() not in allowed:
                    message = f"bad value for restricted picklist field: {part}"
                    raise Refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, [f.name])


def defaults(schema: ObjectSchema, type: RecordTypeSchema | None) -> dict[str, str | int | float]:
    """What a record is made with where nothing is given. A record type's defaults come first."""
    found: dict[str, str | int | float] = {}
    for f in schema.fields:
        chosen = next((value.value for value in f.picklist if value.default), None)
        if f.type == "boolean":
            found[f.name] = int(bool(f.default))
        elif f.default is not None or chosen is not None:
            found[f.name] = f.default if f.default is not None else str(chosen)
    return {**found, **(type.defaults if type else {})}


def _allowed(f: FieldSchema, type: RecordTypeSchema | None) -> set[str]:
    active = {value.value.lower() for value in f.picklist if value.active}
    narrowed = type.picklists.get(f.name) if type else None
    return active if narrowed is None else active & {value.lower() for value in narrowed}
