"""Create services_services."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1537"
down_revision = "20261122_1536"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _service()
    _service_resource()
    _service_secret()


def _service() -> None:
    op.create_table(
        "service",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("product_id", BIGINT, nullable=False),
        sa.Column("order_line_id", BIGINT, nullable=True),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("module", sa.String(length=40), nullable=True),
        sa.Column("server_id", BIGINT, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("price_minor", BIGINT, nullable=False),
        sa.Column("cycle", sa.String(length=20), nullable=False),
        sa.Column("anchor_day", BIGINT, nullable=False),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("paid_until", sa.Date(), nullable=True),
        sa.Column("billed_until", sa.Date(), nullable=True),
        sa.Column("params", DOCUMENT, nullable=False),
        sa.Column("choices", DOCUMENT, nullable=False),
        sa.Column("settings", DOCUMENT, nullable=False),
        sa.Column("open_action", sa.String(length=40), nullable=True),
        sa.Column("actions", BIGINT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended_on", sa.Date(), nullable=True),
        sa.Column("suspend_reason", sa.String(length=200), nullable=True),
        sa.Column("cancel_on", sa.Date(), nullable=True),
        sa.Column("cancel_reason", sa.String(length=400), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_service_client_id")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_service_product_id")),
        sa.ForeignKeyConstraint(["server_id"], ["server.id"], name=op.f("fk_service_server_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service")),
        sa.UniqueConstraint("order_line_id", name=op.f("uq_service_order_line_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_service_reference")),
    )
    op.create_index(op.f("ix_service_client_id"), "service", ["client_id"], unique=False)
    op.create_index("ix_service_renewal", "service", ["state", "billed_until"], unique=False)


def _service_resource() -> None:
    op.create_table(
        "service_resource",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("service_id", BIGINT, nullable=False),
        sa.Column("module", sa.String(length=40), nullable=False),
        sa.Column("server_id", BIGINT, nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("operation_key", sa.String(length=160), nullable=False),
        sa.Column("address", sa.String(length=80), nullable=True),
        sa.Column("location", sa.String(length=80), nullable=True),
        sa.Column("facts", DOCUMENT, nullable=False),
        sa.Column("live_key", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["server_id"], ["server.id"], name=op.f("fk_service_resource_server_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_resource_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_resource")),
        sa.UniqueConstraint("live_key", name=op.f("uq_service_resource_live_key")),
    )
    op.create_index(op.f("ix_service_resource_service_id"), "service_resource", ["service_id"], unique=False)


def _service_secret() -> None:
    op.create_table(
        "service_secret",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("service_id", BIGINT, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.String(length=400), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revealed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_secret_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_service_secret")),
        sa.UniqueConstraint("service_id", "name", name=op.f("uq_service_secret_service_id_name")),
    )
