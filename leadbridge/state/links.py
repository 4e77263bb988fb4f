"""Links: which records stand for a golden record, and the base agreed with each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from leadbridge.golden import Link, LinkState
from leadbridge.records import Ref
from leadbridge.state.model import ObjectKey, StoredLink
from leadbridge.state.names import Names
from leadbridge.state.schema import links as table
from leadbridge.state.sql import PAGE, by_object, chunks, insert_all, select_in, select_refs
from leadbridge.state.transactions import Snapshot, Transaction
from leadbridge.values import Raw

_COLUMNS: Final = (
    *("id", "golden", "connection", "object", "record_id"),
    *("role", "state", "base", "key", "age", "due"),
)


class LinkedError(Exception):
    """A record has a link already; it has one at most. The transaction cannot go on."""


@contextmanager
def _one_each() -> Iterator[None]:
    try:
        yield
    except IntegrityError as error:
        raise LinkedError from error


def add(tx: Transaction, links: Sequence[StoredLink]) -> None:
    """New ones, under numbers that were reserved. Raises LinkedError where a ref has a link already."""
    pack = tx.names.pack
    with _one_each():
        insert_all(tx, table, _COLUMNS, [_tuple(stored.link, pack(stored.link.base), stored) for stored in links])


def by_refs(snapshot: Snapshot, refs: Collection[Ref]) -> dict[Ref, StoredLink]:
    found = (_stored(row, snapshot.names) for row in select_refs(snapshot, select(table), table, refs))
    return {stored.link.ref: stored for stored in found}


def by_goldens(snapshot: Snapshot, goldens: Collection[int]) -> dict[int, tuple[StoredLink, ...]]:
    """Golden id -> its links of any state, the oldest first; a record without any is not there."""
    found: dict[int, list[StoredLink]] = {}
    for row in select_in(snapshot, select(table), table.c.golden, goldens):
        found.setdefault(row.golden, []).append(_stored(row, snapshot.names))
    return {golden: tuple(sorted(some, key=lambda s: (s.link.age, s.link.id))) for golden, some in found.items()}


def among(snapshot: Snapshot, at: ObjectKey, record_ids: Collection[str], states: Collection[LinkState]) -> set[str]:
    """Those of an object's record ids whose link is in one of these states."""
    query = select(table.c.record_id).where(table.c.connection == at[0], table.c.object == at[1])
    found = select_in(snapshot, query.where(table.c.state.in_(states)), table.c.record_id, record_ids)
    return {row.record_id for row in found}


def connections_of(snapshot: Snapshot, goldens: Collection[int]) -> dict[int, frozenset[str]]:
    """Golden id -> the connections in which it has links of any state."""
    found: dict[int, set[str]] = {}
    for row in select_in(snapshot, select(table.c.golden, table.c.connection), table.c.golden, goldens):
        found.setdefault(row.golden, set()).add(row.connection)
    return {golden: frozenset(some) for golden, some in found.items()}


def load(snapshot: Snapshot, ids: Collection[int]) -> dict[int, StoredLink]:
    return {row.id: _stored(row, snapshot.names) for row in select_in(snapshot, select(table), table.c.id, ids)}


def due(snapshot: Snapshot, connection: str, after: int = 0, limit: int = PAGE) -> list[StoredLink]:
    """The next links of a connection, by id, whose records are still owed a write."""
    query = select(table).where(table.c.due, table.c.connection == connection, table.c.id > after)
    rows = snapshot.connection.execute(query.order_by(table.c.id).limit(limit))
    return [_stored(row, snapshot.names) for row in rows]


def made_after(snapshot: Snapshot, connections: Collection[str], after: int, limit: int = PAGE) -> list[StoredLink]:
    """The next links of some connections, by id."""
    query = select(table).where(table.c.id > after, table.c.connection.in_(connections))
    rows = snapshot.connection.execute(query.order_by(table.c.id).limit(limit))
    return [_stored(row, snapshot.names) for row in rows]


def page(snapshot: Snapshot, connection: str, object: str, after: str = "", limit: int = PAGE) -> list[StoredLink]:
    """The next links of an object by record id; to compare with a complete scan."""
    query = select(table).where(table.c.connection == connection, table.c.object == object, table.c.record_id > after)
    rows = snapshot.connection.execute(query.order_by(table.c.record_id).limit(limit))
    return [_stored(row, snapshot.names) for row in rows]


