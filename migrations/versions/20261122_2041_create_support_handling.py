"""Create support_handling: departments in full, watchers, who answers, merged tickets, ratings, canned replies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261122_2041"
down_revision = "20261122_2040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _departments()
    _tickets()
    _watchers()
    _replies()


def _departments() -> None:
    with op.batch_alter_table("support_department") as table:
        table.add_column(sa.Column("email", sa.String(length=254), nullable=True))
        table.add_column(sa.Column("priority", sa.String(length=8), server_default="normal", nullable=False))
        table.create_unique_constraint(op.f("uq_support_department_email"), ["email"])
    op.create_table(
        "support_department_member",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("department_id", BIGINT, nullable=False),
        sa.Column("user_id", BIGINT, nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"],
            ["support_department.id"],
            name=op.f("fk_support_department_member_department_id"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_support_department_member_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_department_member")),
        sa.UniqueConstraint(
            "department_id", "user_id", name=op.f("uq_support_department_member_department_id_user_id")
        ),
    )
    op.create_index(
        op.f("ix_support_department_member_user_id"), "support_department_member", ["user_id"], unique=False
    )


def _tickets() -> None:
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("answering_id", BIGINT, nullable=True))
        table.add_column(sa.Column("answering_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("merged_into_id", BIGINT, nullable=True))
        table.add_column(sa.Column("rating", BIGINT, nullable=True))
        table.add_column(sa.Column("rating_note", sa.String(length=500), server_default="", nullable=False))
        table.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
        table.create_foreign_key(op.f("fk_ticket_answering_id"), "user_account", ["answering_id"], ["id"])
        table.create_foreign_key(op.f("fk_ticket_merged_into_id"), "ticket", ["merged_into_id"], ["id"])
    op.create_index(op.f("ix_ticket_merged_into_id"), "ticket", ["merged_into_id"], unique=False)


def _watchers() -> None:
    op.create_table(
        "ticket_watcher",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIGINT, nullable=False),
        sa.Column("user_id", BIGINT, nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_watcher_ticket_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_ticket_watcher_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_watcher")),
        sa.UniqueConstraint("ticket_id", "email", name=op.f("uq_ticket_watcher_ticket_id_email")),
        sa.UniqueConstraint("ticket_id", "user_id", name=op.f("uq_ticket_watcher_ticket_id_user_id")),
    )


def _replies() -> None:
    op.create_table(
        "support_reply",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_reply")),
        sa.UniqueConstraint("title", name=op.f("uq_support_reply_title")),
    )
