"""The rest of an issued invoice is kept by the database too: due date, parties, notes, periods, no further line.

`20261122_1539` froze what is summed; this freezes everything that its content hash covers, and its way back to draft.
"""

from __future__ import annotations

from alembic import op

revision = "20261122_1700"
down_revision = "20261122_1539"
branch_labels = None
depends_on = None

INVOICE = ("due_on", "buyer", "seller", "notes")
LINE = ("service_id", "period_start", "period_end")
ISSUED = "EXISTS (SELECT 1 FROM invoice i WHERE i.id = ROW.invoice_id AND i.number IS NOT NULL)"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _sqlite()
    else:
        _postgresql()


def _sqlite() -> None:
    frozen = "BEGIN SELECT RAISE(ABORT, 'an issued invoice cannot be changed'); END"
    changed, line_changed = (
        " OR ".join(f"OLD.{c} IS NOT NEW.{c}" for c in names) for names in (INVOICE, LINE)
    )
    op.execute(
        f"CREATE TRIGGER invoice_parties_frozen BEFORE UPDATE ON invoice WHEN OLD.number IS NOT NULL"
        f" AND (NEW.status = 'draft' OR {changed}) {frozen}"
    )
    op.execute(
        f"CREATE TRIGGER invoice_line_period_frozen BEFORE UPDATE ON invoice_line WHEN ({line_changed})"
        f" AND {_issued('OLD')} {frozen}"
    )
    op.execute(
        f"CREATE TRIGGER invoice_line_late BEFORE INSERT ON invoice_line WHEN {_issued('NEW')} {frozen}"
    )


def _issued(row: str) -> str:
    return ISSUED.replace("ROW", row)


def _postgresql() -> None:
    changed, line_changed = (
        " OR ".join(f"OLD.{c} IS DISTINCT FROM NEW.{c}" for c in names) for names in (INVOICE, LINE)
    )
    op.execute(
        "CREATE TRIGGER invoice_parties_frozen BEFORE UPDATE ON invoice FOR EACH ROW WHEN (OLD.number IS NOT NULL"
        f" AND (NEW.status = 'draft' OR {changed})) EXECUTE FUNCTION ez_invoice_frozen()"
    )
    op.execute(
        f"CREATE TRIGGER invoice_line_period_frozen BEFORE UPDATE ON invoice_line FOR EACH ROW WHEN ({line_changed})"
        " EXECUTE FUNCTION ez_invoice_line_frozen()"
    )
    # A statement, not a row: a billing run inserts thousands of lines at once.
    op.execute(
        "CREATE FUNCTION ez_invoice_line_late() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN IF EXISTS (SELECT 1 FROM written w JOIN invoice i ON i.id = w.invoice_id WHERE i.number IS NOT NULL) "
        "THEN RAISE EXCEPTION 'an issued invoice cannot be changed'; END IF; RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER invoice_line_late AFTER INSERT ON invoice_line REFERENCING NEW TABLE AS written"
        " FOR EACH STATEMENT EXECUTE FUNCTION ez_invoice_line_late()"
    )
