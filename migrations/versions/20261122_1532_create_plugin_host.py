"""Create plugin_host."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_1532"
down_revision = "20261122_1531"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _plugin_setting()
    _plugin_state()


def _plugin_setting() -> None:
    op.create_table(
        "plugin_setting",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("plugin", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_setting")),
        sa.UniqueConstraint("plugin", "field", name=op.f("uq_plugin_setting_plugin_field")),
    )


def _plugin_state() -> None:
    op.create_table(
        "plugin_state",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("failures", BIGINT, nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plugin_state")),
        sa.UniqueConstraint("name", name=op.f("uq_plugin_state_name")),
    )
