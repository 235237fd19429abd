"""Change services_services."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1808"
down_revision = "20261122_1807"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _service()


def _service() -> None:
    with op.batch_alter_table("service", schema=None) as batch_op:
        batch_op.add_column(sa.Column("selection", DOCUMENT, server_default="{}", nullable=False))
        batch_op.add_column(
            sa.Column("tax_class", sa.String(length=40), server_default="standard", nullable=False)
        )
        batch_op.add_column(sa.Column("price_id", BIGINT, nullable=True))
        batch_op.add_column(sa.Column("parent_id", BIGINT, nullable=True))
        batch_op.add_column(sa.Column("promotion_id", BIGINT, nullable=True))
        batch_op.add_column(sa.Column("promotion_left", BIGINT, nullable=True))
        batch_op.add_column(sa.Column("override_invoice_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("override_suspend_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("override_terminate_on", sa.Date(), nullable=True))
        batch_op.create_index(batch_op.f("ix_service_parent_id"), ["parent_id"], unique=False)
