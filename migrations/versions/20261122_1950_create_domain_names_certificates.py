"""Create domain_names_certificates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1950"
down_revision = "20261122_1930"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _certificate()


def _certificate() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("service_id", BIGINT, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("names", DOCUMENT, nullable=False),
        sa.Column("authority", sa.String(length=40), nullable=False),
        sa.Column("proof", sa.String(length=10), nullable=False),
        sa.Column("key_type", sa.String(length=4), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("operation_key", sa.String(length=160), nullable=False),
        sa.Column("own_csr", sa.Text(), nullable=True),
        sa.Column("key_sealed", sa.Text(), nullable=True),
        sa.Column("key_shown_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_key_sealed", sa.Text(), nullable=True),
        sa.Column("next_round", sa.String(length=160), nullable=True),
        sa.Column("chain_pem", sa.Text(), nullable=True),
        sa.Column("serial", sa.String(length=64), nullable=True),
        sa.Column("issuer", sa.String(length=200), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_after", sa.DateTime(timezone=True), nullable=True),
        sa.Column("renew_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rounds", BIGINT, nullable=False),
        sa.Column("failures", BIGINT, nullable=False),
        sa.Column("open_job_id", BIGINT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("warned_serial", sa.String(length=64), nullable=True),
        sa.Column("installed", DOCUMENT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_certificate_client_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_certificate_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("service_id", name=op.f("uq_certificate_service_id")),
    )
    op.create_index(op.f("ix_certificate_client_id"), "certificate", ["client_id"], unique=False)
    op.create_index(op.f("ix_certificate_not_after"), "certificate", ["not_after"], unique=False)
    op.create_index("ix_certificate_renewal", "certificate", ["state", "renew_at"], unique=False)