def unchanged(snapshot: Snapshot, captured: Mapping[Ref, Mapping[str, Raw]]) -> frozenset[Ref]:
    """Refs whose live link has exactly these values as its base and is not due: nothing is to be done about them.

    Compares texts, so it is much quicker than reading bases; what it leaves out may still turn out to be unchanged.
    """
    pack = snapshot.names.pack_known
    same: set[Ref] = set()
    for (connection, name), refs in by_object(captured).items():
        query = select(table.c.record_id, table.c.base).where(
            table.c.connection == connection, table.c.object == name, table.c.state == "live", ~table.c.due
        )
        by_id = {ref.id: ref for ref in refs}
        found = ((by_id[row.record_id], row.base) for row in select_in(snapshot, query, table.c.record_id, by_id))
        same.update(ref for ref, base in found if pack(captured[ref]) == base)
    return frozenset(same)


def update_all(tx: Transaction, links: Sequence[StoredLink]) -> None:
    """Set everything but the ref of links that are there."""
    rows = [{f"_{name}": value for name, value in _row(stored, tx.names).items()} for stored in links]
    names = ("golden", "role", "state", "base", "key", "age", "due")
    _update(tx, names, rows)


def rename(tx: Transaction, refs: Mapping[int, Ref]) -> None:
    """Link id -> the ref that its record has from now on: its key was edited. Raises LinkedError as :func:`add`."""
    with _one_each():
        _update(tx, ("record_id",), [{"_id": link, "_record_id": ref.id} for link, ref in refs.items()])


def set_bases(tx: Transaction, bases: Mapping[int, Mapping[str, Raw]]) -> None:
    """Link id -> its whole base."""
    _update(tx, ("base",), [{"_id": link, "_base": tx.names.pack(base)} for link, base in bases.items()])


def agree(tx: Transaction, values: Mapping[int, Mapping[str, Raw]]) -> None:
    """Link id -> provider fields whose base moves; the base's other fields stay."""
    query = select(table.c.id, table.c.base).with_for_update()
    stored = {row.id: tx.names.unpack(row.base) for row in select_in(tx, query, table.c.id, values.keys())}
    set_bases(tx, {link: {**base, **values[link]} for link, base in stored.items()})


def set_states(tx: Transaction, states: Mapping[int, LinkState]) -> None:
    _update(tx, ("state",), [{"_id": link, "_state": state} for link, state in states.items()])


def set_roles(tx: Transaction, roles: Mapping[int, str]) -> None:
    _update(tx, ("role",), [{"_id": link, "_role": role} for link, role in roles.items()])


def set_due(tx: Transaction, ids: Collection[int], due: bool) -> None:
    for part in chunks(ids):
        tx.connection.execute(update(table).where(table.c.id.in_(part)).values(due=due))


def move(tx: Transaction, goldens: Mapping[int, int]) -> None:
    """Golden id -> the golden id that all its links belong to from now on."""
    statement = update(table).where(table.c.golden == bindparam("_from")).values(golden=bindparam("_to"))
    if goldens:
        tx.connection.execute(statement, [{"_from": source, "_to": target} for source, target in goldens.items()])


def remove(tx: Transaction, ids: Collection[int]) -> None:
    for part in chunks(ids):
        tx.connection.execute(delete(table).where(table.c.id.in_(part)))


def counts(snapshot: Snapshot) -> dict[tuple[str, str, LinkState], int]:
    """(connection, object, state) -> links. Counts every link: for the brakes, once a run."""
    grouped = (table.c.connection, table.c.object, table.c.state)
    rows = snapshot.connection.execute(select(*grouped, func.count()).group_by(*grouped))
    return {(row[0], row[1], row[2]): row[3] for row in rows}


def _update(tx: Transaction, names: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    if rows:
        values: dict[str, Any] = {name: bindparam(f"_{name}") for name in names}
        tx.connection.execute(update(table).where(table.c.id == bindparam("_id")).values(**values), rows)


def _row(stored: StoredLink, names: Names) -> dict[str, Any]:
    link = stored.link
    return {
        "id": link.id,
        "golden": link.golden,
        "connection": link.ref.connection,
        "object": link.ref.object,
        "record_id": link.ref.id,
        "role": link.role,
        "state": link.state,
        "base": names.pack(link.base),
        "key": stored.key,
        "age": link.age,
        "due": stored.due,
    }


def _tuple(link: Link, base: str, stored: StoredLink) -> tuple[Any, ...]:
    ref = link.ref
    head = (link.id, link.golden, ref.connection, ref.object, ref.id)
    return (*head, link.role, link.state, base, stored.key, link.age, stored.due)


def _stored(row: Row[Any], names: Names) -> StoredLink:
    ref = Ref(row.connection, row.object, row.record_id)
    link = Link(row.id, row.golden, ref, row.role, row.state, names.unpack(row.base), row.age)
    return StoredLink(link, row.key, row.due)
