"""Each invariant finds what somebody broke behind our back, and finds nothing in a shop that lives."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import text

from ezcore.reports.invariants import QUERIES, report
from ezcore.reports.invariants.guards import GUARDS, guards_of
from ezcore.reports.invariants.promises import PROMISES, TESTS
from ezcore.reports.invariants.report import CHECKS

ROOT = Path(__file__).parents[3]
ASKED = [
    *(f"I{n:02}" for n in range(1, 26)), *(f"I{n}" for n in range(28, 32)), "I38", "I39", "I40",
]  # fmt: skip
ENTRY = "INSERT INTO ledger_entry (journal_id, account, currency, minor) VALUES (1, 'cash:x', 'EUR', 5)"
SECOND_PAYMENT = (
    "INSERT INTO payment_transaction (reference, client_id, invoice_id, gateway, kind, status,"
    " currency, amount_minor,"
    " received_minor, fee_minor, external_id, created_at, refunded_minor, disputed_minor)"
    " SELECT 'again', client_id,"
    " invoice_id, gateway, kind, status, currency, amount_minor, received_minor, 0,"
    " external_id, created_at, 0, 0"
    " FROM payment_transaction"
)
TWO_EVENTS = (
    "INSERT INTO webhook_event (source, account, external_id, kind, livemode, state, received_at)"
    " SELECT 's', '', 'e', 'k', 0, 'done', '2027-01-01' FROM (SELECT 1 UNION SELECT 2)"
)
TWO_RESOURCES = (
    "INSERT INTO service_resource (service_id, module, server_id, external_id, operation_key,"
    " facts, created_at)"
    " SELECT 1, 'm', 1, n, 'k', '{}', '2027-01-01' FROM (SELECT '1' AS n UNION SELECT '2')"
)
AUTOMATED = (
    "INSERT INTO audit_row (at, verb, outcome, object_kind, object_id, actor_kind, actor_name, after, reason) VALUES"
    " ('2027-01-31', 'service.request_{verb}', 'done', 'service', '1', 'system', '', '{after}', '{reason}')"
)
NEW_TAX = (
    (
        "INSERT INTO tax_rule (id, country, region, tax_class, name, rate_ppm, level, compound,"
        " valid_from, created_at)"
        " VALUES (9, 'EE', '', 'standard', 'KM', 240000, 1, 0, '2030-01-01', '2027-01-01')"
    ),
    (
        "INSERT INTO invoice_tax (invoice_id, position, name, rate_ppm, level, compound, category,"
        " currency, base_minor,"
        " tax_minor, rule_id) SELECT id, 0, 'KM', 240000, 1, 0, 'S', 'EUR', 0, 0, 9 FROM invoice"
    ),
)

# What breaks each of them, once triggers and unique indexes are taken down.
DAMAGE: dict[str, tuple[str, ...]] = {
    "I01": (ENTRY,),
    "I03": (ENTRY,),
    "I04": ("UPDATE invoice SET status = 'unpaid'",),
    "I05": ("DELETE FROM invoice_paid",),
    "I06": (SECOND_PAYMENT,),
    "I07": (TWO_EVENTS,),
    "I08": ("UPDATE payment_transaction SET refunded_minor = received_minor + 1",),
    "I09": ("INSERT INTO client_credit (client_id, currency, balance_minor) VALUES (1, 'EUR', 5)",),
    "I10": ("UPDATE invoice SET status = 'unpaid', paid_minor = 1",),
    "I11": ("UPDATE invoice_line SET amount_minor = 1",),
    "I12": ("UPDATE invoice_line SET description = 'something else'",),
    "I13": ("UPDATE invoice_series SET last_number = 9",),
    "I14": (
        (
            "INSERT INTO invoice_line (invoice_id, position, description, detail, quantity,"
            " unit_minor, amount_minor,"
            " currency, service_id, period_start, period_end, period_key) SELECT invoice_id, 1, 'x',"
            " '', 1, 0, 0, 'EUR',"
            " service_id, '2029-01-01', '2029-02-01', 'later' FROM invoice_line"
        ),
    ),
    "I16": ("UPDATE service SET billed_until = '2031-01-01'",),
    "I17": (TWO_RESOURCES,),
    "I19": ("UPDATE service SET state = 'pending'", "UPDATE invoice SET paid_at = '2000-01-01 00:00:00'"),
    "I20": (AUTOMATED.format(verb="suspend", reason="overdue invoice", after='{"invoice": "2027-00001"}'),),
    "I21": (AUTOMATED.format(verb="terminate", reason="not paid", after="{}"),),
    "I22": ("UPDATE job SET state = 'failed'",),
    "I24": ("UPDATE service SET open_action = 'create'",),
    "I28": (
        (
            "INSERT INTO promotion (code, kind, percent_ppm, cycles, products, used, note, created_at)"
            " VALUES ('X', 'percent', 1, '[]', '[]', 1, '', '2027-01-01')"
        ),
    ),
    "I29": ("UPDATE product SET stock = -1",),
    "I39": ("UPDATE invoice_line SET currency = 'USD'",),
    "I40": NEW_TAX,
}


def test_everything_that_is_asked_of_us_is_reported(trade):
    assert set(ASKED) <= {one["invariant"] for one in report(trade.work)}


def test_every_query_is_tried():
    assert set(QUERIES) | set(CHECKS) == set(DAMAGE)


def test_a_shop_that_lives_breaks_none(each_trade):
    each_trade.active_service("Ann")
    each_trade.order(each_trade.newcomer("Bob"))
    each_trade.go_to(date(2027, 2, 25))
    for task in ("renewals", "charges", "reminders", "suspensions", "terminations"):
        each_trade.run(task)
    assert each_trade.broken() == []
    wrong = [one for one in report(each_trade.work) if not one["ok"]]
    assert wrong == []


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_by_name(trade, name):
    trade.active_service()
    with trade.shop.engine.begin() as raw:
        raw.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        raw.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        _take_down_guards(raw)
        if name == "I17":
            raw.exec_driver_sql(
                "INSERT INTO server (id, name, module, settings, sealed, active, position)"
                " VALUES (1, 's', 'm', '{}', '{}', 1, 0)"
            )
        for statement in DAMAGE[name]:
            raw.exec_driver_sql(statement)
    try:
        assert name in [line.split()[0] for line in trade.broken()]
        assert not next(one for one in report(trade.work) if one["invariant"] == name)["ok"]
    finally:
        with trade.shop.engine.begin() as raw:
            raw.exec_driver_sql("PRAGMA ignore_check_constraints=OFF")


@pytest.mark.parametrize("name", GUARDS)
def test_the_database_refuses_and_a_guard_that_is_gone_is_seen(each_trade, name):
    with each_trade.shop.engine.connect() as connection, connection.begin():
        for guard in guards_of(name, connection):
            assert (guard["present"], guard["refuses"]) == (True, True), guard
    with each_trade.shop.engine.connect() as connection, connection.begin() as undo:
        dropped: set[str] = set()
        for guard in GUARDS[name]:
            called = guard.names.get(connection.dialect.name)
            if called is None or called in dropped or not _drop(connection, guard.table, called):
                continue
            dropped.add(called)
            seen = next(one for one in guards_of(name, connection) if one["name"] == called)
            assert not seen["present"]
        undo.rollback()


def test_tests_that_are_named_are_there():
    for name, tests in TESTS.items():
        for test in tests:
            path, function = test.split("::")
            found = {
                node.name for node in ast.walk(ast.parse((ROOT / path).read_text())) if hasattr(node, "name")
            }
            assert function in found, f"{name}: {test}"


def test_what_no_query_holds_is_held_by_the_database_or_by_a_test():
    for name in PROMISES:
        assert name in GUARDS or name in TESTS or name in CHECKS, name


def _take_down_guards(raw) -> None:
    for trigger in raw.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
        raw.exec_driver_sql(f"DROP TRIGGER {trigger}")
    for table in ("payment_transaction", "webhook_event"):
        # SQLite cannot drop a constraint: the table is made anew without it.
        columns = [row[1] for row in raw.exec_driver_sql(f"PRAGMA table_info({table})")]
        raw.exec_driver_sql(f"CREATE TABLE bare AS SELECT * FROM {table}")
        raw.exec_driver_sql(f"ALTER TABLE {table} RENAME TO {table}_kept")
        raw.exec_driver_sql(f"CREATE TABLE {table} ({', '.join(columns)}, PRIMARY KEY (id))")
        raw.exec_driver_sql(f"INSERT INTO {table} SELECT * FROM bare")
        raw.exec_driver_sql("DROP TABLE bare")


def _drop(connection, table: str, name: str) -> bool:
    if connection.dialect.name == "sqlite":
        kind = connection.execute(
            text("SELECT type FROM sqlite_master WHERE name = :name"), {"name": name}
        ).scalar()
        if kind not in ("trigger", "index") or name.startswith("sqlite_"):
            return False
        connection.exec_driver_sql(f"DROP {kind} {name}")
        return True
    trigger = connection.execute(
        text("SELECT 1 FROM pg_trigger WHERE tgname = :name"), {"name": name}
    ).scalar()
    index = connection.execute(
        text("SELECT 1 FROM pg_constraint WHERE conname = :name"), {"name": name}
    ).scalar()
    if trigger:
        connection.exec_driver_sql(f"DROP TRIGGER {name} ON {table}")
    elif index:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE")
    else:
        connection.exec_driver_sql(f"DROP INDEX {name}")
    return True
