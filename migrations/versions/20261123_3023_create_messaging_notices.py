"""Create messaging_notices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261123_3023"
down_revision = "20261123_3022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _notice_rule()
    _staff_note()
    _notice_outcome()
    _staff_note_read()


def _notice_rule() -> None:
    op.create_table(
        "notice_rule",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("event", sa.String(length=80), nullable=False),
        sa.Column("conditions", DOCUMENT, nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("addresses", DOCUMENT, nullable=False),
        sa.Column("host", sa.String(length=260), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("secret", sa.Text(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_rule")),
        sa.UniqueConstraint("reference", name=op.f("uq_notice_rule_reference")),
    )
    op.create_index(op.f("ix_notice_rule_event"), "notice_rule", ["event"], unique=False)


def _staff_note() -> None:
    op.create_table(
        "staff_note",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("href", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_note")),
    )
    op.create_index(op.f("ix_staff_note_at"), "staff_note", ["at"], unique=False)


def _notice_outcome() -> None:
    op.create_table(
        "notice_outcome",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("rule_id", BIGINT, nullable=False),
        sa.Column("event_id", BIGINT, nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["notice_rule.id"], name=op.f("fk_notice_outcome_rule_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_outcome")),
        sa.UniqueConstraint("rule_id", "event_id", name=op.f("uq_notice_outcome_rule_id_event_id")),
    )
    op.create_index("ix_notice_outcome_rule_id_id", "notice_outcome", ["rule_id", "id"], unique=False)


def _staff_note_read() -> None:
    op.create_table(
        "staff_note_read",
        sa.Column("note_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("user_id", BIGINT, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["staff_note.id"], name=op.f("fk_staff_note_read_note_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_staff_note_read_user_id")),
        sa.PrimaryKeyConstraint("note_id", "user_id", name=op.f("pk_staff_note_read")),
    )
    op.create_index(op.f("ix_staff_note_read_user_id"), "staff_note_read", ["user_id"], unique=False)
