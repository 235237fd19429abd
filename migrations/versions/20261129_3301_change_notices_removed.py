"""Change notices: a rule that is deleted hears nothing any more, and what came of it stays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261129_3301"
down_revision = "20261128_3402"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notice_rule", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("notice_rule", "removed_at")
