"""One field against one value, as SQL. What cannot be compared is refused in Salesforce's words.

SOQL knows no third truth value: a comparison with an empty field is false, ``!=`` and ``NOT IN`` take empty fields in.
Of a checkbox, null means false (SOQL reference, null in WHERE).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from operator import eq, ge, gt, le, lt
from typing import Any, Final, NamedTuple, NoReturn, TypeVar

from sqlalchemy import ColumnElement, and_, collate, false, func, literal, not_, or_

from leadbridge_salesforce.sandbox.schema.model import NUMBERS, TEXTS, FieldSchema
from leadbridge_salesforce.sandbox.soql.names import Column, Scope
from leadbridge_salesforce.sandbox.soql.spans import Days, days_of
from leadbridge_salesforce.sandbox.soql.stored import FOLD, fold, full_id, stored_day, stored_moment, stored_number
from leadbridge_salesforce.sandbox.soql.tokens import like_pattern, unescaped
from leadbridge_salesforce.sandbox.soql.tree import Literal, Span, Text

Sql = ColumnElement[Any]
Truth = ColumnElement[bool]

_OPERATORS: Final[dict[str, Callable[[Any, Any], Any]]] = {"=": eq, "<": lt, ">": gt, "<=": le, ">=": ge}

_IDS: Final = frozenset({"id", "reference"})
_ORDERED: Final = frozenset({"<=", ">=", "<", ">"})


_PLAIN: Final = "plain"
_NOCASE: Final = "NOCASE"
_FOLDED: Final = "folded"
_NULL: Final = "null"

T = TypeVar("T")


class _Needle(NamedTuple):
    """A value as it is bound, None for no value, and how the column must be read to meet it."""

    how: str
    bound: Any


def _side(sql: Sql, how: str) -> Sql:
    if how == _NOCASE:
        return collate(sql, "NOCASE")
    return FOLD(sql) if how == _FOLDED else sql


def opposite(condition: Truth) -> Truth:
    """True wherever the condition is not, empty fields included."""
    return not_(func.coalesce(condition, false()))


@dataclass(frozen=True, slots=True)
class Comparer:
    """Compares one column; ``at`` is where its name stands in the query."""

    scope: Scope
    column: Column
    at: int

    def compare(self, operator: str, value: Literal) -> Truth:
        """The condition ``column operator value``.

        Raises:
            QueryError: the field cannot be filtered, the operator does not suit it, or the value is of another type.
        """
        sql = self._filterable(operator)
        if operator == "!=":
            return opposite(self._matches(sql, "=", value))
        return self._matches(sql, operator, value)

    def among(self, values: tuple[Literal, ...], negated: bool) -> Truth:
        """The condition ``column [NOT] IN (values)``."""
        sql = self._filterable("=")
        bound: dict[str, list[Any]] = {}
        spans: list[Truth] = []
        for value in {(type(value.value), value.value): value for value in values}.values():
            if isinstance(value.value, Span):
                spans.append(self._matches(sql, "=", value))
            else:
                needle = self._needle(value)
                bound.setdefault(_NULL if needle.bound is None else needle.how, []).append(needle.bound)
        found = [sql.is_(None) if how == _NULL else _side(sql, how).in_(these) for how, these in bound.items()]
        condition = or_(*found, *spans)
        return opposite(condition) if negated else condition

    def selected(self, values: tuple[Literal, ...], negated: bool) -> Truth:
        """INCLUDES, or EXCLUDES: each value is a choice, or several with ``;`` that must all be chosen."""
        field = self.column.field
        sql = self._filterable("=")
        if field.type != "multipicklist":
            self._fail(f"includes or excludes operator only valid on multipicklist field, {field.name} is not one")
        condition = or_(*(_holds_all(sql, self._text(value)) for value in values))
        return opposite(condition) if negated else condition

    def _filterable(self, operator: str) -> Sql:
        field, sql = self.column.field, self.column.sql
        if sql is None or not field.filterable:
            self._fail(f"field '{field.name}' can not be filtered in a query call")
        if _unsuitable(field, operator):
            self._fail(f"invalid operator on {field.type} field")
        return sql

    def _matches(self, sql: Sql, operator: str, value: Literal) -> Truth:
        if operator == "LIKE":
            return self._like(sql, value)
        if isinstance(value.value, Span):
            return self._within(sql, operator, value)
        needle = self._needle(value)
        if needle.bound is None:
            return sql.is_(None) if operator == "=" else false()
        return _OPERATORS[operator](_side(sql, needle.how), needle.bound)  # type: ignore[no-any-return]

    def _needle(self, value: Literal) -> _Needle:
        kind, said = self.column.field.type, value.value
        if said is None:
            return _Needle(_PLAIN, 0 if kind == "boolean" else None)
        if kind == "datetime":
            return _Needle(_PLAIN, stored_moment(self._of_type(value, datetime, "dateTime")))
        if kind == "date":
            if isinstance(said, datetime):
                self._wrong_type(value, kind, quoted=False)
            return _Needle(_PLAIN, stored_day(self._of_type(value, date, kind)))
        if kind in NUMBERS:
            return _Needle(_PLAIN, stored_number(self._of_type(value, Decimal, kind)))
        if kind == "boolean":
            return _Needle(_PLAIN, int(self._of_type(value, bool, kind)))
        return self._words(value)

    def _words(self, value: Literal) -> _Needle:
        """A text or an id; the empty text is no value."""
        text = self._text(value)
        if not text:
            return _Needle(_PLAIN, None)
        if self.column.field.type in _IDS:
            found = full_id(text)
            if found is None:
                self.scope.fail("INVALID_QUERY_FILTER_OPERATOR", value.at, f"invalid ID field: {text}")
            return _Needle(_PLAIN, found)
        if self.column.field.case_sensitive:
            return _Needle(_PLAIN, text)
        return _Needle(_NOCASE, text) if text.isascii() else _Needle(_FOLDED, fold(text))

    def _like(self, sql: Sql, value: Literal) -> Truth:
        if value.value is None:
            return sql.is_(None)
        pattern = like_pattern(value.value.raw) if isinstance(value.value, Text) else None
        if pattern is None:
            self._wrong_type(value, "string", quoted=True)
        if pattern.isascii():
            return sql.like(pattern, escape="\\")
        return FOLD(sql).like(fold(pattern), escape="\\")

    def _within(self, sql: Sql, operator: str, value: Literal) -> Truth:
        days = self._days(value)
        if self.column.field.type == "date":
            return _stretch(sql, operator, stored_day(days.first), stored_day(days.end))
        if self.column.field.type != "datetime":
            self._wrong_type(value, self.column.field.type, quoted=self.column.field.type in TEXTS | _IDS)
        return _stretch(sql, operator, stored_moment(_midnight(days.first)), stored_moment(_midnight(days.end)))

    def _days(self, value: Literal) -> Days:
        span = value.value
        around = self.scope.around
        days = days_of(span.name, span.count, around.today, around.fiscal_start) if isinstance(span, Span) else None
        if days is None:
            self.scope.fail("MALFORMED_QUERY", value.at, f"Invalid date literal: {value.source}")
        return days

    def _text(self, value: Literal) -> str:
        if not isinstance(value.value, Text):
            self._wrong_type(value, "string", quoted=True)
        text = unescaped(value.value.raw)
        if text is None:
            self.scope.fail("MALFORMED_QUERY", value.at, f"Invalid string literal {value.source}. Illegal character.")
        return text

    def _of_type(self, value: Literal, wanted: type[T], kind: str) -> T:
        if not isinstance(value.value, wanted):
            self._wrong_type(value, kind, quoted=False)
        return value.value

    def _wrong_type(self, value: Literal, kind: str, *, quoted: bool) -> NoReturn:
        rule = "should be enclosed in quotes" if quoted else "should not be enclosed in quotes"
        self.scope.fail(
            "INVALID_FIELD",
            value.at,
            f"value of filter criterion for field '{self.column.field.name}' must be of type {kind} and {rule}",
        )

    def _fail(self, message: str) -> NoReturn:
        self.scope.fail("INVALID_FIELD", self.at, message)


def _unsuitable(field: FieldSchema, operator: str) -> bool:
    if operator == "LIKE":
        return field.type in NUMBERS | _IDS | {"boolean", "date", "datetime", "multipicklist"}
    return operator in _ORDERED and field.type in {"boolean", "multipicklist"}


def _holds_all(sql: Sql, choices: str) -> Truth:
    chosen = FOLD(literal(";") + sql + literal(";"))
    return and_(*(func.instr(chosen, fold(f";{choice.strip()};")) > 0 for choice in choices.split(";")))


def _stretch(sql: Sql, operator: str, first: Any, end: Any) -> Truth:
    """A date literal is a stretch of days: equal is inside, greater is behind it, less is before it."""
    if operator == "=":
        return and_(sql >= first, sql < end)
    bound = first if operator in {"<", ">="} else end
    return _OPERATORS["<" if operator in {"<", "<="} else ">="](sql, bound)  # type: ignore[no-any-return]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
