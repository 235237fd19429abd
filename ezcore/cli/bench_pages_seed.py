"""The scratch shops of `ez bench pages`, by set-based SQL.

Each client has a service with an address, a domain name, an order, two invoices with their payments, and a ticket.
Triggers and foreign keys rest meanwhile (`session_replication_role`), which takes a superuser of the scratch server.
The rows are as pages and their queries find them; sums of the books are not: nobody reads them here.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import text

from ezcore.accounts import operations as accounts
from ezcore.app import Ezcore
from ezcore.simulation.catalog_seed import seed_catalog

LINES_PER_INVOICE: Final = 5
INVOICES_PER_CLIENT: Final = 2

_STATEMENTS: Final = (
    "SET session_replication_role = replica",
    """
INSERT INTO client (id, name, company, email, country, line1, line2, city, region, postcode, currency, language, status,
  created_at)
SELECT i, 'Client ' || md5(i::text), '', 'c' || i || '@client.example', 'EE', 'Street ' || i, '', 'Town', '', '10123',
  'EUR', 'en', 'active', now() - (:clients - i) * (interval '5 years' / :clients)
FROM generate_series(100, :clients + 99) AS i
""",
    """
INSERT INTO service (id, reference, client_id, product_id, label, state, currency, price_minor, cycle, anchor_day,
  started_on, paid_until, billed_until, params, choices, settings, actions, created_at, order_line_id)
SELECT i, 'svc_' || i, i + 99, (SELECT min(id) FROM product), 'site' || i || '.example',
  CASE i % 20 WHEN 0 THEN 'suspended' WHEN 1 THEN 'terminated' ELSE 'active' END, 'EUR', 700, '1 month', 1,
  current_date - 400, current_date + 20, current_date + 20, '{}', '[]', '{}', 1, now(), i
FROM generate_series(1, :clients) AS i
""",
    """
INSERT INTO client_order (id, client_id, form_key, status, currency, total_minor, invoice_id, created_at)
SELECT i, i + 99, 'bench-' || i, CASE WHEN i % 10 = 0 THEN 'cancelled' ELSE 'paid' END, 'EUR', 700, i, now()
FROM generate_series(1, :clients) AS i
""",
    """
INSERT INTO order_line (id, order_id, product_id, cycle, amount_minor, setup_minor, choices, params)
SELECT i, i, (SELECT min(id) FROM product), '1 month', 700, 0, '[]', '{}' FROM generate_series(1, :clients) AS i
""",
    """
INSERT INTO invoice (id, number, series, sequence, client_id, status, currency, net_minor, tax_minor, total_minor,
  paid_minor, issued_on, due_on, tax_point, buyer, seller, notes, content_hash, hash_version, created_at)
SELECT i, '2026-' || to_char(i, 'FM0000000'), 'invoice', i, (i - 1) % :clients + 100,
  CASE WHEN i > :clients * 2 * 0.95 THEN 'unpaid' ELSE 'paid' END, 'EUR', 700, 0, 700,
  CASE WHEN i > :clients * 2 * 0.95 THEN 0 ELSE 700 END, on_day, on_day + 14, on_day, '{"name": "A"}',
  '{"name": "B"}', '[]', md5(i::text), 2, on_day
FROM generate_series(1, :clients * 2) AS i,
  LATERAL (SELECT current_date - ((:clients * 2 - i) * 1800 / (:clients * 2))::int AS on_day) AS d
""",
    """
INSERT INTO invoice_line (invoice_id, position, description, detail, quantity, unit_minor, amount_minor, currency,
  service_id)
SELECT i, p, 'Web hosting', '', 1, 140, 140, 'EUR', (i - 1) % :clients + 1
FROM generate_series(1, :clients * 2) AS i, generate_series(0, 4) AS p
""",
    """
INSERT INTO payment_transaction (id, reference, client_id, invoice_id, gateway, kind, status, currency, amount_minor,
  received_minor, fee_minor, external_id, created_at)
SELECT i, 'pay_' || i, (i - 1) % :clients + 100, i, 'bank', 'payment', 'succeeded', 'EUR', 700, 700, 0, 'ext_' || i,
  now() - (:clients * 2 - i) * (interval '5 years' / (:clients * 2))
FROM generate_series(1, :clients * 2) AS i
""",
    """
