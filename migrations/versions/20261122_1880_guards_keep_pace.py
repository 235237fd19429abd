"""The guards of journals and of issued invoices keep pace with a billing run (PostgreSQL).

A join of what was written with the whole table may be planned as a scan of it, per statement: a run of many thousand
invoices would then take the square of its time. Only journals of mixed currencies are looked up now, and by index.
"""

from __future__ import annotations

from alembic import op

revision = "20261122_1880"
down_revision = "20261122_1870"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION ez_journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "DECLARE mixed bigint; BEGIN "
        "IF EXISTS (SELECT 1 FROM written GROUP BY journal_id, currency HAVING sum(minor) <> 0) THEN "
        "RAISE EXCEPTION 'a journal does not balance'; END IF; "
        "FOR mixed IN SELECT journal_id FROM written GROUP BY journal_id HAVING min(currency) <> max(currency) LOOP "
        "IF (SELECT kind FROM journal WHERE id = mixed) <> 'exchange' THEN "
        "RAISE EXCEPTION 'currencies do not mix'; END IF; END LOOP; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE OR REPLACE FUNCTION ez_invoice_line_late() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off"
        " AS $$ BEGIN IF EXISTS (SELECT 1 FROM (SELECT DISTINCT invoice_id FROM written) w WHERE"
        " (SELECT number FROM invoice i WHERE i.id = w.invoice_id) IS NOT NULL) "
        "THEN RAISE EXCEPTION 'an issued invoice cannot be changed'; END IF; RETURN NULL; END $$"
    )
