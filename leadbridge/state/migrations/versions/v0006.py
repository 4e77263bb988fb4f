"""Calls that were made of late to accounts with a limit by seconds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "windows",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("taken", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("account", "name", name="pk_windows"),
    )
