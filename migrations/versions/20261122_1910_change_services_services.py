"""Resources of modules that need no server."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1910"
down_revision = "20261122_1900"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("service_resource", schema=None) as batch_op:
        batch_op.alter_column("server_id", existing_type=BIGINT, nullable=True)
