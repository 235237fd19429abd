"""Money that goes back, with the real Stripe client and the sandbox: refunds, one that fails, disputes, payouts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from ez_stripe.sandbox import clicks
from sqlalchemy import func, select

from ezcore.automation.tasks import run_task
from ezcore.billing.credit import operations as credit
from ezcore.billing.credit_notes.models import CreditNote
from ezcore.billing.disputes.models import Dispute
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.payouts.models import Payout
from ezcore.billing.refunds import operations as refunds
from ezcore.billing.refunds.models import Refund
from ezcore.billing.transactions.models import Transaction
from ezcore.jobs.inbox.models import WebhookEvent
from ezcore.jobs.models import StaffTask
from ezcore.kernel.money import Money
from ezcore.reports.invariants import broken_invariants

REFUND_FAILS = "4000000000005126"


@pytest.fixture
def mira(town):
    return town.newcomer()


def bought(town, mira, card=clicks.VISA):
    """Mira's first month, paid on Stripe's page; gives the payment."""
    town.pay(mira, town.order(mira), card)
    return one(town, Transaction)


def one(town, table):
    with town.shop.work.read() as uow:
        return uow.session.scalars(select(table).order_by(table.id)).first()


def give_back(town, payment, minor, to="gateway"):
    with town.shop.work.write() as uow:
        found = uow.session.get_one(Transaction, payment.id)
        refunds.request(uow, found, Money(minor, found.currency), to, "was too slow")
    settle(town)


def settle(town):
    town.life.settle()
    town.carry_webhooks()
    town.life.settle()


def balance(town, account):
    with town.shop.work.read() as uow:
        return ledger.balance(uow, account, "EUR").minor


def credit_of(town, client):
    with town.shop.work.read() as uow:
        return credit.balance(uow, client, "EUR").minor


def whole(town):
    with town.shop.work.read() as uow:
        assert broken_invariants(uow) == []


def test_half_goes_back_to_the_card(town, mira):
    payment = bought(town, mira)
    half = payment.received_minor // 2
    give_back(town, payment, half)
    refund = one(town, Refund)
    assert (refund.status, refund.external_id.startswith("re_")) == ("succeeded", True)
    at_stripe = town.stripe.account.load("charge", _charge(town, payment))
    assert at_stripe["amount_refunded"] == half
    assert one(town, CreditNote).total_minor == half
    assert balance(town, ledger.REFUNDS_PENDING) == 0
    assert "refund_sent" in [mail[1] for mail in town.mails()]
    whole(town)


def test_a_refund_that_fails_days_later_is_credit_and_somebody_is_asked(town, mira):
    payment = bought(town, mira, REFUND_FAILS)
    before = balance(town, "cash:stripe")
    give_back(town, payment, payment.received_minor)
    assert one(town, Refund).status == "succeeded"
    town.clock.advance(timedelta(days=6))
    settle(town)
    assert one(town, Refund).status == "failed"
    assert credit_of(town, payment.client_id) == payment.received_minor
    assert balance(town, "cash:stripe") == before
    assert "refund" in one(town, StaffTask).title.lower()
    assert "refund_failed" in [mail[1] for mail in town.mails()]
    whole(town)


@pytest.mark.parametrize("end", ["won", "lost"])
def test_a_dispute_takes_the_money_and_its_end_decides(town, mira, end):
    payment = bought(town, mira)
    before = balance(town, "cash:stripe")
    charge = town.stripe.account.load("charge", _charge(town, payment))
    dispute = town.stripe.payments.dispute(charge, "fraudulent")
    settle(town)
    invoice = one(town, Invoice)
    assert (invoice.status, invoice.balance_due) == ("unpaid", payment.received)
    assert one(town, Dispute).answer_by is not None
    assert balance(town, "cash:stripe") < before
    town.stripe.disputes.close(dispute["id"], end)
    settle(town)
    assert one(town, Dispute).status == end
    assert one(town, Invoice).status == ("paid" if end == "won" else "unpaid")
    whole(town)


def test_F30_a_payment_whose_webhooks_all_got_lost_is_found(town, mira):
    number = town.order(mira)
    clicks.pay(town.go_to_checkout(mira, number))
    town.stripe.account.webhooks.deliver_due(lambda _post: 200)  # somebody else's door
    assert one(town, Invoice).status == "unpaid"
    town.clock.advance(timedelta(minutes=20))
    run_task(town.shop.work, "events", town.clock.today("Europe/Tallinn"))
    town.life.settle()
    assert one(town, Invoice).status == "paid"
    with town.shop.work.read() as uow:
        polled = select(func.count()).select_from(WebhookEvent).where(WebhookEvent.polled)
        assert uow.session.scalar(polled) > 0
    whole(town)


def test_a_payout_moves_the_money_to_the_bank(town, mira):
    payment = bought(town, mira)
    assert balance(town, "cash:stripe") == payment.received_minor - payment.fee_minor
    payout = town.stripe.payouts.send("eur", 100)
    town.stripe.payouts.settle(payout["id"], "paid")
    settle(town)
    assert (one(town, Payout).status, balance(town, "cash:bank")) == ("paid", 100)
    town.stripe.payouts.settle(payout["id"], "failed")
    settle(town)
    assert (one(town, Payout).status, balance(town, "cash:bank")) == ("failed", 0)
    whole(town)


def _charge(town, payment):
    return town.stripe.account.load("payment_intent", payment.external_id)["latest_charge"]
