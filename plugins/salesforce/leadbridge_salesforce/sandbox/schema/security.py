"""Permission sets: by them a new custom field becomes visible."""

from __future__ import annotations

from leadbridge_salesforce.sandbox.schema.model import FieldSchema, ObjectSchema
from leadbridge_salesforce.sandbox.schema.parts import audit, checkbox, identity, name, parent

F = FieldSchema

PERMISSION_SET = ObjectSchema(
    name="PermissionSet",
    label="Permission Set",
    label_plural="Permission Sets",
    key_prefix="0PS",
    fields=(
        identity(),
        name(80, "Permission Set Name"),
        F("Label", "Permission Set Label", "string", length=80, nillable=False),
        F("Description", "Description", "string", length=255),
        parent("ProfileId", "Profile ID", "Profile", writable=False),
        checkbox("IsOwnedByProfile", "Is Owned By Profile", writable=False),
        *audit(),
    ),
)

PERMISSION_SET_ASSIGNMENT = ObjectSchema(
    name="PermissionSetAssignment",
    label="Permission Set Assignment",
    label_plural="Permission Set Assignments",
    key_prefix="0Pa",
    updateable=False,
    fields=(
        identity(),
        parent("PermissionSetId", "PermissionSet ID", "PermissionSet", children="Assignments", required=True),
        parent("AssigneeId", "Assignee ID", "User", children="PermissionSetAssignments", required=True),
        F("SystemModstamp", "System Modstamp", "datetime", createable=False, updateable=False),
    ),
)

FIELD_PERMISSIONS = ObjectSchema(
    name="FieldPermissions",
    label="Field Permissions",
    label_plural="Field Permissions",
    key_prefix="01k",
    fields=(
        identity(),
        parent("ParentId", "Parent ID", "PermissionSet", children="FieldPerms", required=True, cascade=True),
        F("SobjectType", "Sobject Type Name", "string", length=40, nillable=False, updateable=False),
        F("Field", "Field Name", "string", length=255, nillable=False, updateable=False),
        checkbox("PermissionsRead", "Read Field"),
        checkbox("PermissionsEdit", "Edit Field"),
        F("SystemModstamp", "System Modstamp", "datetime", createable=False, updateable=False),
    ),
)
