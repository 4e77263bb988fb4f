"""People who were erased: that it was done, and the marks by which nobody makes them again. Of what they said, nothing.

A mark is a keyed hash, see :mod:`leadbridge.state.marking`: who reads the state alone cannot guess whose it is.
"""

from __future__ import annotations

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, func, insert, select

from leadbridge.state.schema import erasures as table
from leadbridge.state.schema import golden, marks
from leadbridge.state.sql import select_in
from leadbridge.state.transactions import Snapshot, Transaction

_START = 16
"""Digits of a mark by which it is looked up; the rest is compared in constant time."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """``golden``: the number that the golden record had, by which the erasure is known."""

    golden: int
    run: int
    at: datetime


def add(tx: Transaction, golden: int, run: int, found: Collection[str]) -> None:
    """Remember that a golden record was erased, and its marks."""
    known = select(table.c.golden).where(table.c.golden == golden)
    if tx.connection.execute(known).first() is None:
        tx.connection.execute(insert(table), {"golden": golden, "run": run, "at": datetime.now(UTC)})
    tx.connection.execute(
        delete(marks).where(marks.c.erasure == golden, marks.c.start.in_([m[:_START] for m in found]))
    )
    rows = [{"erasure": golden, "start": mark[:_START], "rest": mark[_START:]} for mark in sorted(set(found))]
    if rows:
        tx.connection.execute(insert(marks), rows)


def exist(snapshot: Snapshot) -> bool:
    return snapshot.connection.execute(select(table.c.golden).limit(1)).first() is not None


def pending(snapshot: Snapshot) -> frozenset[int]:
    """Golden records of which some record is still to be deleted: blank, with links alone."""
    query = select(table.c.golden).join(golden, golden.c.id == table.c.golden)
    return frozenset(snapshot.connection.execute(query).scalars())


def known(snapshot: Snapshot, asked: Collection[str]) -> dict[str, Erasure]:
    """Each mark that bars somebody -> the erasure."""
    by_start: dict[str, list[str]] = {}
    for mark in asked:
        by_start.setdefault(mark[:_START], []).append(mark)
    query = select(marks.c.start, marks.c.rest, table).join(table, table.c.golden == marks.c.erasure)
    found: dict[str, Erasure] = {}
    for row in select_in(snapshot, query, marks.c.start, by_start):
        for mark in by_start[row.start]:
            if hmac.compare_digest(mark[_START:], row.rest):
                found[mark] = Erasure(row.golden, row.run, row.at)
    return found


def latest(snapshot: Snapshot) -> Sequence[tuple[Erasure, int]]:
    """Erasures, the newest first, each with its marks' number."""
    counted = select(table, func.count(marks.c.start)).outerjoin(marks, marks.c.erasure == table.c.golden)
    rows = snapshot.connection.execute(counted.group_by(table.c.golden).order_by(table.c.at.desc()))
    return [(Erasure(row[0], row[1], row[2]), row[3]) for row in rows]


def lift(tx: Transaction, erasure: int) -> int:
    """Forget the marks of an erasure; how many there were. That it was done stays known."""
    return tx.connection.execute(delete(marks).where(marks.c.erasure == erasure)).rowcount
