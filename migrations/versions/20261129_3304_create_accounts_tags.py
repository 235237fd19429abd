"""Create accounts tags: words that staff put on clients."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261129_3304"
down_revision = "20261129_3303"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "client_tag",
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("name", sa.String(length=30), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_tag_client_id_client")),
        sa.PrimaryKeyConstraint("client_id", "name", name=op.f("pk_client_tag")),
    )
    op.create_index(op.f("ix_client_tag_name"), "client_tag", ["name"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_client_tag_name"), table_name="client_tag")
    op.drop_table("client_tag")
