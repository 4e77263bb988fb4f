"""A query's tree as SQL: the query itself, its subqueries, and the queries behind IN."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, collate, func, select

from leadbridge_salesforce.sandbox.schema.model import TEXTS, ChildRelationship, ObjectSchema
from leadbridge_salesforce.sandbox.soql.faults import malformed
from leadbridge_salesforce.sandbox.soql.functions import AGGREGATES, aggregate, part_of_date
from leadbridge_salesforce.sandbox.soql.names import Column, Scope, Surroundings, find_object, not_deleted
from leadbridge_salesforce.sandbox.soql.parser import parse
from leadbridge_salesforce.sandbox.soql.select import Selector, is_aggregate, is_count
from leadbridge_salesforce.sandbox.soql.shapes import Children, Compiled
from leadbridge_salesforce.sandbox.soql.tree import Call, Expression, Order, Path, Query
from leadbridge_salesforce.sandbox.soql.where import Where

Sql = ColumnElement[Any]

MAX_SUBQUERIES: Final = 20
"""Parent-to-child relationships of one query; SOQL reference, relationship query limitations."""

_ALL: Final = -1
"""SQLite's LIMIT for no limit, which an OFFSET needs."""


def compile_query(text: str, around: Surroundings, *, all_rows: bool = False) -> Compiled:
    """A query, ready to be run.

    Args:
        all_rows: take in deleted records, as queryAll does.

    Raises:
        QueryError: in Salesforce's words.
    """
    query = parse(text)
    if sum(isinstance(item.what, Query) for item in query.items) > MAX_SUBQUERIES:
        raise malformed(text, 0, f"The number of subqueries exceeds the maximum allowed of {MAX_SUBQUERIES}.")
    return Compiler(text, around, all_rows or query.all_rows).whole(query)


