"""Create billing_taxes; the database refuses rules of one place, class and level that overlap in time.

PostgreSQL by an exclusion constraint (btree_gist came with the money schema), SQLite by triggers.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1812"
down_revision = "20261122_1809"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tax_rule()
    _tax_number_check()
    if op.get_bind().dialect.name == "sqlite":
        _no_overlap_sqlite()
    else:
        _no_overlap_postgresql()


def _no_overlap_sqlite() -> None:
    overlap = (
        "EXISTS (SELECT 1 FROM tax_rule o WHERE o.id IS NOT NEW.id AND o.country = NEW.country"
        " AND o.region = NEW.region AND o.tax_class = NEW.tax_class AND o.level = NEW.level"
        " AND o.valid_from < COALESCE(NEW.valid_until, '9999-12-31')"
        " AND NEW.valid_from < COALESCE(o.valid_until, '9999-12-31'))"
    )
    # After, not before: only then an inserted row has its id.
    for verb in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER tax_rule_overlap_{verb.lower()} AFTER {verb} ON tax_rule WHEN {overlap}"
            " BEGIN SELECT RAISE(ABORT, 'tax rules overlap'); END"
        )


def _no_overlap_postgresql() -> None:
    op.execute(
        "ALTER TABLE tax_rule ADD CONSTRAINT ex_tax_rule_overlap EXCLUDE USING gist (country WITH =, region WITH =,"
        " tax_class WITH =, level WITH =, daterange(valid_from, valid_until) WITH &&)"
    )


def _tax_rule() -> None:
    op.create_table(
        "tax_rule",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("region", sa.String(length=80), nullable=False),
        sa.Column("tax_class", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("rate_ppm", BIGINT, nullable=False),
        sa.Column("level", BIGINT, nullable=False),
        sa.Column("compound", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("level IN (1, 2) AND (level = 2 OR NOT compound)", name=op.f("ck_tax_rule_level")),
        sa.CheckConstraint("rate_ppm >= 0 AND rate_ppm <= 1000000", name=op.f("ck_tax_rule_rate")),
        sa.CheckConstraint("valid_until IS NULL OR valid_until > valid_from", name=op.f("ck_tax_rule_dates")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_rule")),
        sa.UniqueConstraint(
            "country",
            "region",
            "tax_class",
            "level",
            "valid_from",
            name=op.f("uq_tax_rule_country_region_tax_class_level_valid_from"),
        ),
    )


def _tax_number_check() -> None:
    op.create_table(
        "tax_number_check",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("number", sa.String(length=20), nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("consultation", sa.String(length=60), nullable=False),
        sa.Column("requester", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("raw", DOCUMENT, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_tax_number_check_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tax_number_check")),
    )
    op.create_index(op.f("ix_tax_number_check_client_id"), "tax_number_check", ["client_id"], unique=False)
