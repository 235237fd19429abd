"""Create billing_credit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1805"
down_revision = "20261122_1804"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _client_credit()


def _client_credit() -> None:
    op.create_table(
        "client_credit",
        sa.Column("client_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("balance_minor", BIGINT, nullable=False),
        sa.CheckConstraint("balance_minor >= 0", name=op.f("ck_client_credit_not_negative")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_credit_client_id")),
        sa.PrimaryKeyConstraint("client_id", "currency", name=op.f("pk_client_credit")),
    )
