"""In a shop that was migrated, PostgreSQL finds by its indexes what the search box compares."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from ezcore.db.migrate import upgrade

pytestmark = pytest.mark.postgresql
SEARCHED = (
    ("client", "name"), ("client", "company"), ("client", "email"), ("invoice", "number"), ("service", "label"),
    ("service_resource", "external_id"), ("service_resource", "address"), ("domain_name", "name"),
    ("ticket", "reference"), ("ticket", "subject"), ("payment_transaction", "external_id"),
    ("payment_transaction", "reference"), ("article", "title"), ("article", "words"),
)  # fmt: skip


def test_every_column_that_is_compared_has_its_index(postgresql_server):
    url = postgresql_server.create()
    engine = create_engine(url)
    upgrade(engine)
    unread = []
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL enable_seqscan = off"))
        for table, column in SEARCHED:
            asked = text(f"EXPLAIN SELECT * FROM {table} WHERE {column} ILIKE '%mari%' ESCAPE '/'")
            plan = " ".join(connection.execute(asked).scalars())
            if f"ix_{table}_{column}_trgm" not in plan:
                unread.append(f"{table}.{column}")
    engine.dispose()
    postgresql_server.drop(url)
    assert unread == []
