"""Change jobs_inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1861"
down_revision = "20261122_1860"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _webhook_event()


def _webhook_event() -> None:
    with op.batch_alter_table("webhook_event", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("polled", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
