"""Create domain names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

BIGINT = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
revision = "20261122_1930"
down_revision = "20261122_1920"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tld_margin()
    _tld()
    _tld_price()
    _domain_check()
    _domain_name()
    _dns_template()
    _dns_zone()


def _tld_margin() -> None:
    op.create_table(
        "tld_margin",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("registrar", sa.String(length=40), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("percent_ppm", BIGINT, nullable=False),
        sa.Column("fixed_minor", BIGINT, nullable=False),
        sa.Column("ending_minor", BIGINT, nullable=True),
        sa.Column("rate_ppm", BIGINT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tld_margin")),
        sa.UniqueConstraint("registrar", "currency", name=op.f("uq_tld_margin_registrar_currency")),
    )


def _tld() -> None:
    op.create_table(
        "tld",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=63), nullable=False),
        sa.Column("registrar", sa.String(length=40), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("min_years", BIGINT, nullable=False),
        sa.Column("max_years", BIGINT, nullable=False),
        sa.Column("grace_days", BIGINT, nullable=False),
        sa.Column("redemption_days", BIGINT, nullable=False),
        sa.Column("idn", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("mixed_scripts", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("ascii_contacts", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("transfer_needs_code", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("position", BIGINT, nullable=False),
        sa.Column("product_id", BIGINT, nullable=True),
        sa.Column("transfer_product_id", BIGINT, nullable=True),
        sa.Column("costs", DOCUMENT, nullable=False),
        sa.Column("costs_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_tld_product_id")),
        sa.ForeignKeyConstraint(
            ["transfer_product_id"], ["product.id"], name=op.f("fk_tld_transfer_product_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tld")),
        sa.UniqueConstraint("name", name=op.f("uq_tld_name")),
    )


def _tld_price() -> None:
    op.create_table(
        "tld_price",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("tld_id", BIGINT, nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("years", BIGINT, nullable=False),
        sa.Column("register_minor", BIGINT, nullable=False),
        sa.Column("renew_minor", BIGINT, nullable=False),
        sa.Column("transfer_minor", BIGINT, nullable=True),
        sa.Column("restore_minor", BIGINT, nullable=True),
        sa.Column("explicit", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint(
            "register_minor >= 0 AND renew_minor >= 0", name=op.f("ck_tld_price_not_negative")
        ),
        sa.CheckConstraint("years BETWEEN 1 AND 10", name=op.f("ck_tld_price_years")),
        sa.ForeignKeyConstraint(["tld_id"], ["tld.id"], name=op.f("fk_tld_price_tld_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tld_price")),
        sa.UniqueConstraint("tld_id", "currency", "years", name=op.f("uq_tld_price_tld_id_currency_years")),
    )
    op.create_index(op.f("ix_tld_price_tld_id"), "tld_price", ["tld_id"], unique=False)


def _domain_check() -> None:
    op.create_table(
        "domain_check",
        sa.Column("name", sa.String(length=253), nullable=False),
        sa.Column("answer", DOCUMENT, nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_domain_check")),
    )
    op.create_index(op.f("ix_domain_check_checked_at"), "domain_check", ["checked_at"], unique=False)


def _domain_name() -> None:
    op.create_table(
        "domain_name",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("service_id", BIGINT, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("name", sa.String(length=253), nullable=False),
        sa.Column("live_key", sa.String(length=253), nullable=True),
        sa.Column("tld", sa.String(length=63), nullable=False),
        sa.Column("registrar", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("years", BIGINT, nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=True),
        sa.Column("operation_key", sa.String(length=160), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("nameservers", DOCUMENT, nullable=False),
        sa.Column("glue", DOCUMENT, nullable=False),
        sa.Column("ds", DOCUMENT, nullable=False),
        sa.Column("contacts", DOCUMENT, nullable=False),
        sa.Column("locked", sa.Boolean(), nullable=True),
        sa.Column("privacy", sa.Boolean(), nullable=True),
        sa.Column("vendor_renews", sa.Boolean(), nullable=True),
        sa.Column("registry_status", DOCUMENT, nullable=False),
        sa.Column("code_sealed", sa.String(length=600), nullable=True),
        sa.Column("auth_sealed", sa.String(length=600), nullable=True),
        sa.Column("auth_made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_action", sa.String(length=40), nullable=True),
        sa.Column("actions", BIGINT, nullable=False),
        sa.Column("let_go_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("odd", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_domain_name_client_id")),
        sa.ForeignKeyConstraint(["service_id"], ["service.id"], name=op.f("fk_domain_name_service_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_domain_name")),
        sa.UniqueConstraint("live_key", name=op.f("uq_domain_name_live_key")),
        sa.UniqueConstraint("service_id", name=op.f("uq_domain_name_service_id")),
    )
    op.create_index(op.f("ix_domain_name_client_id"), "domain_name", ["client_id"], unique=False)
    op.create_index("ix_domain_name_expires_on", "domain_name", ["expires_on"], unique=False)
    op.create_index(op.f("ix_domain_name_name"), "domain_name", ["name"], unique=False)
    op.create_index("ix_domain_name_registrar_state", "domain_name", ["registrar", "state"], unique=False)


def _dns_template() -> None:
    op.create_table(
        "dns_template",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("records", DOCUMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dns_template")),
        sa.UniqueConstraint("name", name=op.f("uq_dns_template_name")),
    )


def _dns_zone() -> None:
    op.create_table(
        "dns_zone",
        sa.Column("id", BIGINT, autoincrement=True, nullable=False),
        sa.Column("client_id", BIGINT, nullable=False),
        sa.Column("domain_id", BIGINT, nullable=True),
        sa.Column("name", sa.String(length=253), nullable=False),
        sa.Column("live_key", sa.String(length=253), nullable=True),
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("external_id", sa.String(length=120), nullable=True),
        sa.Column("operation_key", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("nameservers", DOCUMENT, nullable=False),
        sa.Column("dnssec", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("ds", DOCUMENT, nullable=False),
        sa.Column("records", DOCUMENT, nullable=False),
        sa.Column("records_read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("actions", BIGINT, nullable=False),
        sa.Column("made_for", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_dns_zone_client_id")),
        sa.ForeignKeyConstraint(["domain_id"], ["domain_name.id"], name=op.f("fk_dns_zone_domain_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dns_zone")),
        sa.UniqueConstraint("live_key", name=op.f("uq_dns_zone_live_key")),
    )
    op.create_index(op.f("ix_dns_zone_client_id"), "dns_zone", ["client_id"], unique=False)
    op.create_index(op.f("ix_dns_zone_domain_id"), "dns_zone", ["domain_id"], unique=False)
    op.create_index(op.f("ix_dns_zone_name"), "dns_zone", ["name"], unique=False)
