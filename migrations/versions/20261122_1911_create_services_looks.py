"""Servers in groups, their tests and listings; looks at services; drift between our books and vendors."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
MOMENT = sa.DateTime(timezone=True)
revision = "20261122_1911"
down_revision = "20261122_1910"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _server_group()
    _product_server_group()
    _server()
    _server_listing()
    _service_look()
    _drift_run()
    _drift_finding()


def _server_group() -> None:
    op.create_table(
        "server_group",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("module", sa.String(length=40), nullable=False),
        sa.Column("policy", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_server_group")),
        sa.UniqueConstraint("name", name=op.f("uq_server_group_name")),
    )


def _product_server_group() -> None:
    op.create_table(
        "product_server_group",
        sa.Column("product_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("group_id", BIGINT, nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["server_group.id"], name=op.f("fk_product_server_group_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["product_id"], ["product.id"], name=op.f("fk_product_server_group_product_id")
        ),
        sa.PrimaryKeyConstraint("product_id", name=op.f("pk_product_server_group")),
    )
    op.create_index(op.f("ix_product_server_group_group_id"), "product_server_group", ["group_id"])


def _server() -> None:
    with op.batch_alter_table("server", schema=None) as batch_op:
        batch_op.add_column(sa.Column("group_id", BIGINT, nullable=True))
        batch_op.add_column(sa.Column("capacity", BIGINT, nullable=True))
        batch_op.add_column(
            sa.Column("maintenance", sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
        batch_op.add_column(sa.Column("chosen", BIGINT, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("host_name", sa.String(length=253), server_default="", nullable=False))
        batch_op.add_column(sa.Column("addresses", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("location", sa.String(length=80), server_default="", nullable=False))
        batch_op.add_column(sa.Column("note", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(sa.Column("tested_at", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("test_report", DOCUMENT, nullable=True))
        batch_op.add_column(sa.Column("test_problem", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("usage_until", MOMENT, nullable=True))
        batch_op.add_column(sa.Column("usage_problem", sa.Text(), nullable=True))
        batch_op.create_check_constraint(op.f("ck_server_capacity"), "capacity IS NULL OR capacity >= 0")
        batch_op.create_foreign_key(op.f("fk_server_group_id"), "server_group", ["group_id"], ["id"])
        batch_op.create_index(op.f("ix_server_group_id"), ["group_id"])


def _server_listing() -> None:
    op.create_table(
        "server_listing",
        sa.Column("server_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.Column("accounts", DOCUMENT, nullable=False),
        sa.ForeignKeyConstraint(["server_id"], ["server.id"], name=op.f("fk_server_listing_server_id")),
        sa.PrimaryKeyConstraint("server_id", name=op.f("pk_server_listing")),
    )


def _service_look() -> None:
    op.create_table(
        "service_look",
        sa.Column("service_id", BIGINT, autoincrement=False, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=True),
        sa.Column("document", DOCUMENT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("failed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_service_look_service_id")),
        sa.PrimaryKeyConstraint("service_id", name=op.f("pk_service_look")),
    )
    op.create_index(op.f("ix_service_look_asked_at"), "service_look", ["asked_at"])


def _drift_run() -> None:
    op.create_table(
        "drift_run",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("figures", DOCUMENT, nullable=False),
        sa.Column("problems", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift_run")),
    )


def _drift_finding() -> None:
    op.create_table(
        "drift_finding",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("open_key", sa.String(length=200), nullable=True),
        sa.Column("section", sa.String(length=40), nullable=False),
        sa.Column("scope", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("ours", sa.Text(), nullable=False),
        sa.Column("theirs", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.String(length=20), nullable=False),
        sa.Column("subject_id", BIGINT, nullable=True),
        sa.Column("proposals", DOCUMENT, nullable=False),
        sa.Column("first_run_id", BIGINT, nullable=False),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.Column("last_seen_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["first_run_id"], ["drift_run.id"], name=op.f("fk_drift_finding_first_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drift_finding")),
        sa.UniqueConstraint("open_key", name=op.f("uq_drift_finding_open_key")),
    )
    op.create_index(op.f("ix_drift_finding_key"), "drift_finding", ["key"])
    op.create_index(op.f("ix_drift_finding_closed_at"), "drift_finding", ["closed_at"])
