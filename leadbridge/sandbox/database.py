"""Where a sandbox keeps what it holds: SQLite, in memory or in a file."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import StaticPool


class Database:
    """One connection, used by one thread at a time: hold ``lock`` while things must not change."""

    def __init__(self, file: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.engine = self._made(file)
        self.connection = self.engine.connect()
        self._depth = 0

    def opened(self, connection: Any) -> None:
        """A place for what the driver's connection is to know besides, such as functions of its own."""

    def close(self) -> None:
        """Once nobody is at work with it: closing it under a statement ends the whole process."""
        with self.lock:
            self.connection.close()
            self.engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[sa.Transaction]:
        """All or nothing. Within another one it is a part that can fail, or be rolled back, alone."""
        with self.lock:
            if not self._depth and self.connection.in_transaction():
                self.connection.commit()  # what was read since the last transaction
            begin = self.connection.begin_nested if self._depth else self.connection.begin
            self._depth += 1
            try:
                with begin() as part:
                    yield part
            finally:
                self._depth -= 1

    def rows(self, statement: sa.Select[Any]) -> list[Mapping[str, Any]]:
        with self.lock:
            return [dict(row) for row in self.connection.execute(statement).mappings()]

    def _made(self, file: Path | None) -> sa.Engine:
        place = f"sqlite:///{file}" if file else "sqlite://"
        engine = sa.create_engine(place, poolclass=StaticPool, connect_args={"check_same_thread": False})

        @sa.event.listens_for(engine, "connect")
        def _(connection: Any, _record: object) -> None:
            connection.isolation_level = None  # the driver begins late, and ends a transaction at the first savepoint
            connection.execute("PRAGMA synchronous = OFF")  # a stand-in is thrown away: no power cut is outlived
            self.opened(connection)

        @sa.event.listens_for(engine, "begin")
        def _(connection: sa.Connection) -> None:
            connection.exec_driver_sql("BEGIN")

        return engine
