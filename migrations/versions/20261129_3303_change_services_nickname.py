"""Change services: a client may give a service a name of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261129_3303"
down_revision = "20261129_3302"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("service", sa.Column("nickname", sa.String(60), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("service", "nickname")
