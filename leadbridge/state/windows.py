"""Places of calls that were given out of late, by account and limit: all processes of a project share them.

A call is one short transaction on a connection of its own, which waits little for other writers and for no disk: what
a power cut takes is some seconds' calls. Where the state cannot be used now, a process paces by itself.
"""

from __future__ import annotations

import time
import weakref
from array import array
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import SQLAlchemyError

from leadbridge.pacing import Limit, OwnPacer, place, recent
from leadbridge.state.engine import WRITES, make_engine
from leadbridge.state.schema import windows as table

_BUSY_MILLISECONDS: Final = 1_000
_BRIEF: Final = (f"busy_timeout = {_BUSY_MILLISECONDS}", "synchronous = NORMAL", "cache_size = -256")


class SharedPacer:
    """A :class:`leadbridge.pacing.Pacer` on a state's file, which need not be there yet."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._own = OwnPacer()
        self._engine: Engine | None = None

    def take(self, account: str, limit: Limit) -> float:
        """By this machine's clock; the waits of all its processes are those of one."""
        alone = self._own.take(account, limit)
        if not self._file.exists():
            return alone
        try:
            with self._opened().connect() as opened:
                connection = opened.execution_options(**{WRITES: True})
                with connection.begin():
                    now = time.time()
                    return _take(connection, account, limit, now) - now
        except SQLAlchemyError:  # busy, read-only, or of another version
            return alone

    def _opened(self) -> Engine:
        if self._engine is None:
            self._engine = make_engine(self._file, _BRIEF)
            weakref.finalize(self, self._engine.dispose)
        return self._engine


def _take(connection: Connection, account: str, limit: Limit, now: float) -> float:
    """The moment of the call; kept with it is how many calls the account takes."""
    at = (table.c.account == account) & (table.c.name == limit.name)
    row = connection.execute(select(table.c.calls, table.c.taken).where(at)).first()
    taken = array("d")
    if row is not None:
        taken.frombytes(row.taken)
        if not limit.known:
            limit = Limit(limit.name, row.calls, limit.seconds)
    left = recent(taken, now, limit)
    moment = place(left, now, limit)
    values = {"calls": limit.calls, "taken": array("d", [*left, moment]).tobytes()}
    new = insert(table).values(account=account, name=limit.name, **values)
    connection.execute(new.on_conflict_do_update(index_elements=["account", "name"], set_=values))
    return moment
