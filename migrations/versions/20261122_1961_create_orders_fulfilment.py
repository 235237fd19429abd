"""Create orders_fulfilment."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1961"
down_revision = "20261122_1960"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _order_stage()


def _order_stage() -> None:
    op.create_table(
        "order_stage",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("order_id", BIGINT, nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("name", sa.String(length=280), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=340), nullable=False),
        sa.Column("after", DOCUMENT, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("service_id", BIGINT, nullable=True),
        sa.Column("domain", sa.String(length=253), nullable=True),
        sa.Column("zone_id", BIGINT, nullable=True),
        sa.Column("job_id", BIGINT, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["order_id"], ["client_order.id"], name=op.f("fk_order_stage_order_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_order_stage_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_stage")),
        sa.UniqueConstraint("order_id", "name", name=op.f("uq_order_stage_order_id_name")),
    )
    op.create_index(op.f("ix_order_stage_job_id"), "order_stage", ["job_id"], unique=False)
    op.create_index(op.f("ix_order_stage_service_id"), "order_stage", ["service_id"], unique=False)
    op.create_index(op.f("ix_order_stage_zone_id"), "order_stage", ["zone_id"], unique=False)
