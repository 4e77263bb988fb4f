"""The tables. Only types that SQLite and PostgreSQL share; times are microseconds since 1970 (UTC).

Columns named ``fields``, ``base``, ``raw``, ``before`` and ``after`` hold values packed by ``codec``; their field names
stand once in ``names``. Change a table by a migration; a test compares both.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    text,
)

VERSION: Final = "0006"
"""The newest migration; names are four digits, so that they sort."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


class UtcTime(TypeDecorator[datetime]):
    """An aware datetime, exact to the microsecond, that sorts and compares as a number on every engine."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        return None if value is None else (value - _EPOCH) // _TICK

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        return None if value is None else _EPOCH + value * _TICK


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _key(name: str, type: type[Text | Integer] = Text) -> Column[Any]:
    return Column(name, type, primary_key=True, autoincrement=False)


def _id() -> Column[Any]:
    """Numbers come from ``counters``: known before the insert, and never used twice."""
    return Column("id", Integer, primary_key=True, autoincrement=False)


def _text(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False)


def _number(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, Integer, nullable=null)


def _time(name: str, *, null: bool = False) -> Column[Any]:
    return Column(name, UtcTime, nullable=null)


def _parent(name: str, target: str, *, key: bool = False) -> Column[Any]:
    reference = ForeignKey(target, ondelete="CASCADE")
    return Column(name, Integer, reference, primary_key=key, nullable=False, autoincrement=False)


info = Table("info", metadata, _key("key"), _text("value"))
counters = Table("counters", metadata, _key("name"), _number("next"))
names = Table("names", metadata, _id(), Column("name", Text, nullable=False, unique=True))

connections = Table(
    "connections",
    metadata,
    _key("name"),
    _text("provider"),
    _text("scope"),
    _text("mapping"),
    _text("columns"),
    _text("seen"),
)

golden = Table(
    "golden",
    metadata,
    _id(),
    _text("subject"),
    _number("version"),
    _text("fields"),
    Column("due", Boolean, nullable=False),
    Index("ix_golden_due", "id", sqlite_where=text("due = 1"), postgresql_where=text("due")),
)
golden_keys = Table(
    "golden_keys",
    metadata,
    _key("subject"),
    _key("kind"),
    _key("key"),
    _parent("golden", "golden.id", key=True),
    Index("ix_golden_keys_golden", "golden"),
    sqlite_with_rowid=False,  # the key is the row: kept once instead of twice
)
links = Table(
    "links",
    metadata,
    _id(),
    _parent("golden", "golden.id"),
    _text("connection"),
    _text("object"),
    _text("record_id"),
    _text("role"),
    _text("state"),
    _text("base"),
    _text("key"),
    _number("age"),
    Column("due", Boolean, nullable=False),
    UniqueConstraint("connection", "object", "record_id"),
    Index("ix_links_golden", "golden"),
    Index("ix_links_due", "connection", "id", sqlite_where=text("due = 1"), postgresql_where=text("due")),
)

cursors = Table(
    "cursors",
    metadata,
    _key("connection"),
    _key("object"),
    _text("cursor"),
    _number("run"),
)
staged = Table(
    "staged",
    metadata,
    _key("run", Integer),
    _key("connection"),
    _key("object"),
    _key("record_id"),
    _text("role"),
    _text("mapping"),
    _text("raw"),
    _text("said"),
    _text("source"),
    _time("modified", null=True),
    Column("stamps", Text),
)
staged_keys = Table(
    "staged_keys",
    metadata,
    _key("run", Integer),
    _key("subject"),
    _key("kind"),
    _key("key"),
    _key("connection"),
    _key("object"),
    _key("record_id"),
    sqlite_with_rowid=False,  # as golden_keys
)
staged_gone = Table(
    "staged_gone",
    metadata,
    _key("run", Integer),
    _key("connection"),
    _key("object"),
    _key("record_id"),
    _text("proof"),
    Column("merged_into", Text),
)
turns = Table(
    "turns",
    metadata,
    _key("run", Integer),
    _key("rank", Integer),
    _key("golden", Integer),
    _key("connection"),
    _key("object"),
    _key("record_id"),
    Index("ix_turns_record", "run", "connection", "object", "record_id"),
    sqlite_with_rowid=False,  # as golden_keys
)
inbox = Table(
    "inbox",
    metadata,
    _id(),
    _text("connection"),
    _text("kind"),
    _time("received_at"),
    _text("body"),
    _text("dedupe"),
    _number("taken_by", null=True),
    _time("done_at", null=True),
    UniqueConstraint("connection", "dedupe"),
    Index("ix_inbox_taken_by", "taken_by"),
)

runs = Table(
    "runs",
    metadata,
    _id(),
    _text("job"),
    _text("kind"),
    _text("state"),
    _text("connections"),
    _time("started_at"),
    _time("ended_at", null=True),
    _number("plan", null=True),
    _number("undoes", null=True),
    _text("counts"),
    Index("ix_runs_state", "state"),
)
plans = Table(
    "plans",
    metadata,
    _id(),
    _text("job"),
    _text("kind"),
    _time("created_at"),
    _text("state"),
    _text("digest"),
    _text("configuration"),
    _text("generation"),
    _text("start"),
    _text("end"),
    _text("summary"),
)
plan_rows = Table(
    "plan_rows",
    metadata,
    _parent("plan", "plans.id", key=True),
    _key("number", Integer),
    _text("kind"),
    _text("connection"),
    _text("object"),
    _number("golden", null=True),
    _number("link", null=True),
    _number("depends", null=True),
    _text("body"),
)
operations = Table(
    "operations",
    metadata,
    _parent("run", "runs.id", key=True),
    _key("number", Integer),
    _text("state"),
    _number("attempt"),
    Column("before", Text),
    Column("after", Text),
    Column("result_id", Text),
    _text("code"),
    Index("ix_operations_sent", "run", sqlite_where=text("state = 'sent'"), postgresql_where=text("state = 'sent'")),
)

rejects = Table(
    "rejects",
    metadata,
    _id(),
    _number("run"),
    _number("number", null=True),
    _text("connection"),
    _text("object"),
    _text("record_id"),
    _text("source"),
    _text("code"),
    _text("reason"),
    _text("remedy"),
    _text("provider_field"),
    _text("raw"),
    _text("print"),
    _text("state"),
    Index("ix_rejects_record", "connection", "object", "record_id"),
    Index("ix_rejects_state", "state"),
)
reviews = Table(
    "reviews",
    metadata,
    _id(),
    _text("kind"),
    _number("run"),
    _number("golden", null=True),
    _number("link", null=True),
    _text("field"),
    _text("body"),
    _text("state"),
    _text("answer"),
    _time("asked_at"),
    Index("ix_reviews_golden", "golden"),
    Index("ix_reviews_state", "state"),
)
conflicts = Table(
    "conflicts",
    metadata,
    _id(),
    _number("run"),
    _number("golden"),
    _text("field"),
    _text("winner"),
    _text("losers"),
    _text("rule"),
    _time("at"),
    _number("restored_by", null=True),
    Index("ix_conflicts_golden", "golden"),
    Index("ix_conflicts_run", "run"),
)
holds = Table(
    "holds",
    metadata,
    _parent("golden", "golden.id", key=True),
    _key("link", Integer),
    _key("field"),
    _number("run"),
)
heirs = Table("heirs", metadata, _key("golden", Integer), _number("heir"), Index("ix_heirs_heir", "heir"))
erasures = Table("erasures", metadata, _key("golden", Integer), _number("run"), _time("at"))
marks = Table(
    "marks",
    metadata,
    _key("start"),
    _key("rest"),
    _parent("erasure", "erasures.golden", key=True),
)
windows = Table(
    "windows", metadata, _key("account"), _key("name"), _number("calls"), Column("taken", LargeBinary, nullable=False)
)
leases = Table(
    "leases",
    metadata,
    _key("connection"),
    _text("holder"),
    _text("job"),
    _number("fence"),
    _time("since"),
    _time("expires_at"),
)
