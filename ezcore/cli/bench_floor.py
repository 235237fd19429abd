"""The floor of a billing run: the same rows into the same tables, by a handful of set-based statements.

One transaction, no rule of the trade asked: what the database itself takes, with its constraints and triggers. The
content hash is a SHA-256 over the row as the database prints it, of the same length as ours.
"""

from __future__ import annotations

import time

import psycopg

_BILL = """
CREATE TEMP TABLE bill ON COMMIT DROP AS
SELECT nextval('invoice_id_seq') AS id, nextval('journal_id_seq') AS journal_id,
  row_number() OVER (ORDER BY s.client_id) AS place,
  s.id AS service_id, s.client_id, s.currency, s.price_minor AS net, s.price_id, s.tax_class, s.cycle,
  s.billed_until AS starts,
  CASE s.cycle WHEN '1 month' THEN s.billed_until + interval '1 month'
    WHEN '3 months' THEN s.billed_until + interval '3 months' ELSE s.billed_until + interval '1 year' END::date AS ends,
  p.name || ' · ' || s.label AS description,
  r.id AS rule_id, r.name AS tax_name, r.rate_ppm,
  CASE WHEN r.id IS NULL THEN 0 ELSE (2 * s.price_minor * r.rate_ppm + 1000000) / 2000000 END AS tax,
  jsonb_build_object('name', c.name, 'company', c.company, 'address',
    c.line1 || E'\\n' || c.postcode || ' ' || c.city, 'line1', c.line1, 'line2', c.line2, 'city', c.city, 'region',
    c.region, 'postcode', c.postcode, 'country', c.country, 'email', c.email, 'tax_number', c.tax_number) AS buyer
FROM service s JOIN client c ON c.id = s.client_id JOIN product p ON p.id = s.product_id
LEFT JOIN tax_rule r ON r.country = c.country
WHERE s.state IN ('active', 'suspended') AND s.paid_until = s.billed_until AND s.cancel_on IS NULL
  AND s.override_invoice_on IS NULL AND s.billed_until <= %(on)s::date + 7
"""

_STATEMENTS = (
    """
INSERT INTO invoice (id, kind, client_id, status, currency, net_minor, tax_minor, total_minor, paid_minor,
  credited_minor, written_off_minor, issued_on, due_on, tax_point, tax_treatment, tax_note, buyer, seller, notes,
  hash_version, created_at)
SELECT id, 'invoice', client_id, 'draft', currency, net, tax, net + tax, 0, 0, 0, %(on)s, starts, %(on)s,
  CASE WHEN rule_id IS NULL THEN 'outside' ELSE 'taxed' END, '', buyer, %(seller)s::jsonb, '[]', 2, now()
FROM bill
""",
    """
INSERT INTO invoice_line (invoice_id, position, kind, description, detail, quantity, unit_minor, amount_minor,
  tax_minor, tax_class, currency, service_id, price_id, period_start, period_end, period_key, tax_positions, explain)
SELECT id, 0, 'period', description, '', 1, net, net, tax, tax_class, currency, service_id, price_id, starts, ends,
  service_id || ':' || starts, CASE WHEN rule_id IS NULL THEN '[]' ELSE '[0]' END::jsonb,
  jsonb_build_object('cycle', cycle, 'base_minor', net) FROM bill
""",
    """
INSERT INTO invoice_tax (invoice_id, position, name, rate_ppm, level, compound, category, currency, base_minor,
  tax_minor, rule_id)
SELECT id, 0, tax_name, rate_ppm, 1, false, 'S', currency, net, tax, rule_id FROM bill WHERE rule_id IS NOT NULL
""",
    """
INSERT INTO journal (id, key, kind, "on", at, note)
SELECT journal_id, 'invoice:' || id, 'invoice', %(on)s, now(), '' FROM bill
""",
    """
INSERT INTO ledger_entry (journal_id, account, client_id, currency, minor)
SELECT journal_id, 'receivable', client_id, currency, net + tax FROM bill
UNION ALL SELECT journal_id, 'revenue', NULL, currency, -net FROM bill
UNION ALL SELECT journal_id, 'tax_payable', NULL, currency, -tax FROM bill WHERE tax <> 0
""",
    "UPDATE service s SET billed_until = b.ends, override_invoice_on = NULL FROM bill b WHERE s.id = b.service_id",
    "INSERT INTO invoice_series (name, last_number) VALUES ('invoice', 0) ON CONFLICT DO NOTHING",
    "UPDATE invoice_series SET last_number = last_number + (SELECT count(*) FROM bill) WHERE name = 'invoice'",
    """
UPDATE invoice i SET number = to_char(%(on)s::date, 'YYYY') || '-' || to_char(b.place, 'FM00000000'),
  series = 'invoice', sequence = b.place, status = 'unpaid',
  content_hash = encode(sha256(convert_to(b::text, 'UTF8')), 'hex')
FROM bill b WHERE i.id = b.id
""",
    """
INSERT INTO audit_row (at, verb, outcome, object_kind, object_id, client_id, actor_kind, actor_name, before, after)
SELECT now(), 'invoice.issue', 'done', 'invoice', i.id::text, i.client_id, 'system', 'system', '{"status": "draft"}',
  jsonb_build_object('status', 'unpaid', 'number', i.number) FROM invoice i JOIN bill b ON b.id = i.id
""",
    """
INSERT INTO outbox_event (name, payload, actor_name, at)
SELECT 'InvoiceIssued', jsonb_build_object('invoice_id', i.id, 'client_id', i.client_id, 'number', i.number, 'total',
  jsonb_build_object('minor', i.total_minor, 'currency', i.currency), 'due_on', i.due_on), 'system', now()
FROM invoice i JOIN bill b ON b.id = i.id
""",
)


def write_floor(url: str, on: str, seller: str) -> float:
    """Write it; gives the seconds from the first statement to the end of the commit."""
    with psycopg.connect(url) as connection:
        started = time.perf_counter()
        connection.execute(_BILL, {"on": on})
        for statement in _STATEMENTS:
            connection.execute(statement, {"on": on, "seller": seller})
        connection.commit()
        return time.perf_counter() - started
