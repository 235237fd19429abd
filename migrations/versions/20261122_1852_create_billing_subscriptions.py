"""Create billing_subscriptions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1852"
down_revision = "20261122_1851"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _subscription()
    _subscribed_service()
    _subscription_bill()


def _subscription() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=True),
        sa.Column("customer_id", sa.String(length=120), nullable=True),
        sa.Column("status", sa.String(length=12), nullable=False),
        sa.Column("first_invoice_id", BIGINT, nullable=False),
        sa.Column("checkout_url", sa.Text(), nullable=True),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("cancel_at", sa.Date(), nullable=True),
        sa.Column("on_end", sa.String(length=6), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_subscription_client_id")),
        sa.ForeignKeyConstraint(
            ["first_invoice_id"], ["invoice.id"], name=op.f("fk_subscription_first_invoice_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        sa.UniqueConstraint("gateway", "external_id", name=op.f("uq_subscription_gateway_external_id")),
        sa.UniqueConstraint("reference", name=op.f("uq_subscription_reference")),
    )
    op.create_index(op.f("ix_subscription_client_id"), "subscription", ["client_id"], unique=False)
    op.create_index(
        op.f("ix_subscription_first_invoice_id"), "subscription", ["first_invoice_id"], unique=False
    )


def _subscribed_service() -> None:
    op.create_table(
        "subscribed_service",
        sa.Column("subscription_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("service_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("live_key", BIGINT, nullable=True),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_subscribed_service_subscription_id")
        ),
        sa.PrimaryKeyConstraint("subscription_id", "service_id", name=op.f("pk_subscribed_service")),
        sa.UniqueConstraint("live_key", name=op.f("uq_subscribed_service_live_key")),
    )
    op.create_index(
        op.f("ix_subscribed_service_service_id"), "subscribed_service", ["service_id"], unique=False
    )


def _subscription_bill() -> None:
    op.create_table(
        "subscription_bill",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("subscription_id", BIGINT, nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=False),
        sa.Column("status", sa.String(length=14), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("total_minor", BIGINT, nullable=False),
        sa.Column("tax_minor", BIGINT, nullable=False),
        sa.Column("fee_minor", BIGINT, nullable=False),
        sa.Column("lines", DOCUMENT, nullable=False),
        sa.Column("period_start", sa.Date(), nullable=True),
        sa.Column("period_end", sa.Date(), nullable=True),
        sa.Column("payment_id", sa.String(length=120), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("invoice_id", BIGINT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_subscription_bill_invoice_id")),
        sa.ForeignKeyConstraint(
            ["subscription_id"], ["subscription.id"], name=op.f("fk_subscription_bill_subscription_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription_bill")),
        sa.UniqueConstraint("gateway", "external_id", name=op.f("uq_subscription_bill_gateway_external_id")),
    )
    op.create_index(
        op.f("ix_subscription_bill_invoice_id"), "subscription_bill", ["invoice_id"], unique=False
    )
    op.create_index(
        op.f("ix_subscription_bill_subscription_id"), "subscription_bill", ["subscription_id"], unique=False
    )
