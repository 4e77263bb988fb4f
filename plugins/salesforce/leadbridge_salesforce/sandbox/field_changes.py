"""Fields that came and went since an org was made, kept beside its records so that a file can be opened again."""

from __future__ import annotations

import json
from dataclasses import asdict

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from leadbridge_salesforce.sandbox.schema import FieldSchema, OrgSchema, PicklistValue


class FieldChanges:
    """A table of its own: object, field, and what the field is; null for one that was taken away."""

    def __init__(self, metadata: sa.MetaData) -> None:
        self._table = sa.Table(
            "_field",
            metadata,
            sa.Column("object", sa.Text, primary_key=True),
            sa.Column("name", sa.Text, primary_key=True),
            sa.Column("definition", sa.Text),
        )

    def prepare(self, connection: sa.Connection) -> None:
        self._table.create(connection, checkfirst=True)

    def note(self, connection: sa.Connection, object: str, name: str, field: FieldSchema | None) -> None:
        told = None if field is None else json.dumps(asdict(field))
        row = {"object": object, "name": name, "definition": told}
        change = insert(self._table).values(row)
        connection.execute(change.on_conflict_do_update(index_elements=["object", "name"], set_={"definition": told}))

    def applied(self, connection: sa.Connection, org: OrgSchema) -> OrgSchema:
        """The org as it was made, with the changes since."""
        for row in connection.execute(sa.select(self._table)):
            changed = org.by_name[row.object.lower()].without({row.name})
            if row.definition is not None:
                changed = changed.with_field(_field(json.loads(row.definition)))
            org = org.with_object(changed)
        return org


def _field(told: dict[str, object]) -> FieldSchema:
    values = told.pop("picklist")
    targets = told.pop("reference_to")
    picklist = tuple(PicklistValue(**value) for value in values)  # type: ignore[attr-defined]
    return FieldSchema(**told, picklist=picklist, reference_to=tuple(targets))  # type: ignore[arg-type]
