"""Create services_manual."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1962"
down_revision = "20261122_1961"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _work_request()
    _work_item()
    _work_time()


def _work_request() -> None:
    op.create_table(
        "work_request",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("service_id", BIGINT, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("job_id", BIGINT, nullable=True),
        sa.Column("slot", sa.String(length=60), nullable=True),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("answers", DOCUMENT, nullable=False),
        sa.Column("question", sa.Text(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("assignee_id", BIGINT, nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["user_account.id"], name=op.f("fk_work_request_assignee_id")
        ),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_work_request_client_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_work_request_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_request")),
        sa.UniqueConstraint("job_id", name=op.f("uq_work_request_job_id")),
        sa.UniqueConstraint("slot", name=op.f("uq_work_request_slot")),
    )
    op.create_index(op.f("ix_work_request_client_id"), "work_request", ["client_id"], unique=False)
    op.create_index(op.f("ix_work_request_service_id"), "work_request", ["service_id"], unique=False)
    op.create_index("ix_work_request_state", "work_request", ["state", "moved_at"], unique=False)


def _work_item() -> None:
    op.create_table(
        "work_item",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("request_id", BIGINT, nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["request_id"], ["work_request.id"], name=op.f("fk_work_item_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_item")),
    )
    op.create_index(op.f("ix_work_item_request_id"), "work_item", ["request_id"], unique=False)


def _work_time() -> None:
    op.create_table(
        "work_time",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("request_id", BIGINT, nullable=False),
        sa.Column("minutes", BIGINT, nullable=False),
        sa.Column("text", sa.String(length=400), nullable=False),
        sa.Column("billable", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("billable_item_id", BIGINT, nullable=True),
        sa.Column("author_id", BIGINT, nullable=True),
        sa.Column("author_name", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_work_time_some")),
        sa.ForeignKeyConstraint(
            ["billable_item_id"], ["billable_item.id"], name=op.f("fk_work_time_billable_item_id")
        ),
        sa.ForeignKeyConstraint(["request_id"], ["work_request.id"], name=op.f("fk_work_time_request_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_work_time")),
    )
    op.create_index(op.f("ix_work_time_request_id"), "work_time", ["request_id"], unique=False)
