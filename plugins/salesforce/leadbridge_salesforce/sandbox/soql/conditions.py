"""WHERE and HAVING as trees."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from leadbridge_salesforce.sandbox.soql.faults import malformed
from leadbridge_salesforce.sandbox.soql.reader import Reader
from leadbridge_salesforce.sandbox.soql.spans import COUNTED, PLAIN
from leadbridge_salesforce.sandbox.soql.tokens import Token
from leadbridge_salesforce.sandbox.soql.tree import (
    Both,
    Comparison,
    Condition,
    Either,
    Expression,
    Literal,
    Membership,
    Not,
    Path,
    Query,
    Selection,
    Span,
    Text,
)

_COMPARISONS: Final = {"=": "=", "!=": "!=", "<>": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">="}
MAX_DEPTH: Final = 50

SubqueryParser = Callable[[Reader], Query]


def condition(reader: Reader, subquery: SubqueryParser, depth: int = 0) -> Condition:
    """A condition; as in Salesforce, AND and OR are not mixed without parentheses, and NOT needs them behind either.

    Raises:
        QueryError: MALFORMED_QUERY.
    """
    if depth > MAX_DEPTH:
        raise malformed(reader.query, reader.now.at, "The condition is nested too deeply.")
    if reader.accept("NOT"):
        first: Condition = Not(_primary(reader, subquery, depth))
    else:
        first = _primary(reader, subquery, depth)
    word = reader.now.word
    if word not in {"AND", "OR"}:
        return first
    parts = [first]
    while reader.accept(word):
        parts.append(_primary(reader, subquery, depth))
    return Both(tuple(parts)) if word == "AND" else Either(tuple(parts))


def _primary(reader: Reader, subquery: SubqueryParser, depth: int) -> Condition:
    if reader.now.word == "NOT":
        raise reader.unexpected()
    if reader.accept_sign("("):
        inner = condition(reader, subquery, depth + 1)
        reader.expect_sign(")")
        return inner
    return _comparison(reader, subquery)


def _comparison(reader: Reader, subquery: SubqueryParser) -> Condition:
    left = reader.expression()
    token = reader.take()
    if token.text in _COMPARISONS:
        return Comparison(left, _COMPARISONS[token.text], literal(reader))
    if token.word == "LIKE":
        return Comparison(left, "LIKE", literal(reader))
    if token.word == "IN":
        return Membership(left, False, _among(reader, subquery))
    if token.word == "NOT":
        reader.expect("IN")
        return Membership(left, True, _among(reader, subquery))
    if token.word in {"INCLUDES", "EXCLUDES"} and isinstance(left, Path):
        return Selection(left, token.word == "EXCLUDES", _values(reader))
    raise reader.unexpected(token)


def _among(reader: Reader, subquery: SubqueryParser) -> tuple[Literal, ...] | Query:
    if reader.ahead(1).word != "SELECT":
        return _values(reader)
    reader.expect_sign("(")
    query = subquery(reader)
    reader.expect_sign(")")
    return query


def _values(reader: Reader) -> tuple[Literal, ...]:
    reader.expect_sign("(")
    values = [literal(reader)]
    while reader.accept_sign(","):
        values.append(literal(reader))
    reader.expect_sign(")")
    return tuple(values)


def literal(reader: Reader) -> Literal:
    """A value.

    Raises:
        QueryError: what stands there is none, or no such day or number exists.
    """
    token = reader.take()
    if token.kind == "word":
        return _word(reader, token)
    value: Text | Decimal | date | datetime
    try:
        if token.kind == "text":
            value = Text(token.text[1:-1])
        elif token.kind == "number":
            value = Decimal(token.text)
        elif token.kind == "day":
            value = date.fromisoformat(token.text)
        elif token.kind == "moment":
            value = datetime.fromisoformat(token.text).astimezone(UTC)
        else:
            raise reader.unexpected(token)
    except (ValueError, OverflowError) as fault:
        raise malformed(reader.query, token.at, f"Invalid date: {token.text}") from fault
    return Literal(value, token.text, token.at)


def _word(reader: Reader, token: Token) -> Literal:
    word = token.word
    if word in {"TRUE", "FALSE"}:
        return Literal(word == "TRUE", token.text, token.at)
    if word == "NULL":
        return Literal(None, token.text, token.at)
    if word in PLAIN:
        return Literal(Span(word, 0), token.text, token.at)
    if word in COUNTED and reader.accept_sign(":"):
        return Literal(Span(word, reader.whole_number()), token.text, token.at)
    raise reader.unexpected(token)


def expressions(condition: Condition) -> tuple[Expression, ...]:
    """Every field and function that a condition looks at, from left to right."""
    if isinstance(condition, Not):
        return expressions(condition.inner)
    if isinstance(condition, Both | Either):
        return tuple(found for part in condition.parts for found in expressions(part))
    return (condition.left,)
