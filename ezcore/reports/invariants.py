"""Queries that must give no row, by their number in the reliability bar (I01 ...)."""

from __future__ import annotations

from sqlalchemy import text

from ezcore.work import UnitOfWork

QUERIES: dict[str, tuple[str, str]] = {
    "I01": (
        "every journal sums to zero per currency",
        "SELECT journal_id FROM ledger_entry GROUP BY journal_id, currency HAVING SUM(minor) <> 0",
    ),
    "I03": (
        "the whole ledger sums to zero per currency",
        "SELECT currency FROM ledger_entry GROUP BY currency HAVING SUM(minor) <> 0",
    ),
    "I04": (
        "an invoice is paid exactly when nothing is open",
        (
            "SELECT id FROM invoice WHERE (status = 'paid' AND paid_minor <> total_minor)"
            " OR (status = 'unpaid' AND paid_minor = total_minor)"
        ),
    ),
    "I10": (
        "what an invoice counts as paid is what the ledger took off its client's debt",
        (
            "SELECT c.client_id FROM (SELECT client_id, SUM(CASE WHEN status IN ('unpaid', 'paid')"
            " THEN total_minor - paid_minor ELSE 0 END) AS owed FROM invoice WHERE number IS NOT NULL"
            " GROUP BY client_id) c JOIN (SELECT client_id, SUM(minor) AS due FROM ledger_entry"
            " WHERE account = 'receivable' GROUP BY client_id) l ON l.client_id = c.client_id WHERE c.owed <> l.due"
        ),
    ),
    "I11": (
        "an invoice's total is the sum of its lines",
        (
            "SELECT i.id FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id GROUP BY i.id, i.total_minor"
            " HAVING SUM(l.amount_minor) <> i.total_minor"
        ),
    ),
    "I13": (
        "invoice numbers are gapless",
        (
            "SELECT s.name FROM invoice_series s WHERE s.last_number <>"
            " (SELECT COUNT(*) FROM invoice WHERE number IS NOT NULL)"
        ),
    ),
    "I17": (
        "each live resource belongs to one service",
        "SELECT service_id FROM service_resource WHERE removed_at IS NULL GROUP BY service_id HAVING COUNT(*) > 1",
    ),
    "I22": (
        "a failed job has an open staff task",
        (
            "SELECT j.id FROM job j WHERE j.state IN ('failed', 'needs_info') AND NOT EXISTS"
            " (SELECT 1 FROM staff_task t WHERE t.job_id = j.id AND t.closed_at IS NULL)"
        ),
    ),
    "I24": (
        "a service that waits for an action has an open job",
        (
            "SELECT s.id FROM service s WHERE s.open_action IS NOT NULL AND NOT EXISTS (SELECT 1 FROM job j WHERE"
            " j.subject_kind = 'service' AND j.subject_id = s.id AND j.state IN ('queued', 'running', 'needs_info'))"
        ),
    ),
}


def broken_invariants(uow: UnitOfWork) -> list[str]:
    """One sentence per broken invariant, with the first rows."""
    found = []
    for name, (promise, query) in QUERIES.items():
        rows = uow.session.execute(text(query)).all()
        if rows:
            found.append(f"{name} is broken ({promise}): {[row[0] for row in rows[:5]]}")
    return found
