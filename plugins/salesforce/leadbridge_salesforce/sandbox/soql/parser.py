"""A query's text as a tree, clause by clause, in the order in which SOQL wants them."""

from __future__ import annotations

from functools import partial
from typing import Final

from leadbridge_salesforce.sandbox.soql.conditions import condition
from leadbridge_salesforce.sandbox.soql.faults import QueryError, malformed
from leadbridge_salesforce.sandbox.soql.reader import Reader
from leadbridge_salesforce.sandbox.soql.tree import Expression, FieldSet, Item, Order, Query

MAX_SUBQUERY_LEVELS: Final = 5
"""Since API 58.0; SOQL reference, understanding relationship query limitations."""

MAX_OFFSET: Final = 2000


def parse(text: str) -> Query:
    """A whole query.

    Raises:
        QueryError: MALFORMED_QUERY, with the place; NUMBER_OUTSIDE_VALID_RANGE for an offset above 2,000.
    """
    reader = Reader(text)
    query = _query(reader)
    if reader.now.kind != "end":
        raise reader.unexpected()
    return query


def _query(reader: Reader, level: int = 1) -> Query:
    if level > MAX_SUBQUERY_LEVELS:
        raise malformed(reader.query, reader.now.at, "SOQL statements cannot query aggregate relationships so deeply.")
    inner = partial(_query, level=level + 1)
    reader.expect("SELECT")
    items = [_item(reader, level)]
    while reader.accept_sign(","):
        items.append(_item(reader, level))
    reader.expect("FROM")
    source = reader.name()
    alias = reader.alias()
    if reader.accept("USING", "SCOPE"):
        reader.name()  # every user of the sandbox sees all records, whatever the scope is called
    where = condition(reader, inner) if reader.accept("WHERE") else None
    group = _group(reader)
    having = condition(reader, inner) if group and reader.accept("HAVING") else None
    order = _order(reader)
    limit = reader.whole_number() if reader.accept("LIMIT") else None
    offset = _offset(reader)
    all_rows = _tail(reader)
    return Query(
        tuple(items), source.text, source.at, alias, where, group, having, order, limit, offset, all_rows
    )  # fmt: skip


def _item(reader: Reader, level: int) -> Item:
    if reader.now.word == "FROM":
        raise reader.unexpected()
    if reader.accept_sign("("):
        query = _query(reader, level + 1)
        reader.expect_sign(")")
        return Item(query, None)
    if reader.now.word == "FIELDS" and reader.ahead(1).text == "(":
        return Item(_field_set(reader), None)
    what: Expression = reader.expression()
    return Item(what, reader.alias())


def _field_set(reader: Reader) -> FieldSet:
    start = reader.take()
    reader.expect_sign("(")
    kind = reader.name()
    if kind.word not in {"ALL", "STANDARD", "CUSTOM"}:
        raise reader.unexpected(kind)
    reader.expect_sign(")")
    return FieldSet(kind.word, start.at)


def _group(reader: Reader) -> tuple[Expression, ...]:
    if not reader.accept("GROUP", "BY"):
        return ()
    found = [reader.expression()]
    while reader.accept_sign(","):
        found.append(reader.expression())
    return tuple(found)


def _order(reader: Reader) -> tuple[Order, ...]:
    if not reader.accept("ORDER", "BY"):
        return ()
    found = [_order_item(reader)]
    while reader.accept_sign(","):
        found.append(_order_item(reader))
    return tuple(found)


def _order_item(reader: Reader) -> Order:
    by = reader.expression()
    descending = reader.accept("DESC")
    if not descending:
        reader.accept("ASC")
    nulls_last = False
    if reader.accept("NULLS"):
        nulls_last = reader.accept("LAST")
        if not nulls_last:
            reader.expect("FIRST")
    return Order(by, descending, nulls_last)


def _offset(reader: Reader) -> int | None:
    if not reader.accept("OFFSET"):
        return None
    offset = reader.whole_number()
    if offset > MAX_OFFSET:
        raise QueryError("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {MAX_OFFSET}")
    return offset


def _tail(reader: Reader) -> bool:
    """FOR VIEW, FOR REFERENCE, FOR UPDATE and ALL ROWS; only the last has an effect here."""
    while reader.accept("FOR"):
        if reader.now.word not in {"VIEW", "REFERENCE", "UPDATE"}:
            raise reader.unexpected()
        reader.take()
    return reader.accept("ALL", "ROWS")
