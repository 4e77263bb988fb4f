"""The property that carries the key of a create, by which HubSpot itself keeps it from being made twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from leadbridge.errors import UsageError
from leadbridge.provider import Lack
from leadbridge_hubspot.client import Client
from leadbridge_hubspot.schema import Schema, Schemas
from leadbridge_hubspot.settings import HubSpotSettings

_GROUPS: Final = {
    "contacts": "contactinformation",
    "companies": "companyinformation",
    "deals": "dealinformation",
    "leads": "lead_information",
}
"""Object for which the property is offered -> the group of properties that it goes into."""
_REASON: Final = (
    "without a unique property for a key, a create whose reply is lost cannot be sent again, but becomes a question."
)


def key_property(schema: Schema, settings: HubSpotSettings) -> str | None:
    """The object's key property; None where it has none that is unique and can be set."""
    known = schema.fields.get(settings.key_property or "")
    return known.name if known is not None and known.unique and known.writable else None


def lacks(schemas: Schemas, settings: HubSpotSettings) -> Iterator[Lack]:
    """One for each object that can be created and has no key property."""
    if settings.key_property is None:
        return
    for schema in schemas.visible(name for name in _GROUPS if name in settings.objects):
        if key_property(schema, settings) is None:
            yield Lack(f"{schema.name}.{settings.key_property}", _REASON, _steps(schema, settings.key_property))


def _steps(schema: Schema, name: str) -> tuple[str, ...]:
    if name in schema.fields:
        return (
            f"{name} is there, but not unique, which cannot be changed later",
            "name another one as `key_property` of the connection, and call again",
        )
    return (
        f"Settings > Properties > {schema.name} > Create property",
        f"label LeadBridge key; internal name {name}; field type Single-line text",
        "Rules: tick `Require unique values for this property`; create",
    )


def supply(client: Client, schemas: Schemas, lack: Lack) -> None:
    """Make the property. Needs the scope ``crm.schemas.<object>.write``.

    Raises UsageError where the property is there and only wrong, or what the client raises.
    """
    object_, _, name = lack.name.partition(".")
    schema = schemas.get(object_)
    if name in schema.fields:
        raise UsageError(f"{lack.name} is there, but not unique; name another `key_property` for the connection")
    client.create_property(
        schema.kind.type_id,
        {
            "name": name,
            "label": "LeadBridge key",
            "description": "Keeps LeadBridge from making a record twice.",
            "groupName": _GROUPS[object_],
            "type": "string",
            "fieldType": "text",
            "hasUniqueValue": True,
            "formField": False,
        },
    )
    schemas.forget(object_)
