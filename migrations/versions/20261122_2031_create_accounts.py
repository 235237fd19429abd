"""Create accounts: invitations of staff, notes about clients; a permission for the work on clients."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_2031"
down_revision = "20261122_2030"
branch_labels = None
depends_on = None

NEW = "clients.manage"
WORK_ON_CLIENTS = ("owner", "billing", "support")


def upgrade() -> None:
    _staff_invitation()
    _client_note()
    _permission()


def _staff_invitation() -> None:
    op.create_table(
        "staff_invitation",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("role_id", BIGINT, nullable=False),
        sa.Column("invited_by", BIGINT, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["invited_by"], ["user_account.id"], name=op.f("fk_staff_invitation_invited_by")
        ),
        sa.ForeignKeyConstraint(["role_id"], ["staff_role.id"], name=op.f("fk_staff_invitation_role_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_invitation_token_hash")),
    )
    op.create_index(op.f("ix_staff_invitation_email"), "staff_invitation", ["email"], unique=False)
    op.create_index(op.f("ix_staff_invitation_role_id"), "staff_invitation", ["role_id"], unique=False)


def _client_note() -> None:
    op.create_table(
        "client_note",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("sticky", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_client_note_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_note")),
    )
    op.create_index(op.f("ix_client_note_client_id"), "client_note", ["client_id"], unique=False)


def _permission() -> None:
    """Roles that stand keep what they had; those that worked on clients before get the permission for it."""
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
        if NEW not in held and (name in WORK_ON_CLIENTS or "accounts.manage" in held):
            change = sa.update(role).where(role.c.id == number)
            connection.execute(change.values(permissions=sorted([*held, NEW])))
