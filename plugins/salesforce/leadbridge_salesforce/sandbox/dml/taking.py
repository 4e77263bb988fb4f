"""What a client sent, field by field: is it there, may it be written, is it of the type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from leadbridge_salesforce.sandbox.dml.drafts import Draft, Manner
from leadbridge_salesforce.sandbox.dml.reading import Habits, read
from leadbridge_salesforce.sandbox.dml.refusals import Refused, no_such_field, not_writable
from leadbridge_salesforce.sandbox.schema import FieldSchema, ObjectSchema, OrgSchema
from leadbridge_salesforce.sandbox.store import Store, Stored

_NOT_FIELDS = frozenset({"attributes", "type", "id"})


class Taker:
    """Takes rows for one object, as one user sees it."""

    def __init__(self, store: Store, org: OrgSchema, habits: Habits, manner: Manner) -> None:
        self._store = store
        self._org = org
        self._habits = habits
        self._manner = manner

    def take(self, draft: Draft) -> None:
        """Fill in the draft's ``changes``. Raises Refused."""
        schema, creating = draft.schema, draft.before is None
        barred = []
        for name, raw in draft.given.items():
            if name.lower() in _NOT_FIELDS:
                continue
            f = self._field(schema, name, raw)
            if f.stored and (self._manner.internal or (f.createable if creating else f.updateable)):
                draft.changes[f.name] = self._value(f, raw)
            else:
                barred.append(f.name)
        if barred:
            raise not_writable(barred)

    def _field(self, schema: ObjectSchema, name: str, raw: Any) -> FieldSchema:
        """The field of this name, or the reference that this relationship stands for."""
        f = schema.field(name) or (schema.by_relationship.get(name.lower()) if isinstance(raw, Mapping) else None)
        if f is None:
            raise no_such_field(schema.name, name)
        return f

    def _value(self, f: FieldSchema, raw: Any) -> Stored:
        """A mapping names a parent by its external id."""
        return self._parent(f, raw) if f.reference_to and isinstance(raw, Mapping) else read(f, raw, self._habits)

    def _parent(self, f: FieldSchema, told: Mapping[str, Any]) -> str:
        """The id of the parent that has this external id."""
        keys = {name: value for name, value in told.items() if name.lower() not in _NOT_FIELDS}
        wanted = told.get("attributes", {}).get("type") if isinstance(told.get("attributes"), Mapping) else None
        target = self._org.object(str(wanted or told.get("type") or f.reference_to[0]))
        if target is None or target.name not in f.reference_to or len(keys) != 1:
            raise Refused("INVALID_FIELD", f"{f.relationship_name}: a parent is named by one external id", [f.name])
        ((name, raw),) = keys.items()
        key = target.field(name)
        if key is None or not (key.external_id or key.id_lookup):
            raise no_such_field(target.name, name)
        found = self._store.where(target.name, {key.name: read(key, raw, self._habits)})
        if len(found) != 1:
            what = "not found" if not found else "found more than once"
            message = f"Foreign key external ID: {raw} {what} for field {key.name} in entity {target.name}"
            raise Refused("INVALID_FIELD", message)
        return str(found[0]["Id"])
