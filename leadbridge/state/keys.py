"""Identifying keys of golden records: by e-mail, domain and the like. Several records may share one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import delete, select

from leadbridge.state.model import GoldenKey
from leadbridge.state.schema import golden_keys as table
from leadbridge.state.sql import chunks, insert_all, select_in
from leadbridge.state.transactions import Snapshot, Transaction


def add(tx: Transaction, keys: Mapping[int, Iterable[GoldenKey]]) -> None:
    """Golden id -> its keys, for records that have none yet."""
    rows = [(k.subject, k.kind, k.key, golden) for golden, found in keys.items() for k in dict.fromkeys(found)]
    insert_all(tx, table, ("subject", "kind", "key", "golden"), rows)


def replace(tx: Transaction, keys: Mapping[int, Iterable[GoldenKey]]) -> None:
    """Golden id -> all its keys; those it had before are forgotten."""
    for part in chunks(keys):
        tx.connection.execute(delete(table).where(table.c.golden.in_(part)))
    add(tx, keys)


def find(snapshot: Snapshot, keys: Collection[GoldenKey]) -> dict[GoldenKey, frozenset[int]]:
    """Each key that somebody has -> ids of the golden records that have it."""
    asked: dict[tuple[str, str], list[str]] = {}
    for key in keys:
        asked.setdefault((key.subject, key.kind), []).append(key.key)
    found: dict[GoldenKey, set[int]] = {}
    for (subject, kind), texts in asked.items():
        query = select(table).where(table.c.subject == subject, table.c.kind == kind)
        for row in select_in(snapshot, query, table.c.key, texts):
            found.setdefault(GoldenKey(subject, kind, row.key), set()).add(row.golden)
    return {key: frozenset(ids) for key, ids in found.items()}


def of(snapshot: Snapshot, goldens: Collection[int]) -> dict[int, frozenset[GoldenKey]]:
    """Golden id -> its keys; a record without any is not there."""
    found: dict[int, set[GoldenKey]] = {}
    for row in select_in(snapshot, select(table), table.c.golden, goldens):
        found.setdefault(row.golden, set()).add(GoldenKey(row.subject, row.kind, row.key))
    return {golden: frozenset(keys) for golden, keys in found.items()}
