"""No payment is refunded beyond what was received (I08), held by the database."""

from __future__ import annotations

from alembic import op

revision = "20261122_1862"
down_revision = "20261122_1861"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("payment_transaction", schema=None) as batch:
        batch.create_check_constraint(
            op.f("ck_payment_transaction_refunded_within"),
            "refunded_minor >= 0 AND refunded_minor <= received_minor",
        )
        batch.create_check_constraint(
            op.f("ck_payment_transaction_disputed_not_negative"), "disputed_minor >= 0"
        )
