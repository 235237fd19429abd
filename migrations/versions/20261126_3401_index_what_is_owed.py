"""Let the sum of what is owed be read from its index alone."""

from __future__ import annotations

from alembic import op

revision = "20261126_3401"
down_revision = "20261126_3202"
branch_labels = None
depends_on = None

NAME, BEFORE = "ix_invoice_unpaid", ["status", "due_on"]


def upgrade() -> None:
    op.drop_index(NAME, "invoice")
    op.create_index(NAME, "invoice", [*BEFORE, "currency", "total_minor", "paid_minor"])


def downgrade() -> None:
    op.drop_index(NAME, "invoice")
    op.create_index(NAME, "invoice", BEFORE)
