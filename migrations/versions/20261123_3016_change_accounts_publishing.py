"""Change accounts: a permission for what the shop publishes. Create its trigram indexes where PostgreSQL has them."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261123_3016"
down_revision = "20261123_3015"
branch_labels = None
depends_on = None

NEW = "content.manage"
PUBLISH = ("owner", "support")
COLUMNS = (("article", "title"), ("article", "words"))


def upgrade() -> None:
    _permission()
    _indexes()


def _permission() -> None:
    """Roles that stand keep what they had; those that speak for the shop get the new permission."""
    document = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    role = sa.table(
        "staff_role",
        sa.column("id", BIGINT),
        sa.column("name", sa.String),
        sa.column("permissions", document),
    )
    connection = op.get_bind()
    for number, name, standing in connection.execute(sa.select(role)).all():
        held = json.loads(standing) if isinstance(standing, str) else list(standing)
        if NEW not in held and (name in PUBLISH or "accounts.manage" in held):
            change = sa.update(role).where(role.c.id == number)
            connection.execute(change.values(permissions=sorted([*held, NEW])))


def _indexes() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    known = "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"
    if connection.exec_driver_sql(known).first() is None:
        return
    for table, column in COLUMNS:
        op.execute(f"CREATE INDEX ix_{table}_{column}_trgm ON {table} USING gin ({column} gin_trgm_ops)")
