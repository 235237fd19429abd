"""Change billing_methods."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261122_1860"
down_revision = "20261122_1859"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _payment_method()


def _payment_method() -> None:
    with op.batch_alter_table("payment_method", schema=None) as batch_op:
        batch_op.add_column(sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True))
