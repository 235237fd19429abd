"""Create publishing_incidents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
revision = "20261123_3011"
down_revision = "20261122_2041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _incident()
    _incident_update()
    _status_component()
    _incident_component()


def _incident() -> None:
    op.create_table(
        "incident",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("impact", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("solved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    op.create_index(op.f("ix_incident_starts_at"), "incident", ["starts_at"], unique=False)


def _incident_update() -> None:
    op.create_table(
        "incident_update",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("incident_id", BIGINT, nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_update_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_update")),
    )
    op.create_index(op.f("ix_incident_update_incident_id"), "incident_update", ["incident_id"], unique=False)


def _status_component() -> None:
    op.create_table(
        "status_component",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("blurb", sa.String(length=200), server_default="", nullable=False),
        sa.Column("server_id", BIGINT, nullable=True),
        sa.Column("position", BIGINT, server_default="0", nullable=False),
        sa.Column("shown", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(["server_id"], ["server.id"], name=op.f("fk_status_component_server_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_status_component")),
        sa.UniqueConstraint("name", name=op.f("uq_status_component_name")),
    )
    op.create_index(op.f("ix_status_component_server_id"), "status_component", ["server_id"], unique=False)


def _incident_component() -> None:
    op.create_table(
        "incident_component",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("incident_id", BIGINT, nullable=False),
        sa.Column("component_id", BIGINT, nullable=False),
        sa.ForeignKeyConstraint(
            ["component_id"], ["status_component.id"], name=op.f("fk_incident_component_component_id")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_incident_component_incident_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_component")),
        sa.UniqueConstraint(
            "incident_id", "component_id", name=op.f("uq_incident_component_incident_id_component_id")
        ),
    )
    op.create_index(
        op.f("ix_incident_component_component_id"), "incident_component", ["component_id"], unique=False
    )