class Compiler:
    """Compiles one query's text. Every query in it gets a number, which keeps its tables apart from the others'."""

    def __init__(self, text: str, around: Surroundings, all_rows: bool) -> None:
        self._text = text
        self._around = around
        self._all_rows = all_rows
        self._queries = 0

    def whole(self, query: Query) -> Compiled:
        scope = self._scope(query, find_object(self._around, query.source, self._text, query.source_at))
        if is_count(query):
            if query.group:
                raise malformed(self._text, query.source_at, "Grouped query cannot use COUNT()")
            return self._count(query, scope)
        return self._groups(query, scope) if is_aggregate(query) else self._records(query, scope)

    def _scope(self, query: Query, object: ObjectSchema) -> Scope:
        self._queries += 1
        return Scope(self._around, object, self._text, query.alias, str(self._queries))

    def _records(self, query: Query, scope: Scope) -> Compiled:
        selector = Selector(scope, query, self._children)
        shape = selector.records()
        condition = self._conditions(query, scope)
        order = self._order(query, scope)
        keys = select(scope.base.id).select_from(scope.source).where(*condition).order_by(*order)
        rows: Select[Any] = select(*selector.columns).select_from(scope.source)
        return Compiled(_limited(keys, query), rows, scope.base.id, shape, scope.base.object.name)

    def _count(self, query: Query, scope: Scope) -> Compiled:
        condition = self._conditions(query, scope)
        found = _limited(select(scope.base.id).select_from(scope.source).where(*condition), query).subquery()
        counted: Select[Any] = select(func.count()).select_from(found)
        return Compiled(None, counted, scope.base.id, None, scope.base.object.name)

    def _groups(self, query: Query, scope: Scope) -> Compiled:
        selector = Selector(scope, query, self._children)
        shape = selector.groups()
        groups = [self._sql(self._plain(scope, by), scope, by, "grouped") for by in query.group]
        condition = self._conditions(query, scope)
        having = []
        if query.having is not None:
            having = [Where(scope, lambda e: self._any(scope, e), None).compile(query.having)]
        order = [self._ordered(order, self._any(scope, order.by), scope) for order in query.order]
        rows: Select[Any] = select(*selector.columns).select_from(scope.source).where(*condition).group_by(*groups)
        rows = _limited(rows.having(*having).order_by(*order, *groups), query)
        return Compiled(None, rows, scope.base.id, shape, scope.base.object.name)

    def _children(self, query: Query, relationship: ChildRelationship) -> Children:
        if is_aggregate(query):
            raise malformed(self._text, query.source_at, "Aggregate functions are not supported in nested queries")
        scope = self._scope(query, self._around.org.by_name[relationship.child.lower()])
        key = scope.base.table.c[relationship.field]
        selector = Selector(scope, query, self._children)
        shape = selector.records()
        condition = self._conditions(query, scope)
        order = self._order(query, scope)
        place = func.row_number().over(partition_by=key, order_by=order)
        rows = select(*selector.columns, key.label("parent"), place.label("place"))
        rows = rows.select_from(scope.source).where(*condition)
        first = (query.offset or 0) + 1
        last = None if query.limit is None else first + query.limit - 1
        return Children(rows, key, first, last, shape)

    def _semi_join(self, query: Query, outer: Column) -> Select[Any]:
        scope = self._scope(query, find_object(self._around, query.source, self._text, query.source_at))
        what = query.items[0].what
        if len(query.items) != 1 or not isinstance(what, Path):
            raise malformed(self._text, query.source_at, "Semi join sub-selects can only query one field")
        inner = scope.column(what)
        if inner.sql is None or not set(inner.objects) & set(outer.objects):
            message = (
                f"The selected field '{inner.name}' in the subquery and the left operand field in the where expression"
                f" in the outer query '{outer.name}' should point to the same object type"
            )
            scope.fail("MALFORMED_QUERY", what.at, message)
        if query.order or query.limit is not None or query.offset is not None or is_aggregate(query):
            scope.fail("MALFORMED_QUERY", query.source_at, "Semi join sub-selects take a condition only")
        condition = self._conditions(query, scope, nested=True)
        return select(inner.sql).select_from(scope.source).where(*condition)

    def _conditions(self, query: Query, scope: Scope, *, nested: bool = False) -> list[Sql]:
        found: list[Sql] = []
        if query.where is not None:
            semi_join = None if nested else self._semi_join
            found.append(Where(scope, lambda e: self._plain(scope, e), semi_join).compile(query.where))
        there = None if self._all_rows else not_deleted(scope.base)
        return found if there is None else [there, *found]

    def _plain(self, scope: Scope, expression: Expression) -> Column:
        """A field or a part of a date; what WHERE and GROUP BY take."""
        if isinstance(expression, Path):
            return scope.column(expression)
        if expression.function in AGGREGATES:
            scope.fail("MALFORMED_QUERY", expression.at, "Aggregate functions are not allowed here")
        return part_of_date(scope, expression)

    def _any(self, scope: Scope, expression: Expression) -> Column:
        """What HAVING and the ORDER BY of aggregates take."""
        if isinstance(expression, Call) and expression.function in AGGREGATES:
            return aggregate(scope, expression)
        return self._plain(scope, expression)

    def _order(self, query: Query, scope: Scope) -> list[Sql]:
        """The order, down to the id, so that it is the same each time."""
        wanted = [self._ordered(order, self._plain(scope, order.by), scope) for order in query.order]
        return [*wanted, scope.base.id]

    def _ordered(self, order: Order, column: Column, scope: Scope) -> Sql:
        sql = self._sql(column, scope, order.by, "sorted")
        if column.field.type in TEXTS and not column.field.case_sensitive:
            sql = collate(sql, "NOCASE")
        directed = sql.desc() if order.descending else sql.asc()
        return directed.nulls_last() if order.nulls_last else directed.nulls_first()

    def _sql(self, column: Column, scope: Scope, named: Expression, done: str) -> Sql:
        allowed = column.field.sortable if done == "sorted" else column.field.groupable or isinstance(named, Call)
        if column.sql is None or not allowed:
            call = "query" if done == "sorted" else "group by query"
            scope.fail("MALFORMED_QUERY", named.at, f"field '{column.name}' can not be {done} in a {call} call")
        return column.sql


def _limited(statement: Select[Any], query: Query) -> Select[Any]:
    if query.limit is not None or query.offset is not None:
        statement = statement.limit(_ALL if query.limit is None else query.limit).offset(query.offset or 0)
    return statement
