"""Create the table of names that operations of ours asked for.

Revision ID: ez_epp_0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "ez_epp_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ez_epp_mark",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("account", sa.String(300), nullable=False),
        sa.Column("name", sa.String(253), nullable=False),
        sa.Column("operation_key", sa.String(200), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("cause", sa.String(300), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ez_epp_mark"),
        sa.UniqueConstraint("account", "name", name="uq_ez_epp_mark_name"),
    )


def downgrade() -> None:
    op.drop_table("ez_epp_mark")
