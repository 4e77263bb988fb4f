"""Conditions as SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import Select, and_, or_

from leadbridge_salesforce.sandbox.soql.compare import Comparer, Truth, opposite
from leadbridge_salesforce.sandbox.soql.faults import QueryError, malformed
from leadbridge_salesforce.sandbox.soql.names import Column, Scope
from leadbridge_salesforce.sandbox.soql.tree import (
    Both,
    Comparison,
    Condition,
    Either,
    Expression,
    Membership,
    Not,
    Path,
    Query,
    Selection,
)

MAX_PARTS: Final = 500
"""Parts of one AND or OR; Salesforce gives up on such a query as well."""

MAX_SEMI_JOINS: Final = 2

Resolve = Callable[[Expression], Column]
SemiJoin = Callable[[Query, Column], Select[Any]]


class Where:
    """Compiles the condition of one query.

    Args:
        resolve: what a field or function of this clause means; aggregates are none of WHERE's.
        semi_join: compiles a query that stands behind IN; None where none may stand.
    """

    def __init__(self, scope: Scope, resolve: Resolve, semi_join: SemiJoin | None) -> None:
        self._scope = scope
        self._resolve = resolve
        self._semi_join = semi_join
        self._semi_joins = 0

    def compile(self, condition: Condition, top: bool = True) -> Truth:
        """The condition; ``top`` while nothing but AND stands around it.

        Raises:
            QueryError: a field is unknown, or cannot be compared so.
        """
        match condition:
            case Both(parts):
                return and_(*(self.compile(part, top) for part in self._few(parts)))
            case Either(parts):
                return or_(*(self.compile(part, False) for part in self._few(parts)))
            case Not(inner):
                return opposite(self.compile(inner, False))
            case Membership(left, negated, Query() as query):
                return self._joined(left, negated, query, top)
            case _:
                return self._compared(condition)

    def _compared(self, condition: Comparison | Membership | Selection) -> Truth:
        comparer = Comparer(self._scope, self._resolve(condition.left), condition.left.at)
        if isinstance(condition, Comparison):
            return comparer.compare(condition.operator, condition.value)
        if isinstance(condition, Selection):
            return comparer.selected(condition.values, condition.negated)
        if isinstance(condition.among, Query):
            raise TypeError(condition)
        return comparer.among(condition.among, condition.negated)

    def _few(self, parts: tuple[Condition, ...]) -> tuple[Condition, ...]:
        if len(parts) > MAX_PARTS:
            self._scope.fail(
                "QUERY_TOO_COMPLICATED",
                0,
                "Query is either selecting too many fields or the filter conditions are too complicated.",
            )
        return parts

    def _joined(self, left: Expression, negated: bool, query: Query, top: bool) -> Truth:
        column = self._resolve(left)
        self._semi_joins += 1
        if self._semi_join is None:
            raise self._wrong(left, "Nesting of semi join sub-selects is not supported")
        if not top:
            raise self._wrong(left, "Semi join sub-selects are only allowed at the top level WHERE expressions")
        if self._semi_joins > MAX_SEMI_JOINS:
            raise self._wrong(left, f"Cannot have more than {MAX_SEMI_JOINS} semi join sub-selects")
        if column.sql is None or column.field.type not in {"id", "reference"} or not isinstance(left, Path):
            raise self._wrong(left, f"The left operand '{column.name}' must be an id or a reference field")
        condition = column.sql.in_(self._semi_join(query, column))
        return opposite(condition) if negated else condition

    def _wrong(self, left: Expression, message: str) -> QueryError:
        return malformed(self._scope.query, left.at, message)
