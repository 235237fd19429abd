"""Create consoles."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1920"
down_revision = "20261122_1911"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "console_ticket",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.Column("service_id", BIGINT, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_console_ticket_service_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_console_ticket_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_console_ticket")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_console_ticket_token_hash")),
    )
    op.create_index(op.f("ix_console_ticket_user_id"), "console_ticket", ["user_id"])


def downgrade() -> None:
    op.drop_table("console_ticket")
