"""Rows of SQL as the records that Salesforce answers with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, select

from leadbridge_salesforce.sandbox.schema.model import NUMBERS, OrgSchema
from leadbridge_salesforce.sandbox.soql.shapes import Branch, Children, Compiled, Leaf, Nested
from leadbridge_salesforce.sandbox.store import Store

Json = dict[str, Any]
_Families = dict[str, list[Json]]

_ADDRESS_KEYS: Final = {
    "City": "city", "Country": "country", "Latitude": "latitude", "Longitude": "longitude",
    "PostalCode": "postalCode", "State": "state", "Street": "street",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rows:
    """Runs what was compiled.

    Attributes:
        org: all objects, to tell a record's by the prefix of its id.
        base: the path of the API version, such as ``/services/data/v67.0``, which records' addresses begin with.
    """

    store: Store
    org: OrgSchema
    base: str

    def keys(self, compiled: Compiled) -> list[str]:
        """The ids of all rows, in order."""
        if compiled.keys is None:
            return []
        return [str(key) for key in self.store.connection.execute(compiled.keys).scalars()]

    def count(self, compiled: Compiled) -> int:
        return int(self.store.connection.execute(compiled.rows).scalar_one())

    def groups(self, compiled: Compiled, shape: Branch) -> list[Json]:
        """All rows of a query for aggregates."""
        return [self._record(shape, row, {}) for row in self.store.connection.execute(compiled.rows)]

    def records(self, compiled: Compiled, shape: Branch, ids: Sequence[str]) -> list[Json]:
        """The rows of these records, in this order; those that are no more are left out."""
        rows = self.raw(compiled, shape, ids)
        return self._records(shape, rows)

    def raw(self, compiled: Compiled, shape: Branch, ids: Sequence[str]) -> list[Row[Any]]:
        """The same, as the store holds them."""
        if shape.id is None:
            return []
        found = self.store.connection.execute(compiled.rows.where(compiled.id.in_(ids)))
        by_id = {row[shape.id]: row for row in found}
        return [by_id[key] for key in ids if key in by_id]

    def _records(self, shape: Branch, rows: Sequence[Row[Any]]) -> list[Json]:
        families = {
            key: self._families(member.children, [row[member.id] for row in rows])
            for key, member in shape.members.items()
            if isinstance(member, Nested)
        }
        return [self._record(shape, row, families) for row in rows]

    def _families(self, children: Children, parents: Sequence[str]) -> _Families:
        """The children of a page of parents, by parent."""
        numbered = children.rows.where(children.parent.in_(parents)).subquery()
        wanted = select(numbered).where(numbered.c.place >= children.first)
        if children.last is not None:
            wanted = wanted.where(numbered.c.place <= children.last)
        rows = self.store.connection.execute(wanted.order_by(numbered.c.parent, numbered.c.place)).all()
        found: _Families = {}
        for row, record in zip(rows, self._records(children.shape, rows), strict=True):
            found.setdefault(row.parent, []).append(record)
        return found

    def _record(self, shape: Branch, row: Row[Any], families: dict[str, _Families]) -> Json:
        record: Json = {"attributes": self._attributes(shape, row)}
        for key, member in shape.members.items():
            if isinstance(member, Leaf):
                record[key] = value_of(member, row)
            elif isinstance(member, Nested):
                record[key] = _query_result(families[key].get(row[member.id], []))
            elif member.id is None or row[member.id] is None:
                record[key] = None
            else:
                record[key] = self._record(member, row, {})
        return record

    def _attributes(self, shape: Branch, row: Row[Any]) -> Json:
        if shape.id is None:
            return {"type": shape.type}
        key = row[shape.id]
        type_name = shape.type or self.org.by_prefix[key[:3]].name
        return {"type": shape.type or "Name", "url": f"{self.base}/sobjects/{type_name}/{key}"}


def _query_result(records: list[Json]) -> Json | None:
    """A subquery that found nothing is null, not an empty list."""
    return {"totalSize": len(records), "done": True, "records": records} if records else None


def value_of(leaf: Leaf, row: Row[Any]) -> Any:
    """A value as JSON has it."""
    if leaf.kind == "address":
        return _address(leaf, row)
    value = row[leaf.indexes[0]]
    if value is None:
        return None
    if leaf.kind == "boolean":
        return bool(value)
    if leaf.labels is not None:
        return ";".join(leaf.labels.get(part, part) for part in str(value).split(";"))
    return float(value) if leaf.kind in NUMBERS and leaf.kind != "int" else value


def _address(leaf: Leaf, row: Row[Any]) -> Json | None:
    found = {_ADDRESS_KEYS[part]: row[index] for part, index in zip(leaf.parts, leaf.indexes, strict=True)}
    if all(value is None for value in found.values()):
        return None
    return dict(sorted({**found, "geocodeAccuracy": None}.items()))
