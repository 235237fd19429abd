"""Change support_tickets and messaging: guests of the desk; mails that are parts of a conversation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261124_3001"
down_revision = "20261123_3044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("support_department") as table:
        for name in ("guests", "plus"):
            table.add_column(sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("ticket") as table:
        table.alter_column("client_id", existing_type=BIGINT, nullable=True)
        table.add_column(sa.Column("guest_name", sa.String(length=80), server_default="", nullable=False))
        table.add_column(sa.Column("guest_email", sa.String(length=254), nullable=True))
    # In a new shop anybody may ask sales; one that has clients decides for itself.
    op.execute(
        "UPDATE support_department SET guests = true WHERE slug = 'sales' AND NOT EXISTS (SELECT 1 FROM client)"
    )
    op.create_index(op.f("ix_ticket_guest_email"), "ticket", ["guest_email"], unique=False)
    _mails()


def _mails() -> None:
    document = sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
    )
    with op.batch_alter_table("mail") as table:
        table.add_column(sa.Column("thread", sa.String(length=160), nullable=True))
        table.add_column(sa.Column("refs", document, server_default="[]", nullable=False))
        table.add_column(sa.Column("reply_to", sa.String(length=254), nullable=True))
    op.create_index(op.f("ix_mail_thread"), "mail", ["thread"], unique=False)
