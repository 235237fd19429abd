"""Create accounts_people and messaging_copies; memberships with grants, sessions that choose a client."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261123_3042"
down_revision = "20261123_3041"
branch_labels = None
depends_on = None


def _document() -> sa.types.TypeEngine[object]:
    return sa.JSON(none_as_null=True).with_variant(
        postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), "postgresql"
    )


def upgrade() -> None:
    op.add_column("membership", sa.Column("grants", _document(), server_default="[]", nullable=False))
    with op.batch_alter_table("login_session") as table:
        table.add_column(sa.Column("client_id", BIGINT, nullable=True))
        table.add_column(sa.Column("looks_at", BIGINT, nullable=True))
        for name in ("client_id", "looks_at"):
            table.create_foreign_key(op.f(f"fk_login_session_{name}"), "client", [name], ["id"])
    _invitations()
    _contacts()


def _invitations() -> None:
    op.create_table(
        "client_invitation",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("grants", _document(), nullable=False),
        sa.Column("invited_by", BIGINT, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_invitation_client_id")),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["user_account.id"], name=op.f("fk_client_invitation_invited_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_client_invitation_token_hash")),
    )
    op.create_index(op.f("ix_client_invitation_client_id"), "client_invitation", ["client_id"], unique=False)


def _contacts() -> None:
    op.create_table(
        "client_contact",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("kinds", _document(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_contact_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_contact")),
        sa.UniqueConstraint("client_id", "email", name=op.f("uq_client_contact_client_id_email")),
    )
