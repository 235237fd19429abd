"""What the database itself holds: each guard is looked up by name, and tried with a statement it must refuse.

A try happens in a transaction that is rolled back, on rows of its own with negative ids, so that it is harmless on a
live database.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

log = logging.getLogger(__name__)
SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(frozen=True)
class Guard:
    """A constraint or trigger of one table.

    `names` are what it is called per database; a database that is not named does not hold it.
    """

    table: str
    names: dict[str, str]
    attempt: str
    setup: tuple[str, ...] = ()


def _same(name: str) -> dict[str, str]:
    return {SQLITE: name, POSTGRESQL: name}


CLIENT: Final = (
    "INSERT INTO client (id, name, company, email, country, line1, line2, city, region,"
    " postcode, currency, language,"
    " status, created_at) VALUES (-1, 'x', '', 'x', 'EE', '', '', '', '', '', 'EUR', 'en', 'active',"
    " '2000-01-01')"
)
INVOICE: Final = (
    "INSERT INTO invoice (id, number, series, sequence, client_id, status, currency, net_minor, total_minor,"
    " paid_minor, issued_on, due_on, buyer, seller, notes, created_at) VALUES (-1, 'x-1', 'x',"
    " 1, -1, 'unpaid', 'EUR', 9, 9, 0,"
    " '2000-01-01', '2000-01-01', '{}', '{}', '[]', '2000-01-01')"
)
LATER_INVOICE: Final = INVOICE.replace("(-1, 'x-1', 'x', 1, -1", "(-2, NULL, NULL, NULL, -1").replace(
    "unpaid", "draft"
)
LINE: Final = (
    "INSERT INTO invoice_line (id, invoice_id, position, description, detail, quantity,"
    " unit_minor, amount_minor,"
    " currency, service_id, period_start, period_end, period_key) VALUES (-1, -2, 0, 'x', '',"
    " 1, 9, 9, 'EUR', -1,"
    " '2000-01-01', '2000-02-01', 'x1')"
)
OVERLAP: Final = LINE.replace("(-1, -2, 0", "(-2, -2, 1").replace(
    "'2000-01-01', '2000-02-01', 'x1'", "'2000-01-31', '2000-03-01', 'x2'"
)
TWICE: Final = LINE.replace("(-1, -2, 0", "(-2, -2, 1")
JOURNAL: Final = (
    'INSERT INTO journal (id, key, kind, "on", at, note)'
    " VALUES (-1, 'x', 'x', '2000-01-01', '2000-01-01', '')"
)
ENTRIES: Final = (
    "INSERT INTO ledger_entry (id, journal_id, account, currency, minor) VALUES"
    " (-1, -1, 'x', 'EUR', 5), (-2, -1, 'y', 'EUR', -5)"
)
PAYMENT: Final = (
    "INSERT INTO payment_transaction (id, reference, client_id, invoice_id, gateway, kind, status, currency,"
    " amount_minor, received_minor, fee_minor, external_id, created_at) VALUES (-1, 'x1', -1,"
    " -1, 'x', 'manual',"
    " 'succeeded', 'EUR', 9, 9, 0, 'e1', '2000-01-01')"
)
EVENT: Final = (
    "INSERT INTO webhook_event (id, source, account, external_id, kind, livemode, state, received_at)"
    " VALUES (-1, 'x', '', 'e1', 'x', {no}, 'received', '2000-01-01')"
)
JOB: Final = (
    "INSERT INTO job (id, key, kind, subject_kind, payload, payload_version, state, priority,"
    " run_at, attempts, failures,"
    " lost_leases, fence, actor_name, created_at) VALUES (-1, 'x', 'x', '', '{}', 1,"
    " 'complete', 1, '2000-01-01', 0, 0, 0,"
    " 0, '', '2000-01-01')"
)

GROUP: Final = (
    "INSERT INTO product_group (id, slug, name, headline, blurb, icon, position, hidden)"
    " VALUES (-1, 'x', 'x', '', '', 'x', 0, {no})"
)
PRODUCT: Final = (
    "INSERT INTO product (id, group_id, slug, name, blurb, description, kind, icon, settings,"
    " position, featured,"
    " hidden, stock) VALUES (-1, -1, 'x', 'x', '', '', 'x', 'x', '{}', 0, {no}, {no}, 1)"
)
PROMOTION: Final = (
    "INSERT INTO promotion (id, code, kind, percent_ppm, cycles, products, max_uses, used, note, created_at)"
    " VALUES (-1, 'X', 'percent', 1, '[]', '[]', 1, 1, '', '2000-01-01')"
)
USE: Final = (
    "INSERT INTO promotion_use (id, promotion_id, client_id, order_id, client_key, used_at)"
    " VALUES (-1, -1, -1, -1, 'x', '2000-01-01')"
)
SERVICE: Final = (
    "INSERT INTO service (id, reference, client_id, product_id, order_line_id, label, state, currency, price_minor,"
    " cycle, anchor_day, params, choices, settings, actions, created_at) VALUES (-1, 'x1', -1, -1, -1, 'x', 'pending',"
    " 'EUR', 9, '1 month', 1, '{}', '[]', '{}', 0, '2000-01-01')"
)
SECOND_SERVICE: Final = SERVICE.replace("(-1, 'x1', -1, -1, -1", "(-2, 'x2', -1, -1, {line}")
RESOURCE: Final = (
    "INSERT INTO service_resource (id, service_id, module, external_id, operation_key, facts, live_key, created_at)"
    " VALUES (-1, -1, 'x', 'x', 'x', '{}', 'x', '2000-01-01')"
)
NAME: Final = (
    "INSERT INTO domain_name (id, service_id, client_id, name, live_key, tld, registrar, kind, years, state,"
    " operation_key, nameservers, glue, ds, contacts, registry_status, actions, created_at) VALUES (-1, -1, -1, 'x.ee',"
    " 'x.ee', 'ee', 'x', 'register', 1, 'pending', '', '[]', '[]', '[]', '{}', '[]', 0, '2000-01-01')"
)

GUARDS: Final[dict[str, tuple[Guard, ...]]] = {
    "I01": (
        Guard(
            "ledger_entry",
            {POSTGRESQL: "ledger_entry_balances"},
            "INSERT INTO ledger_entry (id, journal_id, account, currency, minor) VALUES (-1, -1, 'x', 'EUR', 5)",
            (JOURNAL,),
        ),
    ),
    "I02": (
        Guard(
            "ledger_entry",
            {SQLITE: "ledger_entry_no_update", POSTGRESQL: "ledger_entry_append_only"},
            "UPDATE ledger_entry SET minor = 6 WHERE id = -1",
            (JOURNAL, ENTRIES),
        ),
        Guard(
            "ledger_entry",
            {SQLITE: "ledger_entry_no_delete", POSTGRESQL: "ledger_entry_append_only"},
            "DELETE FROM ledger_entry WHERE id < 0",
            (JOURNAL, ENTRIES),
        ),
        Guard(
            "journal",
            {SQLITE: "journal_no_delete", POSTGRESQL: "journal_append_only"},
            "DELETE FROM journal WHERE id = -1",
            (JOURNAL,),
        ),
        Guard("ledger_entry", {POSTGRESQL: "ledger_entry_append_only"}, "TRUNCATE ledger_entry"),
    ),
    "I05": (
        Guard(
            "invoice_paid",
            _same("pk_invoice_paid"),
            "INSERT INTO invoice_paid (invoice_id, at) VALUES (-1, '2000-01-01')",
            (CLIENT, INVOICE, "INSERT INTO invoice_paid (invoice_id, at) VALUES (-1, '2000-01-01')"),
        ),
    ),
    "I06": (
        Guard(
            "payment_transaction",
            _same("uq_payment_transaction_gateway_external_id"),
            PAYMENT.replace("(-1, 'x1'", "(-2, 'x2'"),
            (CLIENT, INVOICE, PAYMENT),
        ),
    ),
    "I07": (
        Guard(
            "webhook_event",
            _same("uq_webhook_event_source_account_external_id"),
            EVENT.replace("(-1,", "(-2,"),
            (EVENT,),
        ),
    ),
    "I08": (
        Guard(
            "payment_transaction",
            _same("ck_payment_transaction_refunded_within"),
            "UPDATE payment_transaction SET refunded_minor = 10 WHERE id = -1",
            (CLIENT, INVOICE, PAYMENT),
        ),
    ),
    "I09": (
        Guard(
            "client_credit",
            _same("ck_client_credit_not_negative"),
            "INSERT INTO client_credit (client_id, currency, balance_minor) VALUES (-1, 'EUR', -1)",
            (CLIENT,),
        ),
    ),
    "I12": (
        Guard(
            "invoice",
            _same("invoice_frozen"),
            "UPDATE invoice SET due_on = '2001-01-01' WHERE id = -1",
            (CLIENT, INVOICE),
        ),
        Guard(
            "invoice_line",
            _same("invoice_line_late"),
            LINE.replace("(-1, -2", "(-1, -1"),
            (CLIENT, INVOICE),
        ),
    ),
    "I13": (
        Guard(
            "invoice",
            _same("ux_invoice_sequence"),
            INVOICE.replace("(-1, 'x-1'", "(-3, 'x-2'"),
            (CLIENT, INVOICE),
        ),
        Guard(
            "invoice",
            _same("uq_invoice_number"),
            INVOICE.replace("(-1, 'x-1', 'x', 1", "(-3, 'x-1', 'x', 2"),
            (CLIENT, INVOICE),
        ),
    ),
    "I14": (
        Guard("invoice_line", _same("uq_invoice_line_period_key"), TWICE, (CLIENT, LATER_INVOICE, LINE)),
        Guard(
            "invoice_line",
            {SQLITE: "invoice_line_overlap", POSTGRESQL: "ex_invoice_line_period"},
            OVERLAP,
            (CLIENT, LATER_INVOICE, LINE),
        ),
    ),
    "I17": (
        Guard(
            "service",
            _same("uq_service_order_line_id"),
            SECOND_SERVICE.replace("{line}", "-1"),
            (CLIENT, GROUP, PRODUCT, SERVICE),
        ),
        Guard(
            "service_resource",
            _same("uq_service_resource_live_key"),
            RESOURCE.replace("(-1, -1, 'x', 'x'", "(-2, -1, 'x', 'y'"),
            (CLIENT, GROUP, PRODUCT, SERVICE, RESOURCE),
        ),
    ),
    "I28": (
        Guard(
            "promotion",
            _same("ck_promotion_uses_within_limit"),
            "UPDATE promotion SET used = 2 WHERE id = -1",
            (PROMOTION,),
        ),
        Guard(
            "promotion_use",
            _same("uq_promotion_use_client_key"),
            USE.replace("(-1, -1, -1, -1", "(-2, -1, -1, -2"),
            (PROMOTION, USE),
        ),
    ),
    "I29": (
        Guard(
            "product",
            _same("ck_product_stock_not_negative"),
            "UPDATE product SET stock = -1 WHERE id = -1",
            (GROUP, PRODUCT),
        ),
    ),
    "I31": (
        Guard(
            "domain_name",
            _same("uq_domain_name_live_key"),
            NAME.replace("(-1, -1, -1", "(-2, -2, -1"),
            (CLIENT, GROUP, PRODUCT, SERVICE, SECOND_SERVICE.replace("{line}", "-2"), NAME),
        ),
    ),
    "I38": (
        Guard("job", _same("uq_job_key"), JOB.replace("(-1,", "(-2,"), (JOB,)),
        Guard("journal", _same("uq_journal_key"), JOURNAL.replace("(-1,", "(-2,"), (JOURNAL,)),
        Guard(
            "payment_transaction",
            _same("uq_payment_transaction_reference"),
            PAYMENT.replace("(-1, 'x1'", "(-2, 'x1'").replace("'e1'", "'e2'"),
            (CLIENT, INVOICE, PAYMENT),
        ),
    ),
    "I39": (
        Guard(
            "allocation",
            _same("allocation_currency"),
            "INSERT INTO allocation (id, invoice_id, client_id, currency, amount_minor, source,"
            " journal_key, at)"
            " VALUES (-1, -1, -1, 'USD', 1, 'payment', 'x', '2000-01-01')",
            (CLIENT, INVOICE),
        ),
    ),
}


def guards_of(number: str, connection: Connection) -> list[dict[str, Any]]:
    """How the database holds an invariant: the name, whether it is there, and whether it refuses."""
    dialect = connection.dialect.name
    return [
        {
            "table": guard.table,
            "name": name,
            "present": _present(connection, guard, name),
            "refuses": refuses(connection, guard),
        }
        for guard in GUARDS.get(number, ())
        if (name := guard.names.get(dialect)) is not None
    ]


def refuses(connection: Connection, guard: Guard) -> bool:
    """Try it, and take the try back."""
    no = "0" if connection.dialect.name == SQLITE else "false"
    outer = connection.begin_nested()
    try:
        for statement in guard.setup:
            connection.exec_driver_sql(statement.replace("{no}", no))
    except DBAPIError:
        log.exception("the guard %s of %s cannot be tried", guard.names, guard.table)
        outer.rollback()
        return False
    try:
        connection.exec_driver_sql(guard.attempt.replace("{no}", no))
    except DBAPIError as error:
        return _names(error, guard, connection.dialect.name)
    else:
        return False
    finally:
        outer.rollback()


def _names(error: DBAPIError, guard: Guard, dialect: str) -> bool:
    """Was it refused by this guard, and not for another reason? SQLite names columns, not constraints."""
    said = str(error.orig)
    return (
        dialect == SQLITE
        or guard.names[dialect] in said
        or "RAISE" in said
        or "P0001" in str(getattr(error.orig, "sqlstate", ""))
    )


def _present(connection: Connection, guard: Guard, name: str) -> bool:
    return name in set(_objects(connection, guard.table))


def _objects(connection: Connection, table: str) -> Iterator[str]:
    look = inspect(connection)
    yield from (str(one["name"]) for one in look.get_unique_constraints(table))
    yield from (str(one["name"]) for one in look.get_check_constraints(table))
    yield from (str(one["name"]) for one in look.get_indexes(table))
    yield str(look.get_pk_constraint(table).get("name"))
    if connection.dialect.name == SQLITE:
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = :table"
    else:
        query = (
            "SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:table AS regclass) AND tgenabled <> 'D'"
            " UNION ALL SELECT conname FROM pg_constraint WHERE conrelid = CAST(:table AS regclass)"
        )
    yield from connection.execute(text(query), {"table": table}).scalars()
