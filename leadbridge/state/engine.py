"""How SQLite is opened: one place for its pragmas and for the one transaction control that is reliable."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event

WRITES: Final = "leadbridge_writes"
"""Execution option of a connection whose transactions write."""

BUSY_MILLISECONDS: Final = 10_000

_PRAGMAS: Final = (
    f"busy_timeout = {BUSY_MILLISECONDS}",
    "foreign_keys = ON",
    "journal_mode = WAL",  # readers never wait for a writer, nor it for them
    # A commit is on the disk when it returns: an intent has to survive a power cut before its call is sent, or the
    # call would be sent twice. NORMAL could lose the last commits. Commits are per batch, so it costs little.
    "synchronous = FULL",
    "cache_size = -32768",  # 32 MB per connection: the keys of a million records are inserted in random order
    "temp_store = MEMORY",
)


def make_engine(file: Path, besides: Sequence[str] = ()) -> Engine:
    """An engine on the file; nothing is opened yet. A connection serves one thread at a time.

    Args:
        besides: pragmas after the usual ones.
    """
    # Transactions begin here, not in the driver, which would begin them late and as readers.
    engine = create_engine(URL.create("sqlite", database=str(file)), connect_args={"isolation_level": None})
    event.listen(engine, "connect", lambda connection, _: _connected(connection, (*_PRAGMAS, *besides)))
    event.listen(engine, "begin", _begun)
    return engine


def _connected(connection: Any, pragmas: Sequence[str]) -> None:
    cursor = connection.cursor()
    try:
        for pragma in pragmas:
            cursor.execute(f"PRAGMA {pragma}")
    finally:
        cursor.close()


def _begun(connection: Connection) -> None:
    """A writer takes the write lock at once: a reader that turns writer later may find its snapshot outdated."""
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
