"""Create catalog_entitlements."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1534"
down_revision = "20261122_1533"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _entitlement()


def _entitlement() -> None:
    op.create_table(
        "entitlement",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("service_id", BIGINT, nullable=False),
        sa.Column("product_id", BIGINT, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("live_key", sa.String(length=60), nullable=True),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("granted_for", sa.String(length=120), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_for", sa.String(length=120), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entitlement")),
        sa.UniqueConstraint("live_key", name=op.f("uq_entitlement_live_key")),
    )
    op.create_index("ix_entitlement_client_live", "entitlement", ["client_id", "withdrawn_at"], unique=False)
    op.create_index(op.f("ix_entitlement_service_id"), "entitlement", ["service_id"], unique=False)
