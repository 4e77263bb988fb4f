"""The state's own facts: its generation, and the numbers that were given out."""

from __future__ import annotations

import uuid
from typing import Final, Literal

from sqlalchemy import insert, select, update

from leadbridge.state.schema import counters, info
from leadbridge.state.transactions import Snapshot, Transaction

Counter = Literal["golden", "link", "inbox", "run", "plan", "reject", "review", "conflict", "fence"]

_GENERATION: Final = "generation"
_KNOWN_TO: Final = "links known to job "


def generation(snapshot: Snapshot) -> str:
    """What a saved plan was made for: it changes with a restore, and whenever else old plans must not be applied."""
    found = snapshot.connection.execute(select(info.c.value).where(info.c.key == _GENERATION)).scalar()
    return "" if found is None else str(found)


def new_generation(tx: Transaction) -> str:
    made = str(uuid.uuid4())
    done = tx.connection.execute(update(info).where(info.c.key == _GENERATION).values(value=made))
    if not done.rowcount:
        tx.connection.execute(insert(info), {"key": _GENERATION, "value": made})
    return made


def given_out(snapshot: Snapshot, counter: Counter) -> int:
    """The highest number so far; 0 where there is none."""
    after = snapshot.connection.execute(select(counters.c.next).where(counters.c.name == counter)).scalar()
    return 0 if after is None else int(after) - 1


def known_to(snapshot: Snapshot, job: str) -> int:
    """The highest link number that a job has seen: links above it were made by others, or by nobody yet."""
    found = snapshot.connection.execute(select(info.c.value).where(info.c.key == _KNOWN_TO + job)).scalar()
    return 0 if found is None else int(found)


def make_known_to(tx: Transaction, job: str, link: int) -> None:
    key = _KNOWN_TO + job
    if not tx.connection.execute(update(info).where(info.c.key == key).values(value=str(link))).rowcount:
        tx.connection.execute(insert(info), {"key": key, "value": str(link)})


def reserve(tx: Transaction, counter: Counter, count: int = 1) -> range:
    """The next free numbers, from 1. Those that are not used are gaps; none is ever given out again."""
    done = tx.connection.execute(
        update(counters).where(counters.c.name == counter).values(next=counters.c.next + count)
    )
    if not done.rowcount:
        tx.connection.execute(insert(counters), {"name": counter, "next": 1 + count})
        return range(1, 1 + count)
    after = tx.connection.execute(select(counters.c.next).where(counters.c.name == counter)).scalar_one()
    return range(after - count, after)
