"""The select list: which columns a query reads, and the shape of its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from sqlalchemy import ColumnElement

from leadbridge_salesforce.sandbox.schema.model import ChildRelationship, FieldSchema
from leadbridge_salesforce.sandbox.soql.functions import AGGREGATES, aggregate, part_of_date
from leadbridge_salesforce.sandbox.soql.names import Column, Scope, Seat
from leadbridge_salesforce.sandbox.soql.shapes import Branch, Children, Leaf, Nested
from leadbridge_salesforce.sandbox.soql.tree import Call, Expression, FieldSet, Path, Query

Sql = ColumnElement[Any]

MAX_FIELD_SET: Final = 200
"""Rows of a query with FIELDS(ALL) or FIELDS(CUSTOM); SOQL reference, FIELDS."""

_ADDRESS_PARTS: Final = ("City", "Country", "Latitude", "Longitude", "PostalCode", "State", "Street")

CompileChildren = Callable[[Query, ChildRelationship], Children]


class Selector:
    """Collects the columns of one query, in the order in which its rows hold them."""

    def __init__(self, scope: Scope, query: Query, children: CompileChildren) -> None:
        self._scope = scope
        self._query = query
        self._children = children
        self.columns: list[Sql] = []

    def records(self) -> Branch:
        """The shape of a query for records.

        Raises:
            QueryError: a field is unknown, or selected twice.
        """
        shape = Branch(self._scope.base.object.name, self._index(self._scope.base.id))
        for item in self._query.items:
            if item.alias is not None and isinstance(item.what, Path):
                self._scope.fail("MALFORMED_QUERY", item.what.at, "only aggregate expressions use field aliasing")
            if isinstance(item.what, Query):
                self._subquery(shape, item.what)
            else:
                for path in self._paths(item.what):
                    self._field(shape, path, labelled=isinstance(item.what, Call))
        return shape

    def groups(self) -> Branch:
        """The shape of a query for aggregates: flat, each value under its alias, its field's name, or ``expr0``."""
        shape = Branch("AggregateResult", None)
        grouped = {by.key for by in self._query.group}
        unnamed = 0
        for item in self._query.items:
            if isinstance(item.what, FieldSet | Query):
                at = item.what.at if isinstance(item.what, FieldSet) else item.what.source_at
                self._scope.fail("MALFORMED_QUERY", at, "Aggregates cannot be selected together with this")
            column = self._grouped(item.what, grouped)
            key = item.alias or (column.name if isinstance(item.what, Path) else f"expr{unnamed}")
            unnamed += item.alias is None and isinstance(item.what, Call)
            if key in shape.members:
                self._scope.fail("MALFORMED_QUERY", item.what.at, f"duplicate alias: {key}")
            shape.members[key] = self._leaf(column)
        return shape

    def _grouped(self, what: Expression, grouped: set[str]) -> Column:
        if isinstance(what, Call) and what.function in AGGREGATES:
            return aggregate(self._scope, what)
        if what.key not in grouped:
            name = what.text if isinstance(what, Path) else what.function
            self._scope.fail("MALFORMED_QUERY", what.at, f"Field must be grouped or aggregated: {name}")
        return self._scope.column(what) if isinstance(what, Path) else part_of_date(self._scope, what)

    def _paths(self, what: Expression | FieldSet) -> Iterator[Path]:
        if isinstance(what, FieldSet):
            yield from self._field_set(what)
        elif isinstance(what, Path):
            yield what
        elif what.function == "TOLABEL" and what.argument is not None:
            yield what.argument
        else:
            self._scope.fail("MALFORMED_QUERY", what.at, f"unexpected token: '{what.function}'")

    def _field_set(self, wanted: FieldSet) -> Iterator[Path]:
        limit = self._query.limit
        if wanted.kind != "STANDARD" and (limit is None or limit > MAX_FIELD_SET):
            message = f"The SOQL FIELDS function must have a LIMIT of at most {MAX_FIELD_SET}"
            self._scope.fail("MALFORMED_QUERY", wanted.at, message)
        for field in self._scope.base.object.fields:
            if wanted.kind == "ALL" or field.custom == (wanted.kind == "CUSTOM"):
                yield Path((field.name,), wanted.at)

    def _field(self, shape: Branch, path: Path, *, labelled: bool) -> None:
        parts = self._scope.parts(path)
        branch = shape
        for depth in range(1, len(parts)):
            branch = self._parent(branch, parts[:depth], path.at)
        seat = self._scope.seat(parts[:-1], path.at)
        column = self._scope.column_of(seat, parts[-1], path.at)
        if column.name in branch.members:
            self._scope.fail("INVALID_FIELD", path.at, f"duplicate field selected: {path.text}")
        branch.members[column.name] = self._leaf(column, seat, labelled=labelled)

    def _parent(self, branch: Branch, relationships: tuple[str, ...], at: int) -> Branch:
        seat = self._scope.seat(relationships, at)
        key = seat.name
        if key not in branch.members:
            branch.members[key] = Branch(None if seat.polymorphic else seat.object.name, self._index(seat.id))
        parent = branch.members[key]
        if not isinstance(parent, Branch):
            self._scope.fail("INVALID_FIELD", at, f"duplicate field selected: {key}")
        return parent

    def _leaf(self, column: Column, seat: Seat | None = None, *, labelled: bool = False) -> Leaf:
        if column.sql is None:
            return self._address(seat or self._scope.base, column.field)
        labels = {value.value: value.label for value in column.field.picklist} if labelled else None
        return Leaf(column.field.type, (self._index(column.sql),), labels=labels)

    def _address(self, seat: Seat, compound: FieldSchema) -> Leaf:
        prefix = compound.name.removesuffix("Address")
        found = [(part, seat.table.c.get(prefix + part)) for part in _ADDRESS_PARTS]
        there = [(part, sql) for part, sql in found if sql is not None]
        return Leaf("address", tuple(self._index(sql) for _, sql in there), tuple(part for part, _ in there))

    def _subquery(self, shape: Branch, query: Query) -> None:
        relationship = self._scope.around.org.child(self._scope.base.object.name, query.source)
        if relationship is None or relationship.name is None:
            self._scope.fail(
                "INVALID_TYPE",
                query.source_at,
                f"Didn't understand relationship '{query.source}' in FROM part of query call. If you are attempting to"
                " use a custom relationship, be sure to append the '__r' after the custom relationship name. Please"
                " reference your WSDL or the describe call for the appropriate names.",
            )
        if relationship.name in shape.members:
            self._scope.fail("MALFORMED_QUERY", query.source_at, f"duplicate relationship: {relationship.name}")
        shape.members[relationship.name] = Nested(self._index(self._scope.base.id), self._children(query, relationship))

    def _index(self, sql: Sql) -> int:
        self.columns.append(sql.label(f"c{len(self.columns)}"))
        return len(self.columns) - 1


def is_count(query: Query) -> bool:
    """Whether a query is ``SELECT COUNT() FROM ...``, which has no rows but a size."""
    first = query.items[0].what
    return len(query.items) == 1 and isinstance(first, Call) and first.key == "COUNT()"


def is_aggregate(query: Query) -> bool:
    calls = [item.what for item in query.items if isinstance(item.what, Call)]
    return bool(query.group) or any(call.function in AGGREGATES for call in calls)
