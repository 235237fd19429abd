"""Create jobs_outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1529"
down_revision = "20261122_1528"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _outbox_event()
    _outbox_delivery()


def _outbox_event() -> None:
    op.create_table(
        "outbox_event",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("payload", DOCUMENT, nullable=False),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_event")),
    )
    op.create_index("ix_outbox_waiting", "outbox_event", ["handed_at", "id"], unique=False)


def _outbox_delivery() -> None:
    op.create_table(
        "outbox_delivery",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("event_id", BIGINT, nullable=False),
        sa.Column("subscriber", sa.String(length=120), nullable=False),
        sa.Column("failures", BIGINT, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"], ["outbox_event.id"], name=op.f("fk_outbox_delivery_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_delivery")),
        sa.UniqueConstraint("event_id", "subscriber", name=op.f("uq_outbox_delivery_event_id_subscriber")),
    )
