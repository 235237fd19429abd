"""Create themes: the looks that were published, so that a former one can be worn again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261130_3501"
down_revision = "20261129_3304"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "theme_version",
        sa.Column("id", BIGINT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("theme", sa.String(length=60), nullable=False),
        sa.Column("brand", sa.String(length=7), nullable=False),
        sa.Column("corners", sa.String(length=20), nullable=False),
        sa.Column("font", sa.String(length=20), nullable=False),
        sa.Column("logo", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_theme_version")),
    )


def downgrade() -> None:
    op.drop_table("theme_version")
