"""Where an org's records are: one SQLite table per object, one typed column per field, in memory or in a file.

Columns hold values as follows, so that SQL compares and sorts them as a query language for records should:

========================================  ==========================================================================
field types                               column
========================================  ==========================================================================
id, reference                             TEXT of 18 characters, compared as it is
date                                      TEXT ``2026-11-23``
datetime                                  TEXT ``2026-11-23T06:00:00.000+0000``, always UTC and whole seconds
boolean                                   INTEGER 0 or 1
int                                       INTEGER
double, currency, percent                 REAL
multipicklist                             TEXT ``a;b``, in the order of the field's values
all other                                 TEXT; compared without case, but where the field is ``case_sensitive``
========================================  ==========================================================================

A compound address has no column. Deleted records stay, with ``IsDeleted`` 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from leadbridge.sandbox import Database
from leadbridge_salesforce.sandbox import ids
from leadbridge_salesforce.sandbox.field_changes import FieldChanges
from leadbridge_salesforce.sandbox.schema import FieldSchema, ObjectSchema, OrgSchema

Stored = str | int | float | None
Row = Mapping[str, Stored]
"""Field -> value as its column holds it. Rows that are read hold every stored field."""

_BATCH = 500
"""Parameters of one IN: below what the oldest SQLite takes."""


class Store(Database):
    """The records."""

    def __init__(self, schema: OrgSchema, file: Path | None = None) -> None:
        super().__init__(file)
        self._open(schema)

    def begin_again(self, schema: OrgSchema) -> None:
        """Throw all records and tables away; ids begin anew."""
        with self.transaction():
            self._metadata.drop_all(self.connection)
        self._open(schema)

    def table(self, object: str) -> sa.Table:
        """The table of an object; its columns have the fields' names. Raises KeyError where there is none."""
        return self._metadata.tables[self.schema.by_name[object.lower()].name]

    def _open(self, schema: OrgSchema) -> None:
        """Make the tables, or find them in the file, with the fields that came and went while it was used before."""
        self._metadata = sa.MetaData()
        self._last: dict[str, int] = {}
        self._changes = FieldChanges(self._metadata)
        self.schema = OrgSchema(())
        with self.transaction():
            self._changes.prepare(self.connection)
            for added in self._changes.applied(self.connection, schema).objects:
                self._add_object(added)

    def _add_object(self, object: ObjectSchema) -> None:
        self.schema = self.schema.with_object(object)
        table = sa.Table(object.name, self._metadata, *(_column(f) for f in object.fields if f.stored))
        for f in object.fields:
            if _searched(f):
                sa.Index(f"{object.name}.{f.name}", table.c[f.name])
        table.create(self.connection, checkfirst=True)
        last = self.connection.execute(sa.select(sa.func.max(table.c.Id))).scalar_one()
        self._last[object.key_prefix] = ids.number(last) if last else 0

    def add_field(self, object: str, added: FieldSchema) -> None:
        """Add a field to an object: null, or its default, in the records that are there."""
        changed = self.schema.by_name[object.lower()].with_field(added)
        table = self.table(object)
        column = _column(added)
        table.append_column(column)
        quoted = self.engine.dialect.identifier_preparer.quote
        kind = sa.schema.CreateColumn(column).compile(dialect=self.engine.dialect)
        with self.transaction():
            self.connection.execute(sa.text(f"ALTER TABLE {quoted(table.name)} ADD COLUMN {kind}"))
            if _searched(added):
                sa.Index(f"{table.name}.{added.name}", column).create(self.connection)
            if added.default is not None:
                self.connection.execute(sa.update(table).values({added.name: added.default}))
            self._changes.note(self.connection, table.name, added.name, added)
        self.schema = self.schema.with_object(changed)

    def remove_field(self, object: str, name: str) -> None:
        """Take a field and its values away."""
        changed = self.schema.by_name[object.lower()].without({name})
        old = self.table(object)
        column = next(c for c in old.c if c.name.lower() == name.lower())
        quoted = self.engine.dialect.identifier_preparer.quote
        with self.transaction():
            for index in [i for i in old.indexes if column.name in i.columns]:
                index.drop(self.connection)
            self.connection.execute(sa.text(f"ALTER TABLE {quoted(old.name)} DROP COLUMN {quoted(column.name)}"))
            self._changes.note(self.connection, old.name, column.name, None)
        self._metadata.remove(old)
        self.schema = self.schema.with_object(changed)
        sa.Table(old.name, self._metadata, *(_column(f) for f in changed.fields if f.stored))

    def new_id(self, object: str) -> str:
        """An id that no record has had."""
        prefix = self.schema.by_name[object.lower()].key_prefix
        return self.new_id_of(prefix)

    def new_id_of(self, prefix: str) -> str:
        """The same, for what has ids but is no object: jobs, query locators."""
        with self.lock:
            self._last[prefix] = self._last.get(prefix, 0) + 1
            return ids.made(prefix, self._last[prefix])

    def insert(self, object: str, rows: Sequence[Row]) -> None:
        """Add rows that hold every stored field."""
        if rows:
            with self.transaction():
                self.connection.execute(sa.insert(self.table(object)), [dict(row) for row in rows])

    def update(self, object: str, id: str, values: Row) -> None:
        table = self.table(object)
        if values:
            with self.transaction():
                self.connection.execute(sa.update(table).where(table.c.Id == id).values(dict(values)))

    def get(self, object: str, id: str) -> Row | None:
        """A record, deleted or not."""
        return self.read(object, [id]).get(id)

    def read(self, object: str, wanted: Iterable[str]) -> dict[str, Row]:
        """Records by id, deleted or not; those that are not there are left out."""
        table, left = self.table(object), list(dict.fromkeys(wanted))
        found: dict[str, Row] = {}
        for start in range(0, len(left), _BATCH):
            for row in self.rows(sa.select(table).where(table.c.Id.in_(left[start : start + _BATCH]))):
                found[str(row["Id"])] = row
        return found

    def where(self, object: str, values: Mapping[str, Stored] | None = None, *, deleted: bool = False) -> list[Row]:
        """Records whose fields have these values, in the order of their ids."""
        table = self.table(object)
        wanted = sa.select(table).where(*(table.c[name] == value for name, value in (values or {}).items()))
        if not deleted and "IsDeleted" in table.c:
            wanted = wanted.where(table.c.IsDeleted == 0)
        return self.rows(wanted.order_by(table.c.Id))


def _column(f: FieldSchema) -> sa.Column[Any]:
    return sa.Column(f.name, _type(f), primary_key=f.type == "id")


def _type(f: FieldSchema) -> sa.types.TypeEngine[Any]:
    if f.type in {"boolean", "int"}:
        return sa.Integer()
    if f.type in {"double", "currency", "percent"}:
        return sa.REAL()
    if f.type in {"id", "reference", "date", "datetime"} or f.case_sensitive:
        return sa.Text()
    return sa.Text(collation="NOCASE")


def _searched(f: FieldSchema) -> bool:
    return f.unique or f.external_id or f.id_lookup or f.type == "reference" or f.name == "SystemModstamp"
