"""Alembic's environment. The caller gives the connection, within the transaction that all migrations share."""

from __future__ import annotations

from alembic import context

from leadbridge.state.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite alters most of a table by copying it
)
context.run_migrations()
