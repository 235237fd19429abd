"""Create the table of leases of zones.

Revision ID: ez_powerdns_0001
Revises:
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "ez_powerdns_0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ez_powerdns_lease",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("zone", sa.String(253), nullable=False),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ez_powerdns_lease"),
        sa.UniqueConstraint("zone", name="uq_ez_powerdns_lease_zone"),
    )


def downgrade() -> None:
    op.drop_table("ez_powerdns_lease")
