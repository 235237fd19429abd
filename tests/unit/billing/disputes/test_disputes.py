"""Disputes: withdrawn money is owed again, a win puts it back, and the order of what we are told changes nothing."""

from __future__ import annotations

import contextlib
import shutil
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ezcore.billing.credit import operations as credit
from ezcore.billing.disputes.models import Dispute
from ezcore.billing.disputes.rules import Word, later
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.refunds.models import Refund
from ezcore.billing.refunds.queries import refundable
from ezcore.billing.transactions.inbox import apply_fact
from ezcore.billing.transactions.models import Transaction
from ezcore.jobs.models import StaffTask
from ezcore.jobs.outbox.models import OutboxEvent
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import PaymentResult
from ezcore.plugin_api.ports.webhook_source import DisputeFact, PaymentFact, RefundFact
from ezcore.reports.invariants import broken_invariants
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services import operations as services
from ezcore.services.services.models import Service
from tests.fixtures_trade import open_trade

DUE = datetime(2027, 2, 20, 12, 0, tzinfo=UTC)


def eur(minor):
    return Money(minor, "EUR")


def dispute(status, withdrawn=0, fee=0, amount=350, dispute_id="du_1", **more):
    return DisputeFact(
        payment_id="pi_1", dispute_id=dispute_id, status=status, amount=eur(amount), withdrawn=eur(withdrawn),
        fee=eur(fee), **more,
    )  # fmt: skip


def open_payment(trade, ann, slug="web-start"):
    """An invoice of 3.50 and the payment that a gateway was asked for; gives both."""
    invoice = trade.order(ann, slug)
    number = trade.open_transaction(invoice)
    with trade.work.read() as uow:
        reference = uow.session.get_one(Transaction, number).reference
    return invoice, reference


def paid(reference, amount=350):
    return PaymentFact(
        reference=reference, result=PaymentResult(status="succeeded", external_id="pi_1", amount=eur(amount))
    )


def tell(trade, *facts):
    found = []
    for fact in facts:
        with trade.work.write() as uow:
            found.append(apply_fact(uow, "stripe", fact))
    return found


def balance(trade, account):
    with trade.work.read() as uow:
        return ledger.balance(uow, account, "EUR").minor


def task(trade):
    with trade.work.read() as uow:
        return uow.session.scalars(select(StaffTask).where(StaffTask.key.like("dispute:%"))).one()


def test_withdrawn_money_is_owed_again_and_staff_know_until_when(each_trade):
    ann = each_trade.newcomer()
    invoice, reference = open_payment(each_trade, ann)
    fact = dispute("needs_response", withdrawn=350, fee=1500, reason="fraudulent", answer_by=DUE)
    tell(each_trade, paid(reference), fact, fact)
    found = each_trade.invoice(invoice)
    assert (found.status, found.balance_due) == ("unpaid", eur(350))
    assert found.disputed_at is not None
    # 3.50 came; the bank took 3.50 and the gateway 15.00 for the trouble.
    assert (balance(each_trade, "cash:stripe"), balance(each_trade, ledger.GATEWAY_FEES)) == (-1500, 1500)
    assert balance(each_trade, ledger.RECEIVABLE) == 350
    assert "2027-02-20 12:00" in task(each_trade).cause
    assert each_trade.broken() == []


def test_a_win_puts_money_and_payment_back_and_delivers_nothing_twice(each_trade):
    ann = each_trade.newcomer()
    invoice, reference = open_payment(each_trade, ann)
    tell(each_trade, paid(reference), dispute("needs_response", withdrawn=350, fee=1500))
    tell(each_trade, dispute("won", withdrawn=0, fee=0))
    found = each_trade.invoice(invoice)
    assert (found.status, found.disputed_at) == ("paid", None)
    assert (balance(each_trade, "cash:stripe"), balance(each_trade, ledger.GATEWAY_FEES)) == (350, 0)
    with each_trade.work.read() as uow:
        names = [name.rpartition(".")[2] for name in uow.session.scalars(select(OutboxEvent.name))]
    assert (names.count("InvoicePaid"), names.count("InvoiceRepaid")) == (1, 1)
    assert task(each_trade).closed_at is not None
    assert each_trade.broken() == []


