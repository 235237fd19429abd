"""Create messaging_mailings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261123_3024"
down_revision = "20261123_3023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _mail_refusal()
    _mailing()
    _mailing_recipient()


def _mail_refusal() -> None:
    op.create_table(
        "mail_refusal",
        sa.Column("client_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client_id", name=op.f("pk_mail_refusal")),
    )


def _mailing() -> None:
    op.create_table(
        "mailing",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("marketing", sa.Boolean(), nullable=False),
        sa.Column("filters", DOCUMENT, nullable=False),
        sa.Column("subject", sa.String(length=250), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("per_minute", BIGINT, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("chunk", BIGINT, nullable=False),
        sa.Column("turn", BIGINT, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(length=200), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("per_minute BETWEEN 1 AND 600", name=op.f("ck_mailing_per_minute")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing")),
    )
    op.create_index(op.f("ix_mailing_state"), "mailing", ["state"], unique=False)


def _mailing_recipient() -> None:
    op.create_table(
        "mailing_recipient",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("mailing_id", BIGINT, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("details", DOCUMENT, nullable=False),
        sa.Column("chunk", BIGINT, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("mail_id", BIGINT, nullable=True),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["mail_id"], ["mail.id"], name=op.f("fk_mailing_recipient_mail_id")),
        sa.ForeignKeyConstraint(["mailing_id"], ["mailing.id"], name=op.f("fk_mailing_recipient_mailing_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailing_recipient")),
        sa.UniqueConstraint(
            "mailing_id", "client_id", name=op.f("uq_mailing_recipient_mailing_id_client_id")
        ),
    )
    op.create_index(op.f("ix_mailing_recipient_client_id"), "mailing_recipient", ["client_id"], unique=False)
    op.create_index(op.f("ix_mailing_recipient_mail_id"), "mailing_recipient", ["mail_id"], unique=False)
    op.create_index(
        "ix_mailing_recipient_mailing_id_state_chunk",
        "mailing_recipient",
        ["mailing_id", "state", "chunk"],
        unique=False,
    )
