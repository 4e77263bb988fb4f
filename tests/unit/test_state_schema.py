"""Migrations and tables say the same; an older state is brought up to date whole, after a copy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable
from stated import opened, person

from leadbridge.state import goldens
from leadbridge.state.migrate import SCRIPTS, bring_up
from leadbridge.state.schema import VERSION, metadata
from leadbridge.state.store import Store, open_store

NEXT = """
from alembic import op

revision = "9999"
down_revision = "{newest}"


def upgrade():
    op.execute("CREATE TABLE extra (id INTEGER)")
    {then}
"""


def definitions(store: Store) -> set[str]:
    """Every table and index as SQLite keeps it, but for the order of constraints and the layout."""
    with store.read() as snapshot:
        rows = snapshot.connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL").scalars()
        return {str(sorted(line.strip(" ,\t") for line in sql.splitlines())) for sql in rows if "alembic" not in sql}


def test_migrations_make_the_tables(tmp_path: Path) -> None:
    with open_store("sqlite:///a.db", tmp_path) as migrated, migrated.read() as snapshot:
        assert compare_metadata(MigrationContext.configure(snapshot.connection), metadata) == []


def test_migrations_make_them_exactly(tmp_path: Path) -> None:
    """Also what Alembic does not compare: partial indexes, and tables without row ids."""
    with open_store("sqlite:///a.db", tmp_path) as migrated:
        plain = Store(create_engine(f"sqlite:///{tmp_path}/b.db"), tmp_path / "b.db")
        metadata.create_all(plain.engine)
        assert definitions(migrated) == definitions(plain)
        plain.close()


def test_the_program_knows_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")

    assert ScriptDirectory.from_config(config).get_heads() == [VERSION]


def test_postgresql_could_make_the_tables() -> None:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    made = [str(CreateTable(table).compile(dialect=dialect)) for table in metadata.sorted_tables]
    made += [str(CreateIndex(i).compile(dialect=dialect)) for table in metadata.sorted_tables for i in table.indexes]

    assert "WITHOUT ROWID" not in "".join(made)
    assert "CREATE INDEX ix_links_due ON links (connection, id) WHERE due" in made


def migrations(tmp_path: Path, then: str = "pass") -> Path:
    scripts = tmp_path / "migrations"
    shutil.copytree(SCRIPTS, scripts)
    (scripts / "versions" / "v9999.py").write_text(NEXT.format(then=then, newest=VERSION))
    return scripts


def tables(store: Store) -> set[str]:
    with store.read() as snapshot:
        found = snapshot.connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        return set(found.scalars())


def test_an_older_state_is_migrated_after_a_copy(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        with store.begin() as tx:
            goldens.add(tx, [person(1)])
        before = store.generation

        bring_up(store.engine, store.file, keep_older=True, target="9999", scripts=migrations(tmp_path))

        assert "extra" in tables(store)
        assert store.generation not in ("", before)
    with open_store("sqlite:///.leadbridge/state.db.schema-" + VERSION, tmp_path) as copy, copy.read() as snapshot:
        assert "extra" not in tables(copy)
        assert list(goldens.load(snapshot, [1])) == [1]


def test_a_migration_that_fails_leaves_the_older_state(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        scripts = migrations(tmp_path, then="raise ZeroDivisionError")
        with pytest.raises(ZeroDivisionError):
            bring_up(store.engine, store.file, keep_older=True, target="9999", scripts=scripts)

        assert "extra" not in tables(store)
    with opened(tmp_path):  # still a state that this program opens
        pass
