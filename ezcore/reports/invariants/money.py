"""Queries about money that must give no row; the first column names what is wrong.

Drafts and proformas are not in the books: they owe nothing yet.
"""

from __future__ import annotations

from typing import Final

MONEY: Final[dict[str, tuple[str, str]]] = {
    "I01": (
        "every journal sums to zero per currency",
        """
        SELECT journal_id
        FROM ledger_entry
        GROUP BY journal_id, currency
        HAVING SUM(minor) <> 0
        """,
    ),
    "I03": (
        "the whole ledger sums to zero per currency",
        """
        SELECT currency
        FROM ledger_entry
        GROUP BY currency
        HAVING SUM(minor) <> 0
        """,
    ),
    "I04": (
        "what an invoice counts as paid is the sum of its allocations, and it is paid exactly when nothing is open",
        """
        SELECT i.id
        FROM invoice i
        LEFT JOIN (SELECT invoice_id, SUM(amount_minor) AS applied
        FROM allocation
        GROUP BY invoice_id) a ON a.invoice_id = i.id
        WHERE i.paid_minor <> COALESCE(a.applied, 0) OR i.total_minor < 0 OR (i.status = 'paid' AND
        i.paid_minor <> i.total_minor) OR (i.status = 'unpaid' AND i.paid_minor = i.total_minor)
        """,
    ),
    "I05": (
        "an invoice that is paid (and not written off) became paid once",
        """
        SELECT i.id
        FROM invoice i
        WHERE i.status = 'paid' AND i.written_off_minor = 0 AND NOT EXISTS (SELECT 1
        FROM invoice_paid p
        WHERE p.invoice_id = i.id)
        """,
    ),
    "I06": (
        "one payment at a gateway is one payment here",
        """
        SELECT external_id
        FROM payment_transaction
        WHERE external_id IS NOT NULL
        GROUP BY gateway, external_id
        HAVING COUNT(*) > 1
        """,
    ),
    "I07": (
        "one event of a gateway is one row of the inbox",
        """
        SELECT external_id
        FROM webhook_event
        GROUP BY source, account, external_id
        HAVING COUNT(*) > 1
        """,
    ),
    "I08": (
        "nothing is refunded beyond what was received",
        """
        SELECT id
        FROM payment_transaction
        WHERE refunded_minor > received_minor OR refunded_minor < 0
        """,
    ),
    "I09": (
        "a client's credit is what the ledger says, and never below zero",
        """
        SELECT COALESCE(c.client_id, l.client_id)
        FROM (SELECT client_id, currency, -SUM(minor) AS held
        FROM ledger_entry
        WHERE account = 'client_credit'
        GROUP BY client_id, currency) l
        FULL OUTER JOIN client_credit c ON c.client_id = l.client_id AND c.currency = l.currency
        WHERE COALESCE(l.held, 0) <> COALESCE(c.balance_minor, 0) OR COALESCE(c.balance_minor, 0) < 0
        """,
    ),
    "I10": (
        "what the books say a client owes is what their invoices leave open",
        """
        SELECT COALESCE(o.client_id, l.client_id)
        FROM (SELECT i.client_id, i.currency, SUM(CASE WHEN i.status IN ('unpaid', 'paid') THEN
        i.total_minor - i.paid_minor ELSE 0 END) AS owed
        FROM invoice i
        WHERE i.number IS NOT NULL AND i.kind <> 'proforma'
        GROUP BY i.client_id, i.currency) o
        FULL OUTER JOIN (SELECT client_id, currency, SUM(minor) AS due
        FROM ledger_entry
        WHERE account = 'receivable'
        GROUP BY client_id, currency) l ON l.client_id = o.client_id AND l.currency = o.currency
        WHERE COALESCE(o.owed, 0) <> COALESCE(l.due, 0)
        """,
    ),
    "I11": (
        "an invoice's total is its lines and its taxes, and the lines' shares of tax are the taxes",
        """
        SELECT i.id
        FROM invoice i
        LEFT JOIN (SELECT invoice_id, SUM(amount_minor) AS net, SUM(tax_minor) AS share
        FROM invoice_line
        GROUP BY invoice_id) l ON l.invoice_id = i.id
        LEFT JOIN (SELECT invoice_id, SUM(tax_minor) AS tax
        FROM invoice_tax
        GROUP BY invoice_id) t ON t.invoice_id = i.id
        WHERE i.total_minor <> i.net_minor + i.tax_minor OR i.net_minor <> COALESCE(l.net, 0) OR
        (i.hash_version >= 2 AND (i.tax_minor <> COALESCE(t.tax, 0) OR i.tax_minor <> COALESCE(l.share, 0)))
        """,
    ),
    "I13": (
        "numbers are gapless in every series, and rise with the day of issue",
        """
        SELECT s.name
        FROM invoice_series s
        LEFT JOIN (SELECT series, COUNT(*) AS n, MIN(sequence) AS low, MAX(sequence) AS high
        FROM (SELECT series, sequence
        FROM invoice
        WHERE series IS NOT NULL
        UNION ALL SELECT series, sequence
        FROM credit_note) d
        GROUP BY series) d ON d.series = s.name
        WHERE s.name NOT LIKE 'proforma%' AND s.name NOT LIKE 'quote%' AND (s.last_number <> COALESCE(d.n,
        0) OR (d.n > 0 AND (d.low <> 1 OR d.high <> d.n)))
        UNION ALL SELECT series
        FROM (SELECT series, issued_on, LAG(issued_on) OVER (PARTITION BY series ORDER BY sequence) AS
        before
        FROM invoice
        WHERE number IS NOT NULL) o
        WHERE before > issued_on
        """,
    ),
    "I14": (
        "the periods billed to a service are one chain: no hole, no overlap",
        """
        SELECT service_id
        FROM (SELECT service_id, period_start, LAG(period_end) OVER (PARTITION BY service_id ORDER BY
        period_start) AS before
        FROM invoice_line
        WHERE period_key IS NOT NULL) c
        WHERE before IS NOT NULL AND before <> period_start
        """,
    ),
    "I16": (
        "a service is paid until the end of its last paid period, and billed until the end of its last billed one",
        """
        SELECT s.id
        FROM service s JOIN (SELECT l.service_id, MAX(l.period_end) AS billed
        FROM invoice_line l
        WHERE l.period_key IS NOT NULL
        GROUP BY l.service_id) p ON p.service_id = s.id
        WHERE s.billed_until <> p.billed OR s.paid_until > s.billed_until
        """,
    ),
    "I39": (
        "currencies never mix",
        """
        SELECT e.journal_id
        FROM ledger_entry e JOIN journal j ON j.id = e.journal_id
        WHERE j.kind <> 'exchange'
        GROUP BY e.journal_id
        HAVING MIN(e.currency) <> MAX(e.currency)
        UNION ALL SELECT i.id
        FROM invoice i JOIN allocation a ON a.invoice_id = i.id
        WHERE a.currency <> i.currency
        UNION ALL SELECT i.id
        FROM invoice i JOIN invoice_line l ON l.invoice_id = i.id
        WHERE l.currency <> i.currency
        """,
    ),
    "I40": (
        "a tax follows the rule that was valid at its tax point",
        """
        SELECT t.id
        FROM invoice_tax t JOIN invoice i ON i.id = t.invoice_id JOIN tax_rule r ON r.id = t.rule_id
        WHERE r.valid_from > i.tax_point OR r.valid_until <= i.tax_point OR (t.rate_ppm <> r.rate_ppm AND
        t.category = 'S')
        """,
    ),
}
