"""Create support_tickets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1960"
down_revision = "20261122_1950"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _support_department()
    _ticket()
    _ticket_link()
    _ticket_message()
    _first_departments()
    _allow_staff()


def _support_department() -> None:
    op.create_table(
        "support_department",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("slug", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("blurb", sa.String(length=200), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("hidden", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_department")),
        sa.UniqueConstraint("slug", name=op.f("uq_support_department_slug")),
    )


def _ticket() -> None:
    op.create_table(
        "ticket",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=True),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("user_id", BIGINT, nullable=True),
        sa.Column("department_id", BIGINT, nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("assignee_id", BIGINT, nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["assignee_id"], ["user_account.id"], name=op.f("fk_ticket_assignee_id")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_ticket_client_id")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["support_department.id"], name=op.f("fk_ticket_department_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket")),
        sa.UniqueConstraint("key", name=op.f("uq_ticket_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_ticket_reference")),
    )
    op.create_index(op.f("ix_ticket_client_id"), "ticket", ["client_id"], unique=False)
    op.create_index(op.f("ix_ticket_department_id"), "ticket", ["department_id"], unique=False)
    op.create_index("ix_ticket_state_moved", "ticket", ["state", "moved_at"], unique=False)


def _ticket_link() -> None:
    op.create_table(
        "ticket_link",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIGINT, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("object_id", BIGINT, nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_link_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_link")),
        sa.UniqueConstraint(
            "ticket_id", "kind", "object_id", name=op.f("uq_ticket_link_ticket_id_kind_object_id")
        ),
    )
    op.create_index("ix_ticket_link_object", "ticket_link", ["kind", "object_id"], unique=False)


def _ticket_message() -> None:
    op.create_table(
        "ticket_message",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("ticket_id", BIGINT, nullable=False),
        sa.Column("author_kind", sa.String(length=8), nullable=False),
        sa.Column("author_id", BIGINT, nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("internal", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["ticket.id"], name=op.f("fk_ticket_message_ticket_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_message")),
    )
    op.create_index(op.f("ix_ticket_message_ticket_id"), "ticket_message", ["ticket_id"], unique=False)


def _first_departments() -> None:
    department = sa.table(
        "support_department",
        *(sa.column(name) for name in ("slug", "name", "blurb", "position", "hidden")),
    )
    op.bulk_insert(
        department,
        [
            {"slug": slug, "name": name, "blurb": blurb, "position": position, "hidden": False}
            for position, (slug, name, blurb) in enumerate(
                (
                    ("help", "Technical help", "Something does not work, or you want to know how it does."),
                    ("billing", "Billing", "Invoices, payments, refunds."),
                    ("sales", "Sales", "What to order, and quotes."),
                )
            )
        ],
    )


def _allow_staff() -> None:
    """Roles that were made before there was a support desk: those that run it may."""
    role = sa.table("staff_role", sa.column("id"), sa.column("name"), sa.column("permissions", DOCUMENT))
    connection = op.get_bind()
    for row in connection.execute(sa.select(role).where(role.c.name.in_(["owner", "support"]))).all():
        if "support.manage" not in row.permissions:
            wider = sorted([*row.permissions, "support.manage"])
            connection.execute(sa.update(role).where(role.c.id == row.id).values(permissions=wider))
