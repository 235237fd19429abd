"""Rows H01 to H10: what went wrong elsewhere, asked of the real doors: Stripe's webhook, the cart, the run.

The races behind H06, H09 and H10 are in `test_races.py`; a run far above the usual (H08) in tests/unit/automation.
"""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from ez_stripe.sandbox import WEBHOOK_SECRET, clicks
from sqlalchemy import func, select
from webtest import TestApp

from ezcore.app import make_app
from ezcore.audit.models import AuditRow
from ezcore.billing.credit import operations as credit
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.models import Transaction
from ezcore.jobs.inbox.models import WebhookEvent
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from ezcore.messaging.models import Mail
from ezcore.plugin_api.ports.gateway import PaymentResult
from ezcore.reports.invariants import broken_invariants
from ezcore.simulation.catalog_seed import eur
from tests.fixtures_trade import at_once
from tests.functional.money.untouched import untouched
from tests.functional.webhooks.letters import DOOR, signature


@pytest.fixture
def mira(town):
    return town.newcomer()


def letters_of(town):
    """What Stripe has to tell us, kept here instead of being delivered."""
    found = []

    def keep(post):
        found.append(post.body)
        return 200

    town.stripe.tick()
    town.stripe.account.webhooks.deliver_due(keep)
    return found


def post(town, body, *, secret=WEBHOOK_SECRET, signed=None, web=None):
    at = int(town.clock.now().timestamp())
    headers = {"Stripe-Signature": signature(signed or body, at, secret), "Content-Type": "application/json"}
    return (web or town.web).post(DOOR, body, headers=headers, expect_errors=True).status_int


def all_of(town, model):
    with town.shop.work.read() as uow:
        return uow.session.scalars(select(model).order_by(model.id)).all()


def invoice_of(town, number):
    with town.shop.work.read() as uow:
        return uow.session.scalars(select(Invoice).where(Invoice.number == number)).one()


def paid_letter(letters):
    return next(body for body in letters if json.loads(body)["type"] == "checkout.session.completed")


def test_H01_a_forged_word_of_the_gateway_pays_nothing(town, mira):
    number = town.order(mira)
    clicks.pay(town.go_to_checkout(mira, number))
    letter = paid_letter(letters_of(town))
    changed = letter.replace(b'"paid"', b'"pald"', 1)
    assert changed != letter
    with untouched(town.shop):
        assert town.web.post(DOOR, letter, expect_errors=True).status_int == 400  # not signed
        assert post(town, letter, secret="whsec_wrong") == 400
        assert post(town, letter, secret="whsec_of_another_account_0001") == 400
        assert post(town, changed, signed=letter) == 400
    with town.shop.work.read() as uow:
        rejected = select(func.count()).select_from(AuditRow).where(AuditRow.verb == "webhook.reject")
        assert uow.session.scalar(rejected) == 4
    assert invoice_of(town, number).status == InvoiceStatus.UNPAID
    assert post(town, letter) == 200  # and the real one does
    town.life.settle()
    assert invoice_of(town, number).status == InvoiceStatus.PAID


def test_H02_a_word_about_one_checkout_is_never_applied_to_another_invoice(town, mira):
    """Signed, but its metadata names another invoice: only what Stripe itself says of the checkout counts."""
    first, other = town.order(mira), town.order(mira, hostname="b.example.test")
    clicks.pay(town.go_to_checkout(mira, first))
    town.go_to_checkout(mira, other)
    references = {one.invoice_id: one.reference for one in all_of(town, Transaction)}
    mine, theirs = (references[invoice_of(town, number).id] for number in (first, other))
    letter = paid_letter(letters_of(town))
    swapped = letter.replace(mine.encode(), theirs.encode())
    assert swapped != letter
    assert post(town, swapped) == 200
    town.life.settle()
    assert invoice_of(town, other).paid_minor == 0
    with town.shop.work.read() as uow:
        assert broken_invariants(uow) == []


