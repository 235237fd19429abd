"""Create billing_methods."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1527"
down_revision = "20261122_1526"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _gateway_customer()
    _payment_method()


def _gateway_customer() -> None:
    op.create_table(
        "gateway_customer",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_gateway_customer_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gateway_customer")),
        sa.UniqueConstraint("client_id", "gateway", name=op.f("uq_gateway_customer_client_id_gateway")),
    )


def _payment_method() -> None:
    op.create_table(
        "payment_method",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=120), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("expires", sa.String(length=7), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_payment_method_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_method")),
        sa.UniqueConstraint("gateway", "external_id", name=op.f("uq_payment_method_gateway_external_id")),
    )
    op.create_index(op.f("ix_payment_method_client_id"), "payment_method", ["client_id"], unique=False)
