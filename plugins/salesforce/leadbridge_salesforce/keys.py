"""The field that carries the key of a create, by which Salesforce itself keeps it from being made twice."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from leadbridge.errors import UsageError
from leadbridge.provider import Lack
from leadbridge_salesforce import soql
from leadbridge_salesforce.client import Client
from leadbridge_salesforce.schema import Schema, Schemas
from leadbridge_salesforce.settings import SalesforceSettings
from leadbridge_salesforce.standard_mapping import OBJECTS

KEYED: Final = ("Lead", *OBJECTS.values())
"""Objects for which the field is offered; others can have it, too."""
_LENGTH: Final = 64
_PERMISSIONS: Final = "LeadBridge"  # the permission set that lets the connection's user see and set the field
_REASON: Final = (
    "without a unique field for a key, a create whose reply is lost cannot be sent again, but becomes a question."
)


def key_field(schema: Schema, settings: SalesforceSettings) -> str | None:
    """The object's key field; None where it has none that is unique and can be set."""
    field = schema.fields.get(settings.key_field or "")
    return field.name if field is not None and field.unique and field.createable else None


def lacks(schemas: Schemas, settings: SalesforceSettings) -> Iterator[Lack]:
    """One for each object that can be created and has no key field."""
    if settings.key_field is None:
        return
    for schema in schemas.visible(name for name in KEYED if name in settings.objects):
        if schema.createable and key_field(schema, settings) is None:
            yield Lack(f"{schema.name}.{settings.key_field}", _REASON, _steps(schema, settings.key_field))


def _steps(schema: Schema, name: str) -> tuple[str, ...]:
    if schema.has(name):
        return (
            f"Setup > Object Manager > {schema.name} > Fields & Relationships > {name} > Edit",
            "tick Unique and External ID, and save; give the connection's user Edit Access to it",
        )
    return (
        f"Setup > Object Manager > {schema.name} > Fields & Relationships > New",
        f"type Text; label LeadBridge Key; length {_LENGTH}; name {name.removesuffix('__c')}",
        "tick `Do not allow duplicate values` (case sensitive) and `External ID`",
        "visible and editable for the profile or permission set of the connection's user; on no page layout; save",
    )


def supply(client: Client, schemas: Schemas, lack: Lack) -> None:
    """Make the field, and let the connection's user see and set it. Needs the permission Customize Application.

    Raises UsageError where the field is there and only wrong, or what the client raises.
    """
    object_, _, name = lack.name.partition(".")
    if schemas.get(object_).has(name):
        raise UsageError(f"{lack.name} is there, but not unique or not editable; change it in Setup")
    metadata = {
        "label": "LeadBridge Key",
        "description": "Keeps LeadBridge from making a record twice.",
        "type": "Text",
        "length": _LENGTH,
        "unique": True,
        "caseSensitive": True,
        "externalId": True,
    }
    client.send("POST", "tooling/sobjects/CustomField", {"FullName": lack.name, "Metadata": metadata})
    _permit(client, object_, lack.name)
    schemas.forget(object_)


def _permit(client: Client, object_: str, field: str) -> None:
    permissions = _permission_set(client)
    access = {"ParentId": permissions, "SobjectType": object_, "Field": field}
    client.send("POST", "sobjects/FieldPermissions", {**access, "PermissionsRead": True, "PermissionsEdit": True})


def _permission_set(client: Client) -> str:
    """The id of ours, assigned to the connection's user."""
    query = soql.bound("SELECT Id FROM PermissionSet WHERE Name = {}", _PERMISSIONS)
    found = next(client.rows(query), None)
    if found is not None:
        return str(found["Id"])
    made = client.send("POST", "sobjects/PermissionSet", {"Name": _PERMISSIONS, "Label": _PERMISSIONS})
    user = str(client.get("")["identity"]).rsplit("/", 1)[-1]
    assignment = {"AssigneeId": user, "PermissionSetId": made["id"]}
    client.send("POST", "sobjects/PermissionSetAssignment", assignment)
    return str(made["id"])
