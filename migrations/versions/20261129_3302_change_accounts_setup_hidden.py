"""Change accounts: each member of staff may hide what is left to set up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "20261129_3302"
down_revision = "20261129_3301"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "user_account", sa.Column("setup_hidden", sa.Boolean(), server_default=sa.false(), nullable=False)
    )


def downgrade() -> None:
    op.drop_column("user_account", "setup_hidden")
