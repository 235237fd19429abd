"""Create jobs_inbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1528"
down_revision = "20261122_1527"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _webhook_event()
    _webhook_body()


def _webhook_event() -> None:
    op.create_table(
        "webhook_event",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("account", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=120), nullable=False),
        sa.Column("api_version", sa.String(length=60), nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_event")),
        sa.UniqueConstraint(
            "source", "account", "external_id", name=op.f("uq_webhook_event_source_account_external_id")
        ),
    )


def _webhook_body() -> None:
    op.create_table(
        "webhook_body",
        sa.Column("event_id", BIGINT, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["webhook_event.id"], name=op.f("fk_webhook_body_event_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_webhook_body")),
    )
