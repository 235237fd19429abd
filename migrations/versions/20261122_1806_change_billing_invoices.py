"""Change billing_invoices."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1806"
down_revision = "20261122_1805"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _invoice()
    _invoice_line()


def _invoice() -> None:
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=12), server_default="invoice", nullable=False))
        batch_op.add_column(sa.Column("series", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("sequence", BIGINT, nullable=True))
        batch_op.add_column(sa.Column("proforma_number", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("net_minor", BIGINT, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("tax_minor", BIGINT, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("credited_minor", BIGINT, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("written_off_minor", BIGINT, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("tax_point", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column("tax_treatment", sa.String(length=20), server_default="taxed", nullable=False)
        )
        batch_op.add_column(sa.Column("tax_note", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("replaces_id", BIGINT, nullable=True))
        batch_op.add_column(sa.Column("hash_version", BIGINT, server_default="1", nullable=False))
        batch_op.create_index("ux_invoice_proforma_number", ["proforma_number"], unique=True)
        batch_op.create_index("ux_invoice_sequence", ["series", "sequence"], unique=True)


def _invoice_line() -> None:
    with op.batch_alter_table("invoice_line", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kind", sa.String(length=12), server_default="item", nullable=False))
        batch_op.add_column(sa.Column("tax_minor", BIGINT, server_default="0", nullable=False))
        batch_op.add_column(
            sa.Column("tax_class", sa.String(length=40), server_default="standard", nullable=False)
        )
        batch_op.add_column(sa.Column("price_id", BIGINT, nullable=True))
        batch_op.add_column(sa.Column("promotion_id", BIGINT, nullable=True))
        batch_op.add_column(sa.Column("tax_positions", DOCUMENT, server_default="[]", nullable=False))
        batch_op.add_column(sa.Column("explain", DOCUMENT, server_default="{}", nullable=False))
