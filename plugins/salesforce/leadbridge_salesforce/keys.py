"""The field that carries the key of a create, by which Salesforce itself keeps it from being made twice."""

from __future__ import annotations

from leadbridge_salesforce.schema import Schema
from leadbridge_salesforce.settings import SalesforceSettings


def key_field(schema: Schema, settings: SalesforceSettings) -> str | None:
    """The object's key field; None where it has none that is unique and can be set."""
    field = schema.fields.get(settings.key_field or "")
    return field.name if field is not None and field.unique and field.createable else None
