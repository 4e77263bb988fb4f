"""The sandbox's own description of an org: written by hand, in its own words."""

from leadbridge_salesforce.sandbox.schema.model import (
    ChildRelationship,
    FieldSchema,
    FieldType,
    ObjectSchema,
    OrgSchema,
    PicklistValue,
    RecordTypeSchema,
)
from leadbridge_salesforce.sandbox.schema.standard import KEYED, key_field, standard_org

__all__ = [
    "KEYED",
    "ChildRelationship",
    "FieldSchema",
    "FieldType",
    "ObjectSchema",
    "OrgSchema",
    "PicklistValue",
    "RecordTypeSchema",
    "key_field",
    "standard_org",
]
