"""SOQL's functions: aggregates, and parts of dates. Rules: SOQL reference, aggregate functions and date functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Text, cast, func, type_coerce

from leadbridge_salesforce.sandbox.schema.model import NUMBERS, FieldSchema, FieldType
from leadbridge_salesforce.sandbox.soql.faults import QueryError, malformed
from leadbridge_salesforce.sandbox.soql.names import Column, Scope
from leadbridge_salesforce.sandbox.soql.tree import Call

Sql = ColumnElement[Any]

AGGREGATES: Final = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
_NO_EXTREMES: Final = frozenset({"boolean", "multipicklist"})


def aggregate(scope: Scope, call: Call) -> Column:
    """``SUM(Amount)`` and its like as SQL, with the type of what comes out.

    Raises:
        QueryError: the field does not support the function.
    """
    if call.argument is None:
        scope.fail("MALFORMED_QUERY", call.at, f"{call.function} requires a field")
    column = scope.column(call.argument)
    kind = column.field.type
    numeric_only = call.function in {"SUM", "AVG"}
    extreme = call.function in {"MIN", "MAX"}
    if column.sql is None or (numeric_only and kind not in NUMBERS) or (extreme and kind in _NO_EXTREMES):
        raise _unsupported(scope, call, column)
    result, sql = _aggregates(call.function, kind, column.sql)
    return Column(FieldSchema(column.name, column.name, result), sql, column.name)


def _unsupported(scope: Scope, call: Call, column: Column) -> QueryError:
    message = f"field {column.name} does not support aggregate operator {call.function}"
    return malformed(scope.query, call.at, message)


def _aggregates(function: str, kind: FieldType, sql: Sql) -> tuple[FieldType, Sql]:
    if function == "COUNT":
        return "int", func.count(sql)
    if function == "COUNT_DISTINCT":
        return "int", func.count(sql.distinct())
    if function == "AVG":
        return "double", func.avg(sql)
    if function == "SUM":
        return kind, func.sum(sql)
    return kind, func.min(sql) if function == "MIN" else func.max(sql)


def _digits(sql: Sql, start: int, length: int) -> Sql:
    return cast(func.substr(sql, start, length), Integer)


def _month(sql: Sql) -> Sql:
    return _digits(sql, 6, 2)


def _of_day(sql: Sql, format: str) -> Sql:
    return cast(func.strftime(format, func.substr(sql, 1, 10)), Integer)


def _weeks(days: Sql) -> Sql:
    return (days - 1) // 7 + 1


DateFunction = Callable[[Sql, int], Sql]

DATE_FUNCTIONS: Final[dict[str, DateFunction]] = {
    "CALENDAR_YEAR": lambda sql, _: _digits(sql, 1, 4),
    "CALENDAR_MONTH": lambda sql, _: _month(sql),
    "CALENDAR_QUARTER": lambda sql, _: (_month(sql) + 2) // 3,
    "DAY_IN_MONTH": lambda sql, _: _digits(sql, 9, 2),
    "DAY_IN_WEEK": lambda sql, _: _of_day(sql, "%w") + 1,
    "DAY_IN_YEAR": lambda sql, _: _of_day(sql, "%j"),
    "DAY_ONLY": lambda sql, _: type_coerce(func.substr(sql, 1, 10), Text),
    "FISCAL_MONTH": lambda sql, start: (_month(sql) - start + 12) % 12 + 1,
    "FISCAL_QUARTER": lambda sql, start: ((_month(sql) - start + 12) % 12) // 3 + 1,
    "FISCAL_YEAR": lambda sql, start: _digits(sql, 1, 4) - cast(_month(sql) < start, Integer),
    "HOUR_IN_DAY": lambda sql, _: _digits(sql, 12, 2),
    "WEEK_IN_MONTH": lambda sql, _: _weeks(_digits(sql, 9, 2)),
    "WEEK_IN_YEAR": lambda sql, _: _weeks(_of_day(sql, "%j")),
}
_MOMENTS_ONLY: Final = frozenset({"DAY_ONLY", "HOUR_IN_DAY"})


def part_of_date(scope: Scope, call: Call) -> Column:
    """``CALENDAR_YEAR(CreatedDate)`` and its like.

    Raises:
        QueryError: there is no such function, or the field is no date.
    """
    if call.function not in DATE_FUNCTIONS or call.argument is None:
        scope.fail("MALFORMED_QUERY", call.at, f"unexpected token: '{call.function}'")
    column = scope.column(call.argument)
    kinds = {"datetime"} if call.function in _MOMENTS_ONLY else {"date", "datetime"}
    if column.sql is None or column.field.type not in kinds:
        raise _unsupported(scope, call, column)
    result: FieldType = "date" if call.function == "DAY_ONLY" else "int"
    sql = DATE_FUNCTIONS[call.function](column.sql, scope.around.fiscal_start)
    return Column(FieldSchema(column.name, column.name, result), sql, column.name)