def test_a_lost_dispute_stays_owed_and_the_stored_method_is_left_alone(trade):
    ann = trade.newcomer()
    invoice, reference = open_payment(trade, ann)
    tell(trade, paid(reference), dispute("needs_response", withdrawn=350), dispute("lost", withdrawn=350))
    assert trade.invoice(invoice).balance_due == eur(350)
    assert "lost" in task(trade).title
    assert balance(trade, ledger.BAD_DEBT) == 0
    assert trade.broken() == []


def test_what_a_bank_took_back_stays_owed_when_the_service_ends(trade):
    ann = trade.newcomer()
    _, reference = open_payment(trade, ann)
    tell(trade, paid(reference))
    trade.settle()
    trade.go_to(date(2027, 2, 22))
    trade.run("renewals")
    renewal = trade.unpaid()[0]
    trade.pay(renewal)
    tell(trade, dispute("lost", withdrawn=350))
    with trade.work.write() as uow:
        lifecycle.request(uow, uow.session.scalars(select(Service)).one(), "terminate", "moved")
        services.withdraw_unpaid(
            uow, uow.session.scalars(select(Service)).one(), "the service was terminated"
        )
    trade.settle()
    assert len(trade.unpaid()) == 1
    assert trade.broken() == []


def test_an_inquiry_takes_nothing(trade):
    ann = trade.newcomer()
    invoice, reference = open_payment(trade, ann)
    tell(trade, paid(reference), dispute("inquiry"), dispute("won"))
    assert trade.invoice(invoice).status == "paid"


def test_what_was_paid_too_much_is_taken_from_credit_as_far_as_it_is_there(trade):
    ann = trade.newcomer()
    invoice, reference = open_payment(trade, ann)
    tell(trade, paid(reference, 500))
    with trade.work.write() as uow:
        credit.adjust(uow, ann.client_id, eur(-100), "spent")
    tell(trade, dispute("needs_response", withdrawn=500, amount=500))
    # 3.50 is owed again, 0.50 of the 1.50 was still there, and 1.00 is covered by nobody.
    assert trade.invoice(invoice).balance_due == eur(350)
    assert (balance(trade, ledger.CLIENT_CREDIT), balance(trade, ledger.DISPUTES)) == (0, 100)
    tell(trade, dispute("lost", withdrawn=500, amount=500))
    assert (balance(trade, ledger.DISPUTES), balance(trade, ledger.BAD_DEBT)) == (0, 100)
    tell(trade, dispute("won", withdrawn=0, amount=500))
    assert (balance(trade, ledger.BAD_DEBT), balance(trade, ledger.CLIENT_CREDIT)) == (0, -50)
    assert trade.invoice(invoice).status == "paid"
    assert trade.broken() == []


def test_paid_again_meanwhile_a_win_is_credit(trade):
    ann = trade.newcomer()
    invoice, reference = open_payment(trade, ann)
    tell(trade, paid(reference), dispute("needs_response", withdrawn=350))
    trade.pay(invoice, "EE-again")
    tell(trade, dispute("won"))
    assert trade.invoice(invoice).status == "paid"
    assert balance(trade, ledger.CLIENT_CREDIT) == -350
    assert trade.broken() == []


def test_a_disputed_payment_cannot_be_refunded_as_well(trade):
    ann = trade.newcomer()
    _, reference = open_payment(trade, ann)
    tell(trade, paid(reference), dispute("needs_response", withdrawn=300, amount=300))
    with trade.work.read() as uow:
        found = uow.session.scalars(select(Transaction)).one()
    assert (found.received_minor, found.disputed_minor) == (350, 300)
    assert refundable(found) == eur(50)


WORDS = st.builds(
    Word,
    status=st.sampled_from(["inquiry", "needs_response", "under_review", "won", "lost"]),
    amount=st.just(eur(350)),
    withdrawn=st.sampled_from([eur(0), eur(350)]),
    fee=st.sampled_from([eur(0), eur(1500)]),
    reason=st.sampled_from(["", "fraudulent"]),
    answer_by=st.sampled_from([None, DUE]),
)


