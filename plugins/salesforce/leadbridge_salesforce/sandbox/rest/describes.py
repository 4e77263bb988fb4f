"""Describe, and what picklists take under a record type."""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from leadbridge_salesforce.sandbox import ids
from leadbridge_salesforce.sandbox.describing import basic_description, global_description, object_description
from leadbridge_salesforce.sandbox.dml.refusals import not_found
from leadbridge_salesforce.sandbox.rest.answers import Answer
from leadbridge_salesforce.sandbox.rest.asking import Asked
from leadbridge_salesforce.sandbox.schema import FieldSchema, RecordTypeSchema


def describe_global(asked: Asked) -> Answer:
    return Answer(200, global_description(asked.org, asked.base))


def basic(asked: Asked) -> Answer:
    return Answer(200, basic_description(asked.org, asked.object(), asked.base))


def describe(asked: Asked) -> Answer:
    """The object, or 304 where it has not changed since the moment that the client names."""
    schema = asked.object()
    changed = asked.org.described_at
    since = asked.header("if-modified-since")
    if since and (told := _moment(since)) and changed <= told:
        return Answer(304)
    headers = {"Last-Modified": format_datetime(changed, usegmt=True)}
    return Answer(200, object_description(asked.org, schema, asked.base), headers)


def picklist_values(asked: Asked) -> Answer:
    """User Interface API: what each picklist takes under a record type."""
    schema, wanted = asked.object(), ids.normal(asked.parts["record_type"])
    kind = asked.org.record_types_of(schema.name).get(wanted or "")
    if kind is None and wanted != ids.MASTER_RECORD_TYPE:
        raise not_found()
    fields = [f for f in schema.fields if f.type in {"picklist", "multipicklist"}]
    return Answer(200, {"picklistFieldValues": {f.name: _narrowed(f, kind) for f in fields}})


def _narrowed(f: FieldSchema, kind: RecordTypeSchema | None) -> dict[str, Any]:
    allowed = kind.picklists.get(f.name) if kind else None
    values = [v for v in f.picklist if v.active and (allowed is None or v.value in allowed)]
    chosen = (kind.defaults.get(f.name) if kind else None) or next((v.value for v in values if v.default), None)
    shown: list[dict[str, Any]] = [
        {"attributes": None, "label": v.label, "validFor": [], "value": v.value} for v in values
    ]
    default = next((one for one in shown if one["value"] == chosen), None)
    return {"controllerValues": {}, "defaultValue": default, "values": shown}


def _moment(text: str) -> Any:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return None
