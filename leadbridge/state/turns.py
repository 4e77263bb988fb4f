"""Which golden records a planning takes up, and for which records. They belong to a run and go with it.

A golden record that is due without any captured record stands here with a blank ref.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select, update

from leadbridge.records import Ref
from leadbridge.state.schema import turns as table
from leadbridge.state.sql import PAGE, insert_missing, select_in, select_refs
from leadbridge.state.transactions import Snapshot, Transaction

NO_REF = Ref("", "", "")


@dataclass(frozen=True, slots=True)
class TurnRow:
    """``rank``: golden records of a smaller one are planned before those of a larger one."""

    rank: int
    golden: int
    ref: Ref = NO_REF


def add(tx: Transaction, run: int, rows: Iterable[TurnRow]) -> None:
    """Rows that are there already are left out."""
    found = [(run, row.rank, row.golden, row.ref.connection, row.ref.object, row.ref.id) for row in rows]
    insert_missing(tx, table, ("run", "rank", "golden", "connection", "object", "record_id"), found)


def page(snapshot: Snapshot, run: int, rank: int, after: int = 0, limit: int = PAGE) -> list[int]:
    """The next golden records of a rank, by id."""
    query = select(table.c.golden).where(table.c.run == run, table.c.rank == rank, table.c.golden > after)
    return list(snapshot.connection.execute(query.distinct().order_by(table.c.golden).limit(limit)).scalars())


def refs(snapshot: Snapshot, run: int, goldens: Collection[int]) -> dict[int, tuple[Ref, ...]]:
    """Golden id -> the refs for which it is taken up, sorted; none for one that is only due."""
    query = select(table).where(table.c.run == run, table.c.rank >= 0, table.c.connection != "")
    found: dict[int, list[Ref]] = {}
    for row in select_in(snapshot, query, table.c.golden, goldens):
        found.setdefault(row.golden, []).append(Ref(row.connection, row.object, row.record_id))
    return {golden: tuple(sorted(some)) for golden, some in found.items()}


def owners(snapshot: Snapshot, run: int, asked: Collection[Ref]) -> dict[Ref, int]:
    """Ref -> the golden record that takes it up."""
    rows = select_refs(snapshot, select(table).where(table.c.run == run), table, asked)
    return {Ref(row.connection, row.object, row.record_id): row.golden for row in rows}


def unite(tx: Transaction, run: int, united: Mapping[int, int]) -> None:
    """Golden id -> the one that takes up all its refs from now on. None of them is left with a blank ref alone."""
    for golden, keep in sorted(united.items()):
        mine = (table.c.run == run, table.c.golden == golden)
        tx.connection.execute(delete(table).where(*mine, table.c.connection == ""))
        tx.connection.execute(update(table).where(*mine).values(golden=keep))


def remove(tx: Transaction, run: int, gone: Collection[Ref]) -> None:
    """These refs are nobody's concern any more."""
    for ref in gone:
        where = (table.c.connection == ref.connection, table.c.object == ref.object, table.c.record_id == ref.id)
        tx.connection.execute(delete(table).where(table.c.run == run, *where))


def clear(tx: Transaction, run: int) -> None:
    tx.connection.execute(delete(table).where(table.c.run == run))
