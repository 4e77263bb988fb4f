"""People who were erased, and the marks that bar them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("golden", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("golden", name="pk_erasures"),
    )
    op.create_table(
        "marks",
        sa.Column("start", sa.Text(), nullable=False),
        sa.Column("rest", sa.Text(), nullable=False),
        sa.Column("erasure", sa.Integer(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["erasure"], ["erasures.golden"], name="fk_marks_erasure", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("start", "rest", "erasure", name="pk_marks"),
    )
