"""Describe, record types' picklists, and custom fields made by the Tooling API."""

from __future__ import annotations

from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, Final

from leadbridge_salesforce.sandbox import ids
from leadbridge_salesforce.sandbox.describing import basic_description, global_description, object_description
from leadbridge_salesforce.sandbox.dml.refusals import Refused, not_found
from leadbridge_salesforce.sandbox.rest.answers import Answer
from leadbridge_salesforce.sandbox.rest.asking import Asked
from leadbridge_salesforce.sandbox.schema import FieldSchema, FieldType, ObjectSchema, PicklistValue, RecordTypeSchema

_TYPES: Final[dict[str, FieldType]] = {
    "Text": "string",
    "TextArea": "textarea",
    "LongTextArea": "textarea",
    "Email": "email",
    "Phone": "phone",
    "Url": "url",
    "Checkbox": "boolean",
    "Number": "double",
    "Currency": "currency",
    "Percent": "percent",
    "Date": "date",
    "DateTime": "datetime",
    "Picklist": "picklist",
    "MultiselectPicklist": "multipicklist",
}


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


def make_field(asked: Asked) -> Answer:
    """Tooling API: a custom field. Nobody sees it until a permission set lets them."""
    told = asked.record()
    object, _, name = str(told.get("FullName", "")).partition(".")  # noqa: A001  (the word of the domain)
    schema = asked.org.store.schema.object(object)
    if schema is None or not name.endswith("__c"):
        raise Refused("INVALID_FULL_NAME", f"{told.get('FullName')} is no name of a custom field", ["FullName"])
    if schema.has(name):
        message = f"There is already a field named {name} on {schema.label}."
        raise Refused("DUPLICATE_DEVELOPER_NAME", message, ["FullName"])
    asked.org.access.hide_field(schema.name, name)
    asked.org.store.add_field(schema.name, _custom(schema, name, told.get("Metadata") or {}))
    return Answer(201, {"id": asked.org.store.new_id_of("00N"), "success": True, "errors": [], "warnings": []})


def _custom(schema: ObjectSchema, name: str, told: dict[str, Any]) -> FieldSchema:
    kind = _TYPES.get(str(told.get("type")))
    if kind is None:
        raise Refused("FIELD_INTEGRITY_EXCEPTION", f"{told.get('type')} is not modelled by the sandbox", ["Metadata"])
    values = ((told.get("valueSet") or {}).get("valueSetDefinition") or {}).get("value") or []
    return FieldSchema(
        name,
        str(told.get("label") or name),
        kind,
        length=int(told.get("length") or (0 if kind in {"boolean", "date", "datetime"} else 255)),
        precision=int(told.get("precision") or 0),
        scale=int(told.get("scale") or 0),
        nillable=kind != "boolean" and not told.get("required"),
        defaulted_on_create=kind == "boolean",
        default=False if kind == "boolean" else None,
        unique=bool(told.get("unique")),
        external_id=bool(told.get("externalId")),
        id_lookup=bool(told.get("externalId")),
        case_sensitive=bool(told.get("caseSensitive")),
        picklist=tuple(PicklistValue(str(v["fullName"]), str(v.get("label") or v["fullName"])) for v in values),
        restricted=bool((told.get("valueSet") or {}).get("restricted")),
    )


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
