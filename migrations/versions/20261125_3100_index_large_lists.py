"""Index what the dashboard sums by day, and the states that lists of orders and clients are divided by."""

from __future__ import annotations

from alembic import op

revision = "20261125_3100"
down_revision = "20261124_3002"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_invoice_sums", "invoice", ["issued_on", "status", "currency", "total_minor"]),
    ("ix_journal_on", "journal", ["on"]),
    ("ix_journal_kind", "journal", ["kind"]),
    ("ix_client_order_status", "client_order", ["status"]),
    ("ix_client_status", "client", ["status"]),
)


def upgrade() -> None:
    for name, table, columns in INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _columns in INDEXES:
        op.drop_index(name, table)
