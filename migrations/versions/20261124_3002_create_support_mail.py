"""Create support_mail: received mails, mailboxes, block rules."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261124_3002"
down_revision = "20261124_3001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _received()
    _mailboxes()
    op.create_table(
        "support_block_rule",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_block_rule")),
        sa.UniqueConstraint("kind", "value", name=op.f("uq_support_block_rule_kind_value")),
    )


def _received() -> None:
    op.create_table(
        "support_received_mail",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("message_id", sa.String(length=250), nullable=False),
        sa.Column("door", sa.String(length=8), nullable=False),
        sa.Column("department_id", BIGINT, nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("sender_name", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("size", BIGINT, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("why", sa.String(length=400), nullable=False),
        sa.Column("proven", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("quiet", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("ticket_id", BIGINT, nullable=True),
        sa.Column("ticket_message_id", BIGINT, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["support_department.id"], name=op.f("fk_support_received_mail_department_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["ticket.id"], name=op.f("fk_support_received_mail_ticket_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_message_id"], ["ticket_message.id"],
            name=op.f("fk_support_received_mail_ticket_message_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_received_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_support_received_mail_message_id")),
    )  # fmt: skip
    for column in ("department_id", "ticket_id", "ticket_message_id"):
        op.create_index(
            op.f(f"ix_support_received_mail_{column}"), "support_received_mail", [column], unique=False
        )
    op.create_index(
        "ix_support_received_mail_outcome_at", "support_received_mail", ["outcome", "at"], unique=False
    )


def _mailboxes() -> None:
    op.create_table(
        "support_mailbox",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("department_id", BIGINT, nullable=False),
        sa.Column("host", sa.String(length=255), nullable=False),
        sa.Column("port", BIGINT, nullable=False),
        sa.Column("security", sa.String(length=8), nullable=False),
        sa.Column("user_name", sa.String(length=254), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("folder", sa.String(length=120), nullable=False),
        sa.Column("done_folder", sa.String(length=120), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.String(length=400), server_default="", nullable=False),
        sa.Column("trouble_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["support_department.id"], name=op.f("fk_support_mailbox_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_mailbox")),
        sa.UniqueConstraint("department_id", name=op.f("uq_support_mailbox_department_id")),
    )
