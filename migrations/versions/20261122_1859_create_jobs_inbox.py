"""Create jobs_inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1859"
down_revision = "20261122_1858"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _webhook_cursor()


def _webhook_cursor() -> None:
    op.create_table(
        "webhook_cursor",
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("seen_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_webhook_cursor")),
    )