@given(st.lists(WORDS, min_size=1, max_size=6).flatmap(lambda w: st.tuples(st.just(w), st.permutations(w))))
@settings(max_examples=1000)
def test_I07_the_later_word_is_the_same_in_any_order(words):
    told, shuffled = words
    one, other = told[0], shuffled[0]
    for word in told:
        one = later(one, word)
    for word in [*shuffled, *shuffled]:
        other = later(other, word)
    assert one == other


STORY = [
    dispute("inquiry", amount=200),
    dispute("needs_response", amount=200, withdrawn=200, fee=1500),
    dispute("lost", amount=200, withdrawn=200, fee=1500),
    dispute("won", amount=200),
    RefundFact(payment_id="pi_1", refund_id="re_1", status="pending", amount=eur(150)),
    RefundFact(payment_id="pi_1", refund_id="re_1", status="succeeded", amount=eur(150)),
    RefundFact(payment_id="pi_1", refund_id="re_1", status="failed", amount=eur(150)),
]
TOLD = st.lists(st.sampled_from(range(len(STORY))), min_size=1, max_size=7, unique=True)


@pytest.fixture(scope="module")
def place(migrated_sqlite, tmp_path_factory):
    """A shop with one payment on its way; each example is undone after it was looked at."""
    folder = tmp_path_factory.mktemp("disputes")
    shutil.copy(migrated_sqlite, folder / "shop.sqlite3")
    opened = open_trade(f"sqlite:///{folder / 'shop.sqlite3'}", folder)
    trade = next(opened)
    invoice, reference = open_payment(trade, trade.newcomer())
    yield trade, invoice, reference
    for _ in opened:
        pass


@given(data=st.data())
@settings(
    max_examples=max(200, settings.default.max_examples),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_I07_any_order_and_repetition_of_facts_ends_in_one_state(place, data):
    chosen = data.draw(TOLD)
    twice = data.draw(st.lists(st.sampled_from(chosen), max_size=3))
    facts = [STORY[number] for number in chosen]
    order = data.draw(st.permutations([paid(place[2]), *facts, *(STORY[number] for number in twice)]))
    known = tuple(sorted(chosen))
    if known not in IN_ORDER:
        IN_ORDER[known] = _end(place, [paid(place[2]), *(STORY[number] for number in known)], check=True)
    assert _end(place, order) == IN_ORDER[known]


IN_ORDER: dict = {}


class Undone(Exception):
    """Rolls the example back."""


def _end(place, facts, *, check=False):
    """The state after these facts; nothing of it stays."""
    trade, invoice, _ = place
    found = []
    with contextlib.suppress(Undone), trade.work.write() as uow:
        for fact in facts:
            apply_fact(uow, "stripe", fact)
        uow.session.flush()
        uow.session.expire_all()
        found.append(_state(uow, invoice))
        if check:
            assert broken_invariants(uow) == []
        raise Undone
    return found[0]


def _state(uow, invoice_id):
    accounts = (
        "cash:stripe", ledger.RECEIVABLE, ledger.CLIENT_CREDIT, ledger.REFUNDS_PENDING, ledger.REVENUE,
        ledger.DISPUTES, ledger.BAD_DEBT, ledger.GATEWAY_FEES,
    )  # fmt: skip
    invoice = uow.session.get_one(Invoice, invoice_id)
    payment = uow.session.scalars(select(Transaction)).one()
    row = uow.session.scalars(select(Dispute)).first()
    refund = uow.session.scalars(select(Refund)).first()
    return {
        "books": [ledger.balance(uow, account, "EUR").minor for account in accounts],
        "invoice": (invoice.status, invoice.balance_due, invoice.disputed_at is None),
        "payment": (payment.status, payment.refunded_minor, payment.disputed_minor),
        "dispute": row and (row.status, row.withdrawn_minor, row.held_minor, row.lost_minor),
        "refund": refund and refund.status,
        "credit": credit.balance(uow, invoice.client_id, "EUR").minor,
    }
