"""Change messaging: a mail carries files."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1851"
down_revision = "20261122_1850"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _mail()


def _mail() -> None:
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attachments", DOCUMENT, server_default="[]", nullable=False))