def test_H02_an_unknown_kind_is_kept_without_effect_and_one_without_a_kind_is_refused(town, mira):
    number = town.order(mira)
    clicks.pay(town.go_to_checkout(mira, number))
    event = json.loads(paid_letter(letters_of(town)))
    unknown = json.dumps(event | {"type": "checkout.session.something_new"}).encode()
    assert post(town, unknown) == 200
    town.life.settle()
    assert [row.state for row in all_of(town, WebhookEvent)] != []
    with untouched(town.shop):
        assert post(town, json.dumps({k: v for k, v in event.items() if k != "type"}).encode()) == 400
    assert invoice_of(town, number).status == InvoiceStatus.UNPAID


def test_H03_the_same_word_twice_twenty_times_at_once_and_forty_days_later(town, mira):
    number = town.order(mira)
    clicks.pay(town.go_to_checkout(mira, number))
    letters = letters_of(town)
    doors = [TestApp(make_app(town.shop)) for _ in range(20)]
    for letter in letters:
        assert set(at_once(20, lambda turn, letter=letter: post(town, letter, web=doors[turn]))) == {200}
    town.life.settle()
    before = _once(town, number)
    letter = json.loads(paid_letter(letters))
    again = json.dumps(letter | {"id": "evt_another_id_same_payment"}).encode()
    town.clock.advance(timedelta(days=40))
    for body in (*letters, again):
        assert post(town, body) == 200
    town.life.settle()
    assert _once(town, number) == before


def _once(town, number):
    """One payment, one machine, one mail that says thank you."""
    thanks = [mail for mail in all_of(town, Mail) if mail.template == "payment_received"]
    assert [one.status for one in all_of(town, Transaction)] == ["succeeded"]
    assert invoice_of(town, number).paid == eur("6.00")
    assert len(town.vms()) == len(thanks) == 1
    return town.service().paid_until, len(all_of(town, Invoice))


def test_H04_a_price_from_outside_is_never_taken(town, mira):
    """Of the form: B041. Of the gateway: a cent, another currency, not paid yet."""
    number = town.order(mira)
    town.go_to_checkout(mira, number)
    [opened] = all_of(town, Transaction)
    cent = PaymentResult(status="succeeded", external_id="pi_1", amount=Money(1, "USD"))
    with pytest.raises(Refused):
        _told(town, opened.id, cent)
    _told(town, opened.id, PaymentResult(status="pending", external_id="pi_1"))
    assert invoice_of(town, number).status == InvoiceStatus.UNPAID
    _told(town, opened.id, PaymentResult(status="succeeded", external_id="pi_1", amount=Money(1, "EUR")))
    town.life.settle()
    found = invoice_of(town, number)
    assert (found.status, found.paid_minor, len(town.vms())) == (InvoiceStatus.UNPAID, 1, 0)


def _told(town, transaction_id, result):
    with town.shop.work.write() as uow:
        transactions.settle(uow, uow.session.get_one(Transaction, transaction_id), result)


def test_H07_money_that_came_twice_by_two_ways_is_credit_that_one_sees(town, mira):
    """While a charge is unknown no second way is opened; when both took the money the rest is credit."""
    number = town.order(mira)
    with town.shop.work.write() as uow:
        invoice = uow.session.scalars(select(Invoice).where(Invoice.number == number)).one()
        charge = transactions.open_transaction(uow, invoice, "stripe", "capture").id
    with untouched(town.shop), pytest.raises(Refused, match="right now"):
        town.go_to_checkout(mira, number)
    with town.shop.work.write() as uow:
        invoice = uow.session.scalars(select(Invoice).where(Invoice.number == number)).one()
        transactions.record_manual(uow, invoice, "banktransfer", invoice.total, "EE1")
    late = PaymentResult(status="succeeded", external_id="pi_late", amount=eur("6.00"))
    _told(town, charge, late)
    _told(town, charge, late)
    town.life.settle()
    with town.shop.work.read() as uow:
        assert credit.balance(uow, mira.client_id, "EUR") == eur("6.00")
        assert broken_invariants(uow) == []
    assert invoice_of(town, number).paid == eur("6.00")
    assert len(town.vms()) == 1
