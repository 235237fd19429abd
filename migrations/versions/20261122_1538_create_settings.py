"""Create db."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1538"
down_revision = "20261122_1537"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _setting()


def _setting() -> None:
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
