"""Create services_usage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1863"
down_revision = "20261122_1862"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _usage_bill()
    _usage_record()


def _usage_bill() -> None:
    op.create_table(
        "usage_bill",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("service_id", BIGINT, nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("period_start", sa.Date(), nullable=False),
        sa.Column("period_end", sa.Date(), nullable=False),
        sa.Column("used_milli", BIGINT, nullable=False),
        sa.Column("amount_minor", BIGINT, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("invoice_id", BIGINT, nullable=True),
        sa.Column("billed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_usage_bill_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_bill")),
        sa.UniqueConstraint(
            "service_id", "metric", "period_start", name=op.f("uq_usage_bill_service_id_metric_period_start")
        ),
    )
    op.create_index(op.f("ix_usage_bill_invoice_id"), "usage_bill", ["invoice_id"], unique=False)


def _usage_record() -> None:
    op.create_table(
        "usage_record",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("service_id", BIGINT, nullable=False),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("report_key", sa.String(length=120), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("quantity_milli", BIGINT, nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("bill_id", BIGINT, nullable=True),
        sa.CheckConstraint("quantity_milli >= 0", name=op.f("ck_usage_record_not_negative")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_usage_record_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_usage_record")),
        sa.UniqueConstraint(
            "service_id", "metric", "report_key", name=op.f("uq_usage_record_service_id_metric_report_key")
        ),
    )
    op.create_index(
        "ix_usage_record_open", "usage_record", ["service_id", "metric", "bill_id", "day"], unique=False
    )
