"""Golden records that became part of others."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "heirs",
        sa.Column("golden", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("heir", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("golden", name="pk_heirs"),
    )
    op.create_index("ix_heirs_heir", "heirs", ["heir"])
