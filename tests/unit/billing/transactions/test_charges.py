"""Charges of stored methods: the schedule of retries, a bank that asks the payer, and what is left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from ezcore.billing.invoices.models import Invoice
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.methods import operations as methods
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.models import Transaction
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.messaging.models import Mail
from ezcore.plugin_api.ports.gateway import (
    CaptureRequest,
    Gateway,
    GatewayCapability,
    PaymentResult,
    StoredMethod,
)
from tests.fixtures_trade import at_once


class Cards(Gateway):
    """Answers every charge the same way."""

    name = "cards"
    label = "Cards"
    capabilities = frozenset({GatewayCapability.CAPTURE})

    def __init__(self, status):
        self.status = status
        self.asked = []

    def capture(self, request: CaptureRequest) -> PaymentResult:
        self.asked.append(request)
        return PaymentResult(status=self.status, reason="no funds" if self.status == "declined" else None)


@pytest.fixture
def owed(trade):
    """An invoice of a client with a card."""
    ann = trade.newcomer()
    with trade.work.write() as uow:
        card = StoredMethod(external_id="pm_1", customer_id="cus_1", label="Visa")
        methods.remember_method(uow, ann.client_id, "cards", card)
    return trade.order(ann)


def gateway(trade, status):
    found = Cards(status)
    trade.shop.host.ports.add("cards", Gateway, found)
    return found


def tries(trade):
    with trade.work.read() as uow:
        return [
            (one.status, one.reason)
            for one in uow.session.scalars(select(Transaction).order_by(Transaction.id))
        ]


def mails(trade):
    with trade.work.read() as uow:
        return list(uow.session.execute(select(Mail.template, Mail.subject).order_by(Mail.id)))


def test_a_declined_charge_is_tried_again_on_the_configured_days_and_then_no_more(trade, owed):
    cards = gateway(trade, "declined")
    asked_on = []
    for day in range(10):
        before = len(cards.asked)
        trade.run("charges")
        if len(cards.asked) > before:
            asked_on.append(day)
        trade.later(1)
    # Due today: today, the retry of day 0 with tomorrow's run, then days 2 and 4.
    assert asked_on == [0, 1, 2, 4]
    assert len({one.operation_key for one in cards.asked}) == 4


def test_a_bank_that_asks_the_payer_gets_them_a_link_and_counts_as_one_try(trade, owed):
    gateway(trade, "requires_action")
    trade.run("charges")
    assert tries(trade) == [("declined", transactions.NEEDS_PAYER)]
    (found,) = [mail for mail in mails(trade) if mail.template == "payment_confirm"]
    assert "Please confirm" in found.subject
    assert "payment_failed" not in [mail.template for mail in mails(trade)]


def test_a_disputed_invoice_is_not_charged_again_by_itself(trade, owed):
    cards = gateway(trade, "declined")
    with trade.work.write() as uow:
        uow.session.get_one(Invoice, owed).disputed_at = uow.now() - timedelta(days=1)
    outcome = trade.run("charges")
    assert (cards.asked, outcome.lines) == ([], [])
    assert "disputed" in outcome.skipped[0]


def record(trade, invoice, minor, currency="EUR", reference="EE1"):
    with trade.work.write() as uow:
        found = uow.session.get_one(Invoice, invoice)
        return transactions.record_manual(uow, found, "bank", Money(minor, currency), reference).id


def test_two_clerks_at_once_enter_one_line_once(each_trade):
    invoice = each_trade.order(each_trade.newcomer())
    entered = at_once(8, lambda _: record(each_trade, invoice, 100))
    assert sum(isinstance(one, int) for one in entered) == 1
    assert all(isinstance(one, Refused) for one in entered if not isinstance(one, int)), entered
    assert each_trade.invoice(invoice).paid_minor == 100


def test_more_than_is_due_becomes_credit(trade, owed):
    record(trade, owed, 500)
    with trade.work.read() as uow:
        assert ledger.balance(uow, ledger.CLIENT_CREDIT, "EUR").minor == -150
    assert trade.invoice(owed).status == "paid"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"minor": 100, "currency": "USD"}, "amount"),
        ({"minor": 0}, "amount"),
        ({"minor": -5}, "amount"),
        ({"minor": 100, "reference": "  "}, "external_id"),
    ],
)
def test_what_no_bank_would_write_is_refused(trade, owed, typed, field):
    with pytest.raises(InvalidInput) as refusal:
        record(trade, owed, **typed)
    assert refusal.value.field == field
    assert trade.invoice(owed).paid_minor == 0