INSERT INTO journal (id, key, kind, "on", at, note)
SELECT i, 'payment:' || i, 'payment', current_date - ((:clients * 2 - i) * 1800 / (:clients * 2))::int, now(), ''
FROM generate_series(1, :clients * 2) AS i
""",
    """
INSERT INTO ledger_entry (journal_id, account, client_id, currency, minor)
SELECT i, 'cash:bank', NULL::bigint, 'EUR', 700 FROM generate_series(1, :clients * 2) AS i
UNION ALL SELECT i, 'receivable', (i - 1) % :clients + 100, 'EUR', -700 FROM generate_series(1, :clients * 2) AS i
""",
    """
INSERT INTO service_resource (id, service_id, module, external_id, operation_key, address, facts, live_key, created_at)
SELECT i, i, 'bench', 'vm-' || i, 'bench-' || i,
  '10.' || i / 65536 || '.' || i / 256 % 256 || '.' || i % 256, '{}', 'bench:vm-' || i, now()
FROM generate_series(1, :clients) AS i
""",
    """
INSERT INTO domain_name (id, service_id, client_id, name, live_key, tld, registrar, kind, years, state, operation_key,
  registered_on, expires_on, nameservers, glue, ds, contacts, registry_status, actions, created_at)
SELECT i, i, i + 99, 'site' || i || '.example', 'site' || i || '.example', 'example', 'bench', 'register', 1,
  CASE WHEN i % 20 = 0 THEN 'expired' ELSE 'active' END, 'bench-' || i, current_date - 400, current_date + 20,
  '[]', '[]', '[]', '{}', '[]', 1, now()
FROM generate_series(1, :clients) AS i
""",
    """
INSERT INTO ticket (id, reference, client_id, department_id, subject, state, priority, opened_at, moved_at, closed_at)
SELECT i, 'T-' || to_char(i, 'FM000000'), i + 99, (SELECT min(id) FROM support_department), 'Help with site ' || i,
  CASE WHEN i % 50 = 0 THEN 'open' ELSE 'closed' END, 'normal', on_day, on_day,
  CASE WHEN i % 50 = 0 THEN NULL ELSE on_day END
FROM generate_series(1, :clients) AS i,
  LATERAL (SELECT now() - (:clients - i) * (interval '5 years' / :clients) AS on_day) AS d
""",
    """
INSERT INTO ticket_message (ticket_id, author_kind, author_id, author_name, body, internal, at)
SELECT i, 'client', NULL, 'Client', 'It does not answer.', false, now() FROM generate_series(1, :clients) AS i
""",
    "SET session_replication_role = origin",
)
_COUNTED: Final = (
    "service",
    "client_order",
    "order_line",
    "invoice",
    "payment_transaction",
    "journal",
    "client",
    "service_resource",
    "domain_name",
    "ticket",
)


def seed(shop: Ezcore, clients: int) -> dict[str, str]:
    """So many clients, ten invoice lines each; gives the session of the first client and of an owner of the shop."""
    with shop.work.write() as uow:
        seed_catalog(uow, vps_module=None)
        who = accounts.create_verified(uow, "bench@client.example", "Bench", line1="Pikk 1", city="Tallinn")
        staff = accounts.make_staff(uow, "bench@staff.example", "Bench", "quiet lake heron 42", "owner")
        tokens = {
            "visitor": "",
            "client": accounts.open_session(uow, who.user.id, ip="127.0.0.1", agent="bench"),
            "staff": accounts.open_session(uow, staff.id, ip="127.0.0.1", agent="bench"),
        }
        account = who.client.id
    with shop.engine.begin() as connection:
        for statement in _STATEMENTS:
            connection.execute(text(statement), {"clients": clients} if ":clients" in statement else {})
        for table in _COUNTED:
            last = f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"  # noqa: S608
            connection.execute(text(last))
        # The client who looks has what each of the others has.
        connection.execute(text("SET session_replication_role = replica"))
        for table in ("service", "client_order", "invoice", "payment_transaction", "domain_name", "ticket"):
            connection.execute(
                text(f"UPDATE {table} SET client_id = :mine WHERE client_id = 100"),  # noqa: S608 - our own names
                {"mine": account},
            )
        connection.execute(text("SET session_replication_role = origin"))
    with shop.engine.connect() as connection:
        connection.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")
    return tokens
