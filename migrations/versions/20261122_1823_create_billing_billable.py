"""Create billing_billable."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1823"
down_revision = "20261122_1822"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _billable_item()
    _billable_charge()


def _billable_item() -> None:
    op.create_table(
        "billable_item",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("description", sa.String(length=200), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("quantity", BIGINT, nullable=False),
        sa.Column("unit_minor", BIGINT, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("tax_class", sa.String(length=40), nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("anchor_day", BIGINT, nullable=True),
        sa.Column("cycle", sa.String(length=12), nullable=False),
        sa.Column("left_over", BIGINT, nullable=True),
        sa.Column("charged", BIGINT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "left_over IS NULL OR left_over >= 0", name=op.f("ck_billable_item_not_overdrawn")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_billable_item_some")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_billable_item_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_billable_item")),
    )
    op.create_index("ix_billable_item_due", "billable_item", ["state", "client_id", "on"], unique=False)


def _billable_charge() -> None:
    op.create_table(
        "billable_charge",
        sa.Column("item_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("nth", BIGINT, autoincrement=False, nullable=False),
        sa.Column("invoice_id", BIGINT, nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_billable_charge_invoice_id")),
        sa.ForeignKeyConstraint(["item_id"], ["billable_item.id"], name=op.f("fk_billable_charge_item_id")),
        sa.PrimaryKeyConstraint("item_id", "nth", name=op.f("pk_billable_charge")),
    )
    op.create_index(op.f("ix_billable_charge_invoice_id"), "billable_charge", ["invoice_id"], unique=False)
