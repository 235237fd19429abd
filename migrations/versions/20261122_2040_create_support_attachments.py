"""Create support_attachments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_2040"
down_revision = "20261122_2031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ticket_file",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIGINT, nullable=False),
        sa.Column("message_id", BIGINT, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("size", BIGINT, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["ticket_message.id"], name=op.f("fk_ticket_file_message_id")
        ),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_file_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_file")),
    )
    op.create_index(op.f("ix_ticket_file_message_id"), "ticket_file", ["message_id"], unique=False)
    op.create_index(op.f("ix_ticket_file_ticket_id"), "ticket_file", ["ticket_id"], unique=False)
