"""Change accounts: a permission for the reports about money and clients."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261127_3101"
down_revision = "20261126_3401"
branch_labels = None
depends_on = None

NEW = "reports.read"
READ = ("owner", "billing")


def upgrade() -> None:
    """Roles that stand keep what they had; those that see money as their work get the new permission."""
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
        if NEW not in held and (name in READ or "accounts.manage" in held):
            change = sa.update(role).where(role.c.id == number)
            connection.execute(change.values(permissions=sorted([*held, NEW])))


def downgrade() -> None:
    """Roles keep the permission: a release that does not know it asks for it nowhere."""
