"""Create the audit trail and its seals; the database itself refuses to change or delete a row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_0900"
down_revision = None
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_row", "audit_seal")


def upgrade() -> None:
    _audit_row()
    _audit_seal()
    if op.get_bind().dialect.name == "sqlite":
        _refuse_on_sqlite()
    else:
        _refuse_on_postgresql()


def _audit_row() -> None:
    op.create_table(
        "audit_row",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verb", sa.String(length=80), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("object_kind", sa.String(length=40), nullable=False),
        sa.Column("object_id", sa.String(length=80), nullable=False),
        sa.Column("client_id", BIGINT, nullable=True),
        sa.Column("actor_kind", sa.String(length=10), nullable=False),
        sa.Column("actor_id", BIGINT, nullable=True),
        sa.Column("actor_name", sa.String(length=200), nullable=False),
        sa.Column("behalf_of", BIGINT, nullable=True),
        sa.Column("ip", sa.String(length=64), nullable=True),
        sa.Column("before", DOCUMENT, nullable=True),
        sa.Column("after", DOCUMENT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_row")),
    )
    op.create_index(op.f("ix_audit_row_client_id"), "audit_row", ["client_id"], unique=False)
    op.create_index("ix_audit_row_object", "audit_row", ["object_kind", "object_id"], unique=False)


def _audit_seal() -> None:
    op.create_table(
        "audit_seal",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("first_id", BIGINT, nullable=False),
        sa.Column("last_id", BIGINT, nullable=False),
        sa.Column("rows_hash", sa.String(length=64), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("first_id", name=op.f("uq_audit_seal_first_id")),
        sa.UniqueConstraint("last_id", name=op.f("uq_audit_seal_last_id")),
    )


def _refuse_on_sqlite() -> None:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


def _refuse_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION ez_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ez_append_only()"
        )
