"""The database itself guards the rest of the money: allocations, credit notes, taxes, periods that would overlap.

A proforma is not frozen: it becomes an invoice, with a number of that series, when its first money arrives.
PostgreSQL refuses overlapping periods by an exclusion constraint (extension btree_gist, which a database's owner may
create), SQLite by a trigger. A journal is of one currency, unless it is an exchange.
"""

from __future__ import annotations

from alembic import op

revision = "20261122_1809"
down_revision = "20261122_1808"
branch_labels = None
depends_on = None

APPEND_ONLY = ("allocation", "credit_note", "credit_note_line", "credit_note_tax", "invoice_paid")
INVOICE = (
    "number", "kind", "series", "sequence", "proforma_number", "client_id", "currency", "net_minor", "tax_minor",
    "total_minor", "issued_on", "due_on", "tax_point", "tax_treatment", "tax_note", "replaces_id", "buyer", "seller",
    "notes", "content_hash", "hash_version",
)  # fmt: skip
LINE = (
    "invoice_id", "position", "kind", "description", "detail", "quantity", "unit_minor", "amount_minor", "tax_minor",
    "tax_class", "tax_positions", "currency", "service_id", "price_id", "promotion_id", "period_start", "period_end",
    "explain",
)  # fmt: skip
OLD_TRIGGERS = {
    "invoice": ("invoice_frozen", "invoice_parties_frozen"),
    "invoice_line": ("invoice_line_frozen", "invoice_line_period_frozen"),
}
ISSUED = "EXISTS (SELECT 1 FROM invoice i WHERE i.id = ROW.invoice_id AND i.number IS NOT NULL)"
CURRENCY = "SELECT currency FROM invoice WHERE id = NEW.invoice_id"
FROZEN = "OLD.number IS NOT NULL AND OLD.kind <> 'proforma'"


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table, names in OLD_TRIGGERS.items():
        for name in names:
            op.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}")
    _backfill()
    if sqlite:
        _sqlite()
    else:
        _postgresql()


def _backfill() -> None:
    """What earlier releases issued had no tax, one series, and payments only."""
    op.execute("UPDATE invoice_series SET name = 'invoice' WHERE name = 'default'")
    op.execute("UPDATE invoice SET net_minor = total_minor, tax_point = issued_on")
    op.execute(
        "UPDATE invoice SET series = 'invoice', sequence ="
        " (SELECT COUNT(*) FROM invoice o WHERE o.number IS NOT NULL AND o.id <= invoice.id)"
        " WHERE number IS NOT NULL"
    )
    op.execute(
        "INSERT INTO allocation (invoice_id, client_id, currency, amount_minor, source, transaction_id,"
        " journal_key, at) SELECT i.id, i.client_id, i.currency, i.paid_minor, 'payment',"
        " (SELECT MIN(t.id) FROM payment_transaction t WHERE t.invoice_id = i.id AND t.status = 'succeeded'),"
        " 'before', i.created_at FROM invoice i"
        " WHERE i.paid_minor > 0"
    )
    op.execute(
        "INSERT INTO invoice_paid (invoice_id, at) SELECT id, COALESCE(paid_at, created_at) FROM invoice"
        " WHERE status = 'paid'"
    )
    op.execute(
        "INSERT INTO client_credit (client_id, currency, balance_minor) SELECT client_id, currency, -SUM(minor)"
        " FROM ledger_entry WHERE account = 'client_credit' AND client_id IS NOT NULL GROUP BY client_id, currency"
        " HAVING SUM(minor) < 0"
    )


def _changed(columns: tuple[str, ...], differs: str) -> str:
    return " OR ".join(f"OLD.{column} {differs} NEW.{column}" for column in columns)


