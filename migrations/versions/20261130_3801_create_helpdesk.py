"""Create helpdesk: what another help desk has of our tickets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261130_3801"
down_revision = "20261130_3501"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "helpdesk_ticket",
        sa.Column("ticket_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("helpdesk", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=True),
        sa.Column("state", sa.String(length=8), server_default="open", nullable=False),
        sa.Column("job_id", BIGINT, nullable=True),
        sa.Column("again", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_helpdesk_ticket_ticket_id_ticket")
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_helpdesk_ticket")),
        sa.UniqueConstraint("helpdesk", "external_id", name=op.f("uq_helpdesk_ticket_helpdesk_external_id")),
    )
    op.create_table(
        "helpdesk_message",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("message_id", BIGINT, nullable=False),
        sa.Column("helpdesk", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=True),
        sa.ForeignKeyConstraint(
            ["message_id"], ["ticket_message.id"], name=op.f("fk_helpdesk_message_message_id_ticket_message")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helpdesk_message")),
        sa.UniqueConstraint("helpdesk", "external_id", name=op.f("uq_helpdesk_message_helpdesk_external_id")),
        sa.UniqueConstraint("message_id", name=op.f("uq_helpdesk_message_message_id")),
    )


def downgrade() -> None:
    op.drop_table("helpdesk_message")
    op.drop_table("helpdesk_ticket")
