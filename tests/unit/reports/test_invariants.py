"""Each invariant finds what somebody broke behind our back, and finds nothing in a shop that lives."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import text

from ezcore.reports.invariants import QUERIES

# What breaks each of them; triggers that stand in the way are taken down first.
DAMAGE = {
    "I01": "INSERT INTO ledger_entry (journal_id, account, currency, minor) VALUES (1, 'cash:x', 'EUR', 5)",
    "I03": "INSERT INTO ledger_entry (journal_id, account, currency, minor) VALUES (1, 'cash:x', 'EUR', 5)",
    "I04": "UPDATE invoice SET status = 'unpaid'",
    "I10": "UPDATE invoice SET status = 'unpaid', paid_minor = 1",
    "I11": "UPDATE invoice_line SET amount_minor = 1",
    "I13": "UPDATE invoice_series SET last_number = 9",
    "I17": (
        "INSERT INTO service_resource (service_id, module, server_id, external_id, operation_key, facts, created_at)"
        " SELECT 1, 'm', 1, n, 'k', '{}', '2027-01-01' FROM (SELECT '1' AS n UNION SELECT '2')"
    ),
    "I22": "UPDATE job SET state = 'failed'",
    "I24": "UPDATE service SET open_action = 'create'",
}


def test_every_invariant_is_tried():
    assert set(DAMAGE) == set(QUERIES)


def test_a_shop_that_lives_breaks_none(each_trade):
    each_trade.active_service("Ann")
    each_trade.order(each_trade.newcomer("Bob"))
    each_trade.go_to(date(2027, 2, 25))
    for task in ("renewals", "charges", "reminders", "suspensions", "terminations"):
        each_trade.run(task)
    assert each_trade.broken() == []


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found_by_name(trade, name):
    trade.active_service()
    with trade.shop.engine.begin() as raw:
        raw.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        for trigger in (
            raw.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        ):
            raw.exec_driver_sql(f"DROP TRIGGER {trigger}")
        if name == "I17":
            raw.exec_driver_sql(
                "INSERT INTO server (id, name, module, settings, sealed, active, position)"
                " VALUES (1, 's', 'm', '{}', '{}', 1, 0)"
            )
        raw.exec_driver_sql(DAMAGE[name])
    assert name in [line.split()[0] for line in trade.broken()]
