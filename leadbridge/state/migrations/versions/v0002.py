"""Captured records with what they say and the keys that they have; rows of plans grouped by their reasons.

Rows of older plans cannot be read any more: those plans can be neither applied, which the new generation sees to, nor
undone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _staged()
    _keys()
    op.execute("DELETE FROM plan_rows")


def _staged() -> None:
    """Anew: what an unfinished run had staged is captured again."""
    op.drop_table("staged")
    op.create_table(
        "staged",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("run", "connection", "object", "record_id", name="pk_staged"),
    )


def _keys() -> None:
    op.create_table(
        "staged_keys",
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("connection", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint(
            "run", "subject", "kind", "key", "connection", "object", "record_id", name="pk_staged_keys"
        ),
        sqlite_with_rowid=False,
    )
