"""Create billing_documents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1850"
down_revision = "20261122_1827"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _invoice_document()


def _invoice_document() -> None:
    op.create_table(
        "invoice_document",
        sa.Column("id", BIGINT, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("subject_id", BIGINT, nullable=False),
        sa.Column("format", sa.String(length=4), nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("file", sa.String(length=200), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", BIGINT, nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invoice_document")),
    )
    with op.batch_alter_table("invoice_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_document_client_id"), ["client_id"], unique=False)
        batch_op.create_index("ux_invoice_document", ["kind", "subject_id", "format"], unique=True)
