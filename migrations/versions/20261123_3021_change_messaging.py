"""Change messaging: HTML, what was said again, marketing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261123_3021"
down_revision = "20261123_3016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _mail()


def _mail() -> None:
    with op.batch_alter_table("mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("html", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("resent_from_id", BIGINT, nullable=True))
        batch_op.add_column(
            sa.Column("marketing", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        batch_op.create_index(batch_op.f("ix_mail_resent_from_id"), ["resent_from_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_mail_resent_from_id"), "mail", ["resent_from_id"], ["id"])
