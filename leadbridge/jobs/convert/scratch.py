"""A database in a file without a name: what waits there is nobody else's, and goes with the process.

While it is small it stays in memory; SQLite moves it to disk.
"""

from __future__ import annotations

import pickle
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from typing import Any


class Scratch:
    def __init__(self, tables: str) -> None:
        self._db = sqlite3.connect("", isolation_level=None)
        self._db.executescript(f"PRAGMA journal_mode = OFF; {tables}")

    def close(self) -> None:
        self._db.close()

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is added within it is written in one go; nothing of it can be taken back."""
        self._db.execute("BEGIN")
        yield
        self._db.execute("COMMIT")

    def add(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self._db.executemany(statement, rows)

    def find(self, query: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """Row by row; nothing is kept of them."""
        with closing(self._db.execute(query, values)) as found:
            yield from found


def packed(item: object) -> bytes:
    return pickle.dumps(item, pickle.HIGHEST_PROTOCOL)


def unpacked(item: bytes) -> Any:
    """What :func:`packed` was given, in this process."""
    return pickle.loads(item)  # noqa: S301  (see the import)
