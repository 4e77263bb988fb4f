"""Bringing an older state, or an empty file, to the schema that this program knows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine, inspect

from leadbridge.errors import UsageError
from leadbridge.state import backups, schema
from leadbridge.state.engine import WRITES
from leadbridge.state.errors import NoStateError
from leadbridge.state.information import new_generation
from leadbridge.state.place import free_name
from leadbridge.state.transactions import Transaction

SCRIPTS: Final = Path(__file__).parent / "migrations"
_NAME = re.compile(r"\d{4}")


def _stored_version(connection: Connection, file: Path) -> str | None:
    """The schema of the file, or None where it is empty. Raises NoStateError where something else lives in it."""
    tables = inspect(connection).get_table_names()
    if not tables:
        return None
    if "alembic_version" in tables and "golden" in tables:
        version = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        if isinstance(version, str) and _NAME.fullmatch(version):
            return version
    raise NoStateError(f"{file} is a database of something else; name another file for the state")


def bring_up(
    engine: Engine, file: Path, *, keep_older: bool, target: str = schema.VERSION, scripts: Path = SCRIPTS
) -> None:
    """Migrate to ``target`` in one transaction, with a new generation: plans of an older one are refused.

    Args:
        file: as messages name it.
        keep_older: copy an older state to a name beside the file first.

    Raises:
        UsageError: the state is newer than the target.
        NoStateError: the file is another program's database.
    """
    with engine.connect() as connection:
        found = _stored_version(connection, file)
    if found is not None and found > target:
        raise UsageError(
            f"{file} was written by a newer LeadBridge (schema {found}; this one knows {target});"
            " install that version, or restore a backup that this one made"
        )
    if found == target:
        return
    if found is not None and keep_older:
        backups.copy(file, free_name(file, f"schema-{found}"))
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        # Another process may have been quicker: looked at again under the write lock.
        if _stored_version(connection, file) != target:
            _migrate(connection, target, scripts)
            new_generation(Transaction(connection))


def _migrate(connection: Connection, target: str, scripts: Path) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    command.upgrade(config, target)
