"""When the fields of captured records were set, where a CRM says so."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
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
        sa.Column("stamps", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("run", "connection", "object", "record_id", name="pk_staged"),
    )
