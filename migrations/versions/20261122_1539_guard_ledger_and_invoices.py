"""The database itself keeps the ledger balanced and append-only, and issued invoices as they were issued.

PostgreSQL: one statement trigger over the transition table refuses an unbalanced journal (a deferred trigger per row
costs four times as much). SQLite has no statement triggers: there the posting function and the invariant query hold it.
"""

from __future__ import annotations

from alembic import op

revision = "20261122_1539"
down_revision = "20261122_1538"
branch_labels = None
depends_on = None

APPEND_ONLY = ("journal", "ledger_entry")
INVOICE = ("number", "client_id", "currency", "total_minor", "issued_on", "content_hash")
LINE = (
    "invoice_id",
    "position",
    "description",
    "detail",
    "quantity",
    "unit_minor",
    "amount_minor",
    "currency",
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    issued = "EXISTS (SELECT 1 FROM invoice i WHERE i.id = OLD.invoice_id AND i.number IS NOT NULL)"
    frozen = "BEGIN SELECT RAISE(ABORT, 'an issued invoice cannot be changed'); END"
    op.execute(
        f"CREATE TRIGGER invoice_frozen BEFORE UPDATE ON invoice "
        f"WHEN OLD.number IS NOT NULL AND ({_changed(INVOICE)}) {frozen}"
    )
    op.execute(f"CREATE TRIGGER invoice_kept BEFORE DELETE ON invoice WHEN OLD.number IS NOT NULL {frozen}")
    op.execute(
        f"CREATE TRIGGER invoice_line_frozen BEFORE UPDATE ON invoice_line "
        f"WHEN ({_changed(LINE)}) AND {issued} {frozen}"
    )
    op.execute(f"CREATE TRIGGER invoice_line_kept BEFORE DELETE ON invoice_line WHEN {issued} {frozen}")


def _changed(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"OLD.{column} IS NOT NEW.{column}" for column in columns)


def _postgresql() -> None:
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ez_append_only()"
        )
    op.execute(
        "CREATE FUNCTION ez_journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF EXISTS (SELECT 1 FROM written GROUP BY journal_id, currency HAVING sum(minor) <> 0) THEN "
        "RAISE EXCEPTION 'a journal does not balance'; END IF; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER ledger_entry_balances AFTER INSERT ON ledger_entry REFERENCING NEW TABLE AS written "
        "FOR EACH STATEMENT EXECUTE FUNCTION ez_journal_balances()"
    )
    op.execute(
        "CREATE FUNCTION ez_invoice_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN RAISE EXCEPTION 'an issued invoice cannot be changed'; END $$"
    )
    invoice = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in INVOICE)
    op.execute(
        f"CREATE TRIGGER invoice_frozen BEFORE UPDATE ON invoice FOR EACH ROW "
        f"WHEN (OLD.number IS NOT NULL AND ({invoice})) EXECUTE FUNCTION ez_invoice_frozen()"
    )
    op.execute(
        "CREATE TRIGGER invoice_kept BEFORE DELETE ON invoice FOR EACH ROW "
        "WHEN (OLD.number IS NOT NULL) EXECUTE FUNCTION ez_invoice_frozen()"
    )
    _postgresql_lines()


def _postgresql_lines() -> None:
    line = " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in LINE)
    op.execute(
        "CREATE FUNCTION ez_invoice_line_frozen() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF EXISTS (SELECT 1 FROM invoice i WHERE i.id = OLD.invoice_id AND i.number IS NOT NULL) THEN "
        "RAISE EXCEPTION 'an issued invoice cannot be changed'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    op.execute(
        f"CREATE TRIGGER invoice_line_frozen BEFORE UPDATE ON invoice_line FOR EACH ROW WHEN ({line}) "
        "EXECUTE FUNCTION ez_invoice_line_frozen()"
    )
    op.execute(
        "CREATE TRIGGER invoice_line_kept BEFORE DELETE ON invoice_line FOR EACH ROW "
        "EXECUTE FUNCTION ez_invoice_line_frozen()"
    )
