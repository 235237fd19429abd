"""A year of one VPS: ordered on the 31st, renewed, a card that fails, suspended, paid, given back, cancelled, gone."""

from __future__ import annotations

import json
import urllib.request
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from ezcore.billing.invoices.models import Invoice
from ezcore.billing.ledger import operations as ledger
from ezcore.reports.invariants import broken_invariants
from ezcore.services.services import operations as services
from ezcore.services.services.models import Service
from tests.fixtures_town import build_town

MIRA = "mira@example.test"


@pytest.fixture
def town(schema_sqlite_url, tmp_path):
    """Opens on 31 January 2027, 11:00 in Tallinn."""
    yield from build_town(schema_sqlite_url, tmp_path, datetime(2027, 1, 31, 9, 0, tzinfo=UTC))


def test_a_year_of_a_vps(town):
    mira = town.newcomer()
    town.pay(mira, town.order(mira))
    first_months(town)
    town.live_until(date(2027, 5, 30))
    card_fails(town)
    town.live_until(date(2027, 6, 7))
    suspended(town)
    pays_by_hand(town, mira)
    town.live_until(date(2027, 10, 15))
    cancels(town, mira)
    town.live_until(date(2028, 1, 31))
    gone(town)


def first_months(town):
    """The anchor day is kept: 31 January, 28 February, 31 March, 30 April."""
    town.live_until(date(2027, 4, 30))
    assert town.invoices() == [
        ("2027-01-31", "2027-01-31", "2027-01-31", "2027-02-28", "paid"),
        ("2027-02-21", "2027-02-28", "2027-02-28", "2027-03-31", "paid"),
        ("2027-03-24", "2027-03-31", "2027-03-31", "2027-04-30", "paid"),
        ("2027-04-23", "2027-04-30", "2027-04-30", "2027-05-31", "paid"),
    ]
    assert town.mails() == [
        ("2027-01-31", "invoice_issued", MIRA),
        ("2027-01-31", "payment_received", MIRA),
        ("2027-01-31", "service_active", MIRA),
        ("2027-02-21", "invoice_issued", MIRA),
        ("2027-02-27", "payment_received", MIRA),
        ("2027-03-24", "invoice_issued", MIRA),
        ("2027-03-30", "payment_received", MIRA),
        ("2027-04-23", "invoice_issued", MIRA),
        ("2027-04-29", "payment_received", MIRA),
    ]
    assert town.service().paid_until == date(2027, 5, 31)


def card_fails(town):
    """From 31 May on the stored card is declined."""
    assert town.invoices()[-1] == ("2027-05-24", "2027-05-31", "2027-05-31", "2027-06-30", "paid")
    behaviour(town, "insufficient_funds")


def suspended(town):
    """The invoice due on 30 June is not paid; on the fifth day after it the service is suspended."""
    town.live_until(date(2027, 7, 6))
    assert town.invoices()[-1] == ("2027-06-23", "2027-06-30", "2027-06-30", "2027-07-31", "unpaid")
    assert town.mails(since=date(2027, 6, 1)) == [
        ("2027-06-23", "invoice_issued", MIRA),
        ("2027-06-29", "payment_failed", MIRA),
        ("2027-06-30", "payment_failed", MIRA),
        ("2027-07-01", "payment_reminder", MIRA),
        ("2027-07-02", "payment_failed", MIRA),
        ("2027-07-03", "payment_reminder", MIRA),
        ("2027-07-04", "payment_failed", MIRA),
        ("2027-07-05", "service_suspended", MIRA),
    ]
    assert town.service().state == "suspended"
    [vm] = town.vms()
    assert (vm["status"], str(vm["config"].get("onboot", 0))) == ("stopped", "0")


def pays_by_hand(town, mira):
    """Payment lifts the suspension, and no day is lost or won."""
    behaviour(town, "ok")
    with town.shop.work.read() as uow:
        number = uow.session.scalars(select(Invoice.number).where(Invoice.status == "unpaid")).one()
    town.pay(mira, number)
    assert town.service().state == "active"
    assert town.service().paid_until == date(2027, 7, 31)
    assert town.vms()[0]["status"] == "running"
    assert [mail[1] for mail in town.mails(since=date(2027, 7, 6))] == [
        "payment_received",
        "service_unsuspended",
    ]


def cancels(town, mira):
    """Cancellation at period end: what is paid is used, nothing more is invoiced."""
    with town.shop.work.write(mira) as uow:
        services.schedule_cancellation(uow, uow.session.get_one(Service, town.service().id), "done")
    town.life.settle()
    assert town.service().cancel_on == date(2027, 10, 31)


def gone(town):
    """On the last day the machine is removed and everything balances."""
    assert town.service().state == "terminated"
    assert town.vms() == []
    assert town.invoices()[-1] == ("2027-09-23", "2027-09-30", "2027-09-30", "2027-10-31", "paid")
    assert [(day, name) for day, name, _ in town.mails(since=date(2027, 10, 1))] == [
        ("2027-10-15", "cancellation_confirmed"),
        ("2027-10-31", "service_terminated"),
    ]
    with town.shop.work.read() as uow:
        assert broken_invariants(uow) == []
        assert ledger.balance(uow, ledger.RECEIVABLE, "EUR").is_zero
        assert str(ledger.balance(uow, ledger.REVENUE, "EUR")) == "-54.00 EUR"


def behaviour(town, how):
    """Tell Stripe how the stored card behaves from now on."""
    [customer] = town.stripe.store.all("customer")
    body = json.dumps({"customer": customer["id"], "behaviour": how}).encode()
    address = town.shop.settings.ini["stripe.api_base"]
    with urllib.request.urlopen(urllib.request.Request(f"{address}/_control/card", body)) as answer:
        assert answer.status == 200
