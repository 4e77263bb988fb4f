"""Custom fields, made by the Tooling API."""

from __future__ import annotations

import re
from typing import Any, Final

from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.rest.answers import Answer, Json
from leadbridge_salesforce.sandbox.rest.asking import Asked
from leadbridge_salesforce.sandbox.schema import FieldSchema, FieldType, PicklistValue

_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*__c")
_LONGEST: Final = 131_072
"""Characters of the longest text field."""

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


def make(asked: Asked) -> Answer:
    """Tooling API: a custom field. Nobody sees it until a permission set lets them."""
    told = asked.record()
    object, _, name = str(told.get("FullName", "")).partition(".")  # noqa: A001  (the word of the domain)
    schema = asked.org.store.schema.object(object)
    if schema is None or not _NAME.fullmatch(name):
        raise Refused("INVALID_FULL_NAME", f"{told.get('FullName')} is no name of a custom field", ["FullName"])
    if schema.has(name):
        message = f"There is already a field named {name} on {schema.label}."
        raise Refused("DUPLICATE_DEVELOPER_NAME", message, ["FullName"])
    made = _custom(name, told.get("Metadata"))
    asked.org.access.hide_field(schema.name, name)
    asked.org.store.add_field(schema.name, made)
    return Answer(201, {"id": asked.org.store.new_id_of("00N"), "success": True, "errors": [], "warnings": []})


def _custom(name: str, told: Json) -> FieldSchema:
    """The field that metadata describe. Raises Refused where they are of another shape, or the type is not modelled."""
    told = _mapping(told)
    kind = _TYPES.get(str(told.get("type")))
    if kind is None:
        raise Refused("FIELD_INTEGRITY_EXCEPTION", f"{told.get('type')} is not modelled by the sandbox", ["Metadata"])
    chosen = _mapping(told.get("valueSet"))
    values = _mapping(chosen.get("valueSetDefinition")).get("value")
    return FieldSchema(
        name,
        str(told.get("label") or name),
        kind,
        length=_number(told, "length", 0 if kind in {"boolean", "date", "datetime"} else 255),
        precision=_number(told, "precision", 0),
        scale=_number(told, "scale", 0),
        nillable=kind != "boolean" and not told.get("required"),
        defaulted_on_create=kind == "boolean",
        default=False if kind == "boolean" else None,
        unique=bool(told.get("unique")),
        external_id=bool(told.get("externalId")),
        id_lookup=bool(told.get("externalId")),
        case_sensitive=bool(told.get("caseSensitive")),
        picklist=tuple(_picked(_mapping(value)) for value in values) if isinstance(values, list) else (),
        restricted=bool(chosen.get("restricted")),
    )


def _picked(told: dict[str, Any]) -> PicklistValue:
    name = str(told.get("fullName") or "")
    return PicklistValue(name, str(told.get("label") or name))


def _mapping(told: Json) -> dict[str, Any]:
    if told is not None and not isinstance(told, dict):
        raise Refused("JSON_PARSER_ERROR", "Metadata are of another shape at [line:1, column:1]")
    return told or {}


def _number(told: dict[str, Any], name: str, otherwise: int) -> int:
    found = told.get(name)
    if found is None:
        return otherwise
    if not isinstance(found, int) or not 0 <= found <= _LONGEST:
        raise Refused("FIELD_INTEGRITY_EXCEPTION", f"{name} is out of bounds", ["Metadata"])
    return found
