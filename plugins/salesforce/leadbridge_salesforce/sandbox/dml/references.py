"""Whether the records that rows point to are there, and may be pointed to. Read once for the whole batch."""

from __future__ import annotations

from collections.abc import Iterable

from leadbridge_salesforce.sandbox.dml.drafts import Draft, standing
from leadbridge_salesforce.sandbox.dml.refusals import Refused, converted_lead, cross_reference
from leadbridge_salesforce.sandbox.schema import FieldSchema, OrgSchema
from leadbridge_salesforce.sandbox.store import Row, Store


class References:
    """What a batch of rows points to."""

    def __init__(self, store: Store, org: OrgSchema, drafts: Iterable[Draft], *, edit_converted: bool) -> None:
        self._store = store
        self._edit_converted = edit_converted
        wanted: dict[str, set[str]] = {}
        for draft in standing(drafts):
            for f in _pointing(draft):
                target = org.by_prefix.get(str(draft.changes[f.name])[:3])
                if target is not None and target.name in f.reference_to:
                    wanted.setdefault(target.name, set()).add(str(draft.changes[f.name]))
        self._found = {name: store.read(name, chosen) for name, chosen in wanted.items()}
        self._org = org
        self._queues: dict[str, set[str]] = {}

    def row(self, id: str) -> Row | None:
        """A record that was pointed to."""
        target = self._org.by_prefix.get(id[:3])
        return self._found.get(target.name, {}).get(id) if target else None

    def check(self, draft: Draft) -> None:
        """Raises Refused for a reference to what is not there, of another object, deleted, or out of bounds."""
        for f in _pointing(draft):
            key = str(draft.changes[f.name])
            target = self._org.by_prefix.get(key[:3])
            if target is None or target.name not in f.reference_to:
                message = f"{f.label}: id value of incorrect type: {key}"
                raise Refused("FIELD_INTEGRITY_EXCEPTION", message, [f.name])
            row = self.row(key)
            if row is None:
                raise cross_reference([f.name])
            if row.get("IsDeleted"):
                raise Refused("ENTITY_IS_DELETED", "entity is deleted", [f.name])
            if target.name == "Lead" and row["IsConverted"] and not self._edit_converted:
                raise converted_lead()
            if f.name == "OwnerId":
                self._check_owner(draft, target.name, row)

    def _check_owner(self, draft: Draft, target: str, row: Row) -> None:
        if target == "User" and not row["IsActive"]:
            message = f"operation performed with inactive user [{row['Id']}] as owner of {draft.schema.name.lower()}"
            raise Refused("INACTIVE_OWNER_OR_USER", message, ["OwnerId"])
        if target == "Group" and str(row["Id"]) not in self._queues_of(draft.schema.name):
            message = "Queue not associated with this SObject type"
            raise Refused("FIELD_INTEGRITY_EXCEPTION", message, ["OwnerId"])

    def _queues_of(self, object: str) -> set[str]:
        if object not in self._queues:
            rows = self._store.where("QueueSobject", {"SobjectType": object})
            self._queues[object] = {str(row["QueueId"]) for row in rows}
        return self._queues[object]


def _pointing(draft: Draft) -> list[FieldSchema]:
    """The references that the client sets; a record type's is checked elsewhere."""
    fields = (draft.schema.by_name[name.lower()] for name, value in draft.changes.items() if value is not None)
    return [f for f in fields if f.type == "reference" and f.reference_to]
