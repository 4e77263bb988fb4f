"""The columns of a job's data: fields, and parents by an external id of theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from leadbridge_salesforce.sandbox.bulk.table import MAX_FIELD, MAX_RECORD, UnreadableError
from leadbridge_salesforce.sandbox.dml.refusals import Refused
from leadbridge_salesforce.sandbox.schema import FieldSchema, ObjectSchema, OrgSchema

NULL: Final = "#N/A"
"""What sets a field to null; an empty cell leaves it as it is."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column. With ``parent``, the name of a key field, its values are keys of the record that ``name`` refers to."""

    name: str
    parent: str = ""
    parent_type: str = ""


def columns_of(object: ObjectSchema, header: Sequence[str], org: OrgSchema) -> tuple[Column, ...]:
    """What the columns of a header are.

    Raises:
        UnreadableError: one is not there.
    """
    return tuple(_column(object, name, org) for name in header)


def _column(object: ObjectSchema, name: str, org: OrgSchema) -> Column:
    field = object.field(name)
    if field is not None and field.stored:
        return Column(field.name)
    relationship, _, key = name.partition(".")
    kind, _, plain = relationship.rpartition(":")
    reference = object.by_relationship.get(plain.lower())
    if reference is None or not key:
        raise UnreadableError(f"InvalidBatch : Field name not found : {name}")
    return _parent(reference, kind, key, org, name)


def _parent(reference: FieldSchema, kind: str, key: str, org: OrgSchema, name: str) -> Column:
    """``Account.HubSpot_Id__c``, or ``Lead:Who.HubSpot_Id__c`` where the parent may be of several objects."""
    targets = [target for target in reference.reference_to if not kind or target.lower() == kind.lower()]
    target = org.object(targets[0]) if targets and (kind or len(targets) == 1) else None
    field = target.field(key) if target is not None else None
    if target is None or field is None or not (field.external_id or field.id_lookup):
        raise UnreadableError(f"InvalidBatch : Field name not found : {name}")
    return Column(str(reference.relationship_name), field.name, target.name)


def values_of(columns: Sequence[Column], row: Sequence[str]) -> Mapping[str, Any]:
    """What a row says, in the form of a record in JSON.

    Raises:
        Refused: a field or the row is too long.
    """
    if sum(map(len, row)) > MAX_RECORD or max(map(len, row), default=0) > MAX_FIELD:
        raise Refused("STRING_TOO_LONG", f"A record has at most {MAX_RECORD} characters, a field {MAX_FIELD}")
    values: dict[str, Any] = {}
    for column, cell in zip(columns, row, strict=True):
        if cell == "":
            continue
        said = None if cell == NULL else cell
        if column.parent and said is not None:
            values[column.name] = {"attributes": {"type": column.parent_type}, column.parent: said}
        else:
            values[column.name] = said
    return values
