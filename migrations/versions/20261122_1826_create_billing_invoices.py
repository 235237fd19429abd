"""Create billing_invoices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1826"
down_revision = "20261122_1824"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _late_fee()


def _late_fee() -> None:
    op.create_table(
        "late_fee",
        sa.Column("invoice_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("nth", BIGINT, autoincrement=False, nullable=False),
        sa.Column("fee_invoice_id", BIGINT, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"], name=op.f("fk_late_fee_invoice_id")),
        sa.PrimaryKeyConstraint("invoice_id", "nth", name=op.f("pk_late_fee")),
    )
