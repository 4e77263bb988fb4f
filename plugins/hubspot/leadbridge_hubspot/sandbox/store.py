"""Where a portal's records are: SQLite, in memory or in a file.

Properties are one JSON object per record, as texts in the form in which they are read back. Searches look at a second
table, ``indexed``, into which changes come late. Moments are milliseconds since 1970, in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from leadbridge.sandbox import Database
from leadbridge_hubspot.sandbox.matching import has_token

Properties = Mapping[str, str]
_BATCH: Final = 500
_LONGEST: Final = 18  # digits of an id; a number of more may not fit into a column
FIRST_ID: Final = 1001
"""Ids are unique within one object only, so all objects begin at the same one."""


def as_id(told: str) -> int | None:
    """What an id that somebody tells may be; None for what none can be."""
    return int(told) if told.isascii() and told.isdigit() and len(told) <= _LONGEST else None


class State(IntEnum):
    LIVE = 0
    ARCHIVED = 1
    MERGED = 2
    ERASED = 3


@dataclass(frozen=True, slots=True)
class Record:
    object: str
    id: int
    properties: Properties
    created: int
    modified: int
    state: State = State.LIVE
    archived: int | None = None


_META: Final = sa.MetaData()
_COLUMNS: Final = ("object", "id", "properties", "created", "modified")
RECORDS: Final = sa.Table(
    "records",
    _META,
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("properties", sa.Text, nullable=False),
    sa.Column("created", sa.Integer, nullable=False),
    sa.Column("modified", sa.Integer, nullable=False),
    sa.Column("state", sa.Integer, nullable=False),
    sa.Column("archived", sa.Integer),
    sa.Column("touched", sa.Integer, nullable=False),
    sa.Column("pending", sa.Integer, nullable=False),
    sa.Index("records_pending", "pending", "touched"),
)
INDEXED: Final = sa.Table(
    "indexed",
    _META,
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("properties", sa.Text, nullable=False),
    sa.Column("created", sa.Integer, nullable=False),
    sa.Column("modified", sa.Integer, nullable=False),
    sa.Index("indexed_modified", "object", "modified", "id"),
)
KEYS: Final = sa.Table(
    "keys",
    _META,
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("property", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, primary_key=True),
    sa.Column("id", sa.Integer, nullable=False),
    sa.Index("keys_id", "object", "id"),
)
FORWARDS: Final = sa.Table(
    "forwards",
    _META,
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("old", sa.Integer, primary_key=True),
    sa.Column("new", sa.Integer, nullable=False),
)
LINKS: Final = sa.Table(
    "links",
    _META,
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("source_id", sa.Integer, primary_key=True),
    sa.Column("target", sa.Text, primary_key=True),
    sa.Column("target_id", sa.Integer, primary_key=True),
    sa.Column("category", sa.Text, primary_key=True),
    sa.Column("type", sa.Integer, primary_key=True),
)
HISTORY: Final = sa.Table(
    "history",
    _META,
    sa.Column("at", sa.Integer, nullable=False),
    sa.Column("object", sa.Text, nullable=False),
    sa.Column("id", sa.Integer, nullable=False),
    sa.Column("property", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),
    sa.Index("history_record", "object", "id", "property"),
)
KEPT: Final = sa.Table(
    "kept",
    _META,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("told", sa.Text, nullable=False),
)
"""What an administrator set up: custom properties, labels, lists."""


class Store(Database):
    """The records, and what was set up."""

    def __init__(self, file: Path | None = None) -> None:
        super().__init__(file)
        self._last: dict[str, int] = {}
        with self.transaction():
            _META.create_all(self.connection)

    def opened(self, connection: Any) -> None:
        connection.create_function("has_token", 2, has_token, deterministic=True)
        connection.create_function("folded", 1, _folded, deterministic=True)

    def begin_again(self) -> None:
        """Throw everything away; ids begin anew."""
        with self.transaction():
            _META.drop_all(self.connection)
            _META.create_all(self.connection)
        self._last.clear()

    def new_id(self, object: str) -> int:
        """An id that no record of this object has had."""
        if object not in self._last:
            wanted = sa.select(sa.func.max(RECORDS.c.id)).where(RECORDS.c.object == object)
            self._last[object] = self.connection.execute(wanted).scalar_one() or FIRST_ID - 1
        self._last[object] += 1
        return self._last[object]

    def put(self, record: Record, touched: int) -> None:
        """Make or replace a record. ``touched`` is when, for the index of searches."""
        with self.transaction():
            values = {
                **{name: getattr(record, name) for name in _COLUMNS if name != "properties"},
                "properties": json.dumps(dict(record.properties)),
                "state": int(record.state),
                "archived": record.archived,
                "touched": touched,
                "pending": 1,
            }
            self.connection.execute(sa.insert(RECORDS).prefix_with("OR REPLACE"), values)

    def get(self, object: str, id: int) -> Record | None:
        return self.read(object, [id]).get(id)

    def read(self, object: str, ids: Iterable[int]) -> dict[int, Record]:
        """Records by id, whatever their state; unknown ones are left out."""
        left, found = list(dict.fromkeys(ids)), dict[int, Record]()
        for start in range(0, len(left), _BATCH):
            part = left[start : start + _BATCH]
            rows = self.rows(sa.select(RECORDS).where(RECORDS.c.object == object, RECORDS.c.id.in_(part)))
            found |= {row["id"]: record_of(row) for row in rows}
        return found

    def page(self, object: str, states: Sequence[State], after: int, limit: int) -> list[Record]:
        """Records in the order of their ids, from ``after`` on."""
        wanted = sa.select(RECORDS).where(
            RECORDS.c.object == object, RECORDS.c.state.in_([int(s) for s in states]), RECORDS.c.id >= after
        )
        return [record_of(row) for row in self.rows(wanted.order_by(RECORDS.c.id).limit(limit))]

    def index(self, until: int) -> None:
        """Let searches see what was written until then."""
        due = sa.and_(RECORDS.c.pending == 1, RECORDS.c.touched <= until)
        if not self.rows(sa.select(RECORDS.c.id).where(due).limit(1)):
            return
        with self.transaction():
            live = sa.select(*(RECORDS.c[name] for name in _COLUMNS)).where(due, RECORDS.c.state == int(State.LIVE))
            gone = sa.select(RECORDS.c.object, RECORDS.c.id).where(due, RECORDS.c.state != int(State.LIVE))
            self.connection.execute(sa.insert(INDEXED).prefix_with("OR REPLACE").from_select(list(_COLUMNS), live))
            self.connection.execute(sa.delete(INDEXED).where(sa.tuple_(INDEXED.c.object, INDEXED.c.id).in_(gone)))
            self.connection.execute(sa.update(RECORDS).where(due).values(pending=0))

    def run(self, statement: sa.Executable, rows: Sequence[Mapping[str, Any]] | None = None) -> None:
        with self.transaction():
            if rows is None:
                self.connection.execute(statement)
            elif rows:
                self.connection.execute(statement, [dict(row) for row in rows])


def record_of(row: Mapping[str, Any]) -> Record:
    """A record out of a row of either table."""
    return Record(
        object=row["object"],
        id=row["id"],
        properties=json.loads(row["properties"]),
        created=row["created"],
        modified=row["modified"],
        state=State(row.get("state", 0)),
        archived=row.get("archived"),
    )


def _folded(text: str | None) -> str | None:
    return None if text is None else str(text).casefold()