def _sqlite() -> None:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    frozen = "BEGIN SELECT RAISE(ABORT, 'an issued invoice cannot be changed'); END"
    op.execute(
        f"CREATE TRIGGER invoice_frozen BEFORE UPDATE ON invoice "
        f"WHEN {FROZEN} AND (NEW.status = 'draft' OR {_changed(INVOICE, 'IS NOT')}) {frozen}"
    )
    op.execute(
        f"CREATE TRIGGER invoice_line_frozen BEFORE UPDATE ON invoice_line "
        f"WHEN ({_changed(LINE, 'IS NOT')}) AND {_issued('OLD')} {frozen}"
    )
    for verb, row in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
        op.execute(
            f"CREATE TRIGGER invoice_tax_frozen_{verb.lower()} BEFORE {verb} ON invoice_tax "
            f"WHEN {_issued(row)} {frozen}"
        )
    for table in ("allocation", "credit_note"):
        op.execute(
            f"CREATE TRIGGER {table}_currency BEFORE INSERT ON {table} WHEN NEW.currency <> ({CURRENCY})"
            " BEGIN SELECT RAISE(ABORT, 'currencies do not mix'); END"
        )
    op.execute(
        "CREATE TRIGGER invoice_line_overlap BEFORE INSERT ON invoice_line WHEN NEW.period_key IS NOT NULL AND EXISTS"
        " (SELECT 1 FROM invoice_line o WHERE o.service_id = NEW.service_id AND o.period_key IS NOT NULL"
        " AND o.period_start < NEW.period_end AND NEW.period_start < o.period_end)"
        " BEGIN SELECT RAISE(ABORT, 'a period is billed twice'); END"
    )


def _issued(row: str) -> str:
    return ISSUED.replace("ROW", row)


def _postgresql() -> None:
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ez_append_only()"
        )
    op.execute(
        f"CREATE TRIGGER invoice_frozen BEFORE UPDATE ON invoice FOR EACH ROW "
        f"WHEN ({FROZEN} AND (NEW.status = 'draft' OR {_changed(INVOICE, 'IS DISTINCT FROM')})) "
        "EXECUTE FUNCTION ez_invoice_frozen()"
    )
    op.execute(
        f"CREATE TRIGGER invoice_line_frozen BEFORE UPDATE ON invoice_line FOR EACH ROW "
        f"WHEN ({_changed(LINE, 'IS DISTINCT FROM')}) EXECUTE FUNCTION ez_invoice_line_frozen()"
    )
    op.execute(
        "CREATE TRIGGER invoice_tax_frozen BEFORE UPDATE OR DELETE ON invoice_tax FOR EACH ROW "
        "EXECUTE FUNCTION ez_invoice_line_frozen()"
    )
    op.execute(
        "CREATE TRIGGER invoice_tax_late AFTER INSERT ON invoice_tax REFERENCING NEW TABLE AS written"
        " FOR EACH STATEMENT EXECUTE FUNCTION ez_invoice_line_late()"
    )
    _postgresql_currencies()
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        "ALTER TABLE invoice_line ADD CONSTRAINT ex_invoice_line_period EXCLUDE USING gist"
        " (service_id WITH =, daterange(period_start, period_end) WITH &&) WHERE (period_key IS NOT NULL)"
    )


def _postgresql_currencies() -> None:
    op.execute(
        "CREATE FUNCTION ez_currency_of_invoice() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF NEW.currency <> (SELECT currency FROM invoice WHERE id = NEW.invoice_id) THEN "
        "RAISE EXCEPTION 'currencies do not mix'; END IF; RETURN NEW; END $$"
    )
    for table in ("allocation", "credit_note"):
        op.execute(
            f"CREATE TRIGGER {table}_currency BEFORE INSERT ON {table} FOR EACH ROW "
            "EXECUTE FUNCTION ez_currency_of_invoice()"
        )
    op.execute(
        "CREATE OR REPLACE FUNCTION ez_journal_balances() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF EXISTS (SELECT 1 FROM written GROUP BY journal_id, currency HAVING sum(minor) <> 0) THEN "
        "RAISE EXCEPTION 'a journal does not balance'; END IF; "
        "IF EXISTS (SELECT 1 FROM written w JOIN journal j ON j.id = w.journal_id WHERE j.kind <> 'exchange' "
        "GROUP BY w.journal_id HAVING min(w.currency) <> max(w.currency)) THEN "
        "RAISE EXCEPTION 'currencies do not mix'; END IF; RETURN NULL; END $$"
    )
