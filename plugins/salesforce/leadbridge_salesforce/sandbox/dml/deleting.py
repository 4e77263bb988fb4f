"""Deleting: into the bin, with what belongs to the record; and back again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from leadbridge_salesforce.sandbox.dml.drafts import Draft, Manner, Saved, each
from leadbridge_salesforce.sandbox.dml.refusals import Refused, cross_reference, deleted, not_found, row_locked
from leadbridge_salesforce.sandbox.dml.uniqueness import Unique

if TYPE_CHECKING:
    from leadbridge_salesforce.sandbox.org import Org


def delete(org: Org, ids: Sequence[str], manner: Manner) -> list[Saved]:
    """Delete records of whatever objects; one outcome for each, in order."""
    with org.store.transaction():
        return [_deleted(org, key, manner) for key in ids]


def undelete(org: Org, ids: Sequence[str], manner: Manner) -> list[Saved]:
    """Take records out of the bin, without what went there with them; not one whose unique value is taken."""
    return [_undeleted(org, key, manner) for key in ids]


def erase(org: Org, object: str, ids: Sequence[str]) -> None:
    """Remove records for good, as emptying the bin and hardDelete do."""
    table = org.store.table(object)
    with org.store.transaction():
        for key in ids:
            org.store.connection.execute(sa.delete(table).where(table.c.Id == key))


def _deleted(org: Org, id: str, manner: Manner) -> Saved:
    try:
        _delete(org, id, manner)
    except Refused as refused:
        return Saved(id, refused=refused)
    return Saved(id)


def _delete(org: Org, id: str, manner: Manner) -> None:
    schema = org.seen.by_prefix.get(id[:3])
    if schema is None:
        raise cross_reference()
    row = org.store.get(schema.name, id)
    if row is None:
        raise not_found()
    if row.get("IsDeleted"):
        raise deleted()
    if not schema.deletable:
        raise Refused("DELETE_FAILED", f"entity type {schema.name} does not support delete")
    if org.faults.take("lock", manner.call):
        raise row_locked()
    _drop(org, schema.name, id, manner)


def _drop(org: Org, object: str, id: str, manner: Manner) -> None:
    """The record, and all that cannot be without it."""
    for child in org.store.schema.children(object):
        if child.cascade:
            for row in org.store.where(child.child, {child.field: id}):
                _drop(org, child.child, str(row["Id"]), manner)
    if org.store.schema.by_name[object.lower()].has("IsDeleted"):
        org.store.update(object, id, {"IsDeleted": 1, **_touched(manner)})
    else:
        erase(org, object, [id])


def _undeleted(org: Org, id: str, manner: Manner) -> Saved:
    schema = org.seen.by_prefix.get(id[:3])
    row = org.store.get(schema.name, id) if schema else None
    if schema is None or row is None or not row.get("IsDeleted") or row.get("MasterRecordId"):
        refused = Refused("UNDELETE_FAILED", "entity is not in recycle bin")
        return Saved(id, refused=refused)
    draft = Draft(schema, {}, row, changes=dict(row))
    each([draft], Unique(org.store, schema, [draft]).claim)
    if draft.refused:
        return Saved(id, refused=draft.refused)
    org.store.update(schema.name, id, {"IsDeleted": 0, **_touched(manner)})
    return Saved(id)


def _touched(manner: Manner) -> dict[str, str]:
    return {"SystemModstamp": manner.stamp, "LastModifiedDate": manner.stamp, "LastModifiedById": manner.user}
