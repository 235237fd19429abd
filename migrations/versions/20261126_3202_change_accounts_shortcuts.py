"""Change accounts: single-key shortcuts of the admin area can be switched off by each member of staff."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261126_3202"
down_revision = "20261126_3201"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "user_account", sa.Column("shortcuts", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
