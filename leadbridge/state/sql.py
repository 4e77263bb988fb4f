"""Statements for many rows that SQLite and PostgreSQL both take."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import Column, Row, Select, Table, insert
from sqlalchemy.dialects import postgresql, sqlite

from leadbridge.records import Ref
from leadbridge.state.transactions import Snapshot, Transaction

T = TypeVar("T")

CHUNK: Final = 1000
"""Values per IN list: under every engine's limit, and mostly the same length, so that statements are prepared once."""

PAGE: Final = 1000
"""Rows per page of what is read in pages."""

_INSERT: Final[Mapping[str, Callable[[Table], Any]]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


def chunks(items: Collection[T], size: int = CHUNK) -> Iterator[list[T]]:
    steps = iter(items)
    while part := list(islice(steps, size)):
        yield part


def select_in(
    snapshot: Snapshot, query: Select[Any], column: Column[Any], values: Collection[Any]
) -> Iterator[Row[Any]]:
    """The query's rows whose column is one of the values, however many these are."""
    for part in chunks(values):
        yield from snapshot.connection.execute(query.where(column.in_(part))).all()


def select_refs(snapshot: Snapshot, query: Select[Any], table: Table, refs: Collection[Ref]) -> Iterator[Row[Any]]:
    """The query's rows of a table with ``connection``, ``object`` and ``record_id`` that stand for one of the refs."""
    for (connection, name), some in by_object(refs).items():
        narrowed = query.where(table.c.connection == connection, table.c.object == name)
        yield from select_in(snapshot, narrowed, table.c.record_id, [ref.id for ref in some])


def by_object(refs: Iterable[Ref]) -> dict[tuple[str, str], list[Ref]]:
    """(connection, object) -> refs."""
    found: dict[tuple[str, str], list[Ref]] = {}
    for ref in refs:
        found.setdefault((ref.connection, ref.object), []).append(ref)
    return found


def upsert(tx: Transaction, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows; where the primary key is there already, set all other columns. One row per key."""
    if not rows:
        return
    statement = _INSERT[tx.connection.dialect.name](table)
    keys = [column.name for column in table.primary_key]
    others = {c.name: statement.excluded[c.name] for c in table.c if c.name not in keys}
    tx.connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=others), rows)


def insert_new(tx: Transaction, table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    """Insert the rows that break no unique constraint, leave out the others; how many went in."""
    if not rows:
        return 0
    statement = _INSERT[tx.connection.dialect.name](table).on_conflict_do_nothing()
    return sum(tx.connection.execute(statement, row).rowcount for row in rows)


def insert_all(tx: Transaction, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert very many rows of plain numbers and texts: no value is converted, and all other columns are null."""
    _insert_plain(tx, insert(table), columns, rows)


def insert_missing(tx: Transaction, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    """The same; rows that are there already are left out."""
    _insert_plain(tx, _INSERT[tx.connection.dialect.name](table).on_conflict_do_nothing(), columns, rows)


def _insert_plain(tx: Transaction, statement: Any, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
    if not rows:
        return
    compiled = statement.compile(dialect=tx.connection.dialect, column_keys=list(columns))
    order = compiled.positiontup
    if order is None:
        given: list[Any] = [dict(zip(columns, row, strict=True)) for row in rows]
    else:
        places = [columns.index(name) for name in order]
        given = list(rows) if places == list(range(len(columns))) else [tuple(row[p] for p in places) for row in rows]
    tx.connection.exec_driver_sql(compiled.string, given)
