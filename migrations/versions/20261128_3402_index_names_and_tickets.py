"""Index what the staff lists of domain names and tickets are ordered by."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "20261128_3402"
down_revision = "20261127_3101"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_domain_name_state", "domain_name", ["state"])
    op.create_index("ix_domain_name_list", "domain_name", [text("ended_at DESC"), "expires_on", "id"])
    op.create_index("ix_ticket_moved", "ticket", ["moved_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_ticket_moved", "ticket")
    op.drop_index("ix_domain_name_list", "domain_name")
    op.drop_index("ix_domain_name_state", "domain_name")
