"""Create the trigram indexes of the admin area's search; SQLite reads its tables instead.

The extension pg_trgm comes with PostgreSQL and may be created by the owner of the database. Where it is not installed
the search works without its indexes; docs/operations/search.md says how to add them later.
"""

from __future__ import annotations

from alembic import op

revision = "20261122_2030"
down_revision = "20261122_1962"
branch_labels = None
depends_on = None

COLUMNS = (
    ("client", "name"),
    ("client", "company"),
    ("client", "email"),
    ("invoice", "number"),
    ("service", "label"),
    ("service_resource", "external_id"),
    ("service_resource", "address"),
    ("domain_name", "name"),
    ("ticket", "reference"),
    ("ticket", "subject"),
    ("payment_transaction", "external_id"),
    ("payment_transaction", "reference"),
)


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    known = "SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm'"
    if connection.exec_driver_sql(known).first() is None:
        return
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for table, column in COLUMNS:
        op.execute(f"CREATE INDEX ix_{table}_{column}_trgm ON {table} USING gin ({column} gin_trgm_ops)")
