"""Create billing_methods."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1853"
down_revision = "20261122_1852"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _method_setup()
    _method_notice()


def _method_setup() -> None:
    op.create_table(
        "method_setup",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("gateway", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_method_setup_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_method_setup")),
        sa.UniqueConstraint("reference", name=op.f("uq_method_setup_reference")),
    )
    op.create_index(op.f("ix_method_setup_client_id"), "method_setup", ["client_id"], unique=False)


def _method_notice() -> None:
    op.create_table(
        "method_notice",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("method_id", BIGINT, nullable=False),
        sa.Column("expires", sa.String(length=7), nullable=False),
        sa.Column("days", BIGINT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["method_id"], ["payment_method.id"], name=op.f("fk_method_notice_method_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_method_notice")),
        sa.UniqueConstraint(
            "method_id", "expires", "days", name=op.f("uq_method_notice_method_id_expires_days")
        ),
    )
