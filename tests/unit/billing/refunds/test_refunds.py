"""Refunds: what was received is given back once, the credit note says why, and a failure leaves credit."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from ezcore.billing.credit import operations as credit
from ezcore.billing.credit_notes.models import CreditNote
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.ledger import operations as ledger
from ezcore.billing.refunds import operations as refunds
from ezcore.billing.refunds.models import Refund
from ezcore.billing.transactions.inbox import apply_fact
from ezcore.billing.transactions.models import Transaction
from ezcore.jobs.models import StaffTask
from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput, NotAllowed, Refused
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import PaymentResult
from ezcore.plugin_api.ports.webhook_source import PaymentFact, RefundFact
from tests.fixtures_trade import at_once


def eur(minor):
    return Money(minor, "EUR")


@pytest.fixture
def ann(each_trade):
    return each_trade.newcomer()


@pytest.fixture
def paid(each_trade, ann):
    """A card payment of 3.50 for the first month of a web hosting."""
    return pay_by_card(each_trade, each_trade.order(ann))


def pay_by_card(trade, invoice_id, amount=350, external_id="pi_1"):
    number = trade.open_transaction(invoice_id)
    trade.told(
        number, PaymentResult(status="succeeded", external_id=external_id, amount=eur(amount), fee=eur(30))
    )
    return number


def ask(trade, transaction_id, minor, to="gateway", **more):
    with trade.work.write() as uow:
        found = uow.session.get_one(Transaction, transaction_id)
        return refunds.request(uow, found, eur(minor), to, more.pop("reason", "was broken"), **more).id


def say(trade, refund_id, status, external_id="re_1"):
    with trade.work.write() as uow:
        refunds.told(uow, uow.session.get_one(Refund, refund_id), status, external_id, "account closed")


def told(trade, fact):
    with trade.work.write() as uow:
        return apply_fact(uow, "stripe", fact)


def balance(trade, account, client=None):
    with trade.work.read() as uow:
        return ledger.balance(uow, account, "EUR", client).minor


def credit_of(trade, ann):
    with trade.work.read() as uow:
        return credit.balance(uow, ann.client_id, "EUR").minor


def transaction(trade, number):
    with trade.work.read() as uow:
        return uow.session.get_one(Transaction, number)


def notes(trade):
    with trade.work.read() as uow:
        return [note.total_minor for note in uow.session.scalars(select(CreditNote).order_by(CreditNote.id))]


def test_I08_a_whole_refund_asked_for_twenty_times_at_once_is_one(each_trade, paid):
    asked = at_once(20, lambda _: ask(each_trade, paid, 350))
    assert sum(isinstance(one, int) for one in asked) == 1
    assert all(isinstance(one, Refused) for one in asked if not isinstance(one, int))
    assert transaction(each_trade, paid).refunded_minor == 350
    assert notes(each_trade) == [350]
    assert each_trade.broken() == []


def test_the_same_form_sent_twenty_times_at_once_is_one_refund(each_trade, paid):
    asked = at_once(20, lambda _: ask(each_trade, paid, 100, key="form_1"))
    assert len(set(asked)) == 1, asked
    assert (transaction(each_trade, paid).refunded_minor, notes(each_trade)) == (100, [100])


def test_half_goes_back_to_the_card_with_a_credit_note(each_trade, ann, paid):
    refund = ask(each_trade, paid, 175)
    # 3.50 came, 0.30 of it was Stripe's fee: 3.20 at Stripe, and 1.75 of that on its way.
    assert balance(each_trade, "cash:stripe") == 320
    assert balance(each_trade, ledger.REFUNDS_PENDING, ann.client_id) == -175
    say(each_trade, refund, "succeeded")
    say(each_trade, refund, "succeeded")
    assert balance(each_trade, "cash:stripe") == 145
    assert balance(each_trade, ledger.REFUNDS_PENDING) == 0
    assert balance(each_trade, ledger.REVENUE) == -175
    assert (notes(each_trade), credit_of(each_trade, ann)) == ([175], 0)
    assert each_trade.broken() == []


def test_parts_up_to_the_last_cent_and_then_no_more(each_trade, paid):
    ask(each_trade, paid, 117)
    ask(each_trade, paid, 117)
    with pytest.raises(InvalidInput, match=r"between 0\.01 EUR and 1\.16 EUR") as refusal:
        ask(each_trade, paid, 117)
    assert refusal.value.field == "amount"
    ask(each_trade, paid, 116)
    with pytest.raises(Refused, match="nothing of this payment is left"):
        ask(each_trade, paid, 1)
    assert notes(each_trade) == [117, 117, 116]
    with each_trade.work.read() as uow:
        assert uow.session.scalars(select(Invoice.status)).one() == "refunded"
    assert each_trade.broken() == []


@pytest.mark.parametrize("before", [[], ["succeeded"]], ids=["at once", "days later"])
def test_a_refund_that_fails_is_credit_and_staff_are_asked(each_trade, ann, paid, before):
    refund = ask(each_trade, paid, 350)
    for status in [*before, "failed", "failed", "succeeded"]:
        say(each_trade, refund, status)
    assert credit_of(each_trade, ann) == 350
    assert balance(each_trade, "cash:stripe") == 320
    assert balance(each_trade, ledger.REFUNDS_PENDING) == 0
    assert transaction(each_trade, paid).refunded_minor == 0
    with each_trade.work.read() as uow:
        asked = uow.session.scalars(select(StaffTask)).one()
    assert "account closed" in asked.cause
    assert each_trade.broken() == []


def test_what_failed_can_be_sent_another_way_without_a_second_credit_note(each_trade, ann, paid):
    say(each_trade, ask(each_trade, paid, 350), "failed")
    ask(each_trade, paid, 350, "manual", external_id="EE-77")
    assert (notes(each_trade), credit_of(each_trade, ann)) == ([350], 0)
    # What staff send by hand leaves the bank; Stripe still has its 3.20.
    assert (balance(each_trade, "cash:bank"), balance(each_trade, "cash:stripe")) == (-350, 320)
    assert each_trade.broken() == []


def test_to_credit_the_money_stays_and_can_be_spent(each_trade, ann, paid):
    ask(each_trade, paid, 350, "credit")
    assert (credit_of(each_trade, ann), balance(each_trade, "cash:stripe")) == (350, 320)
    assert notes(each_trade) == [350]
    with pytest.raises(Refused, match="nothing of this payment is left"):
        ask(each_trade, paid, 1, "gateway")
    assert each_trade.broken() == []


def test_what_was_paid_too_much_goes_back_first_and_takes_nothing_off_the_invoice(each_trade, ann):
    paid = pay_by_card(each_trade, each_trade.order(ann), amount=400)
    assert credit_of(each_trade, ann) == 50
    ask(each_trade, paid, 50)
    assert (notes(each_trade), credit_of(each_trade, ann)) == ([], 0)
    ask(each_trade, paid, 350)
    assert notes(each_trade) == [350]
    assert each_trade.broken() == []


def test_credit_that_was_spent_cannot_go_back_as_well(each_trade, ann):
    paid = pay_by_card(each_trade, each_trade.order(ann), amount=400)
    with each_trade.work.write() as uow:
        credit.adjust(uow, ann.client_id, eur(-50), "spent elsewhere")
    with pytest.raises(Refused, match="was spent meanwhile"):
        ask(each_trade, paid, 50)
    assert transaction(each_trade, paid).refunded_minor == 0


def test_a_part_payment_goes_back_and_the_invoice_is_owed_less(each_trade, ann):
    invoice = each_trade.order(ann)
    paid = pay_by_card(each_trade, invoice, amount=200)
    ask(each_trade, paid, 100)
    found = each_trade.invoice(invoice)
    # 3.50 billed, 1.00 credited, 1.00 of the 2.00 is still there: 1.50 is open.
    assert (found.status, found.balance_due) == ("unpaid", eur(150))
    assert each_trade.broken() == []


def test_without_a_credit_note_the_invoice_is_owed_again(each_trade, ann):
    invoice = each_trade.order(ann)
    paid = pay_by_card(each_trade, invoice)
    ask(each_trade, paid, 100, credit_note=False)
    found = each_trade.invoice(invoice)
    assert (found.status, found.balance_due, notes(each_trade)) == ("unpaid", eur(100), [])
    assert each_trade.broken() == []


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"minor": 0}, "amount"),
        ({"minor": -1}, "amount"),
        ({"minor": 351}, "amount"),
        ({"minor": 10, "reason": "  "}, "reason"),
        ({"minor": 10, "to": "moon"}, "to"),
        ({"minor": 10, "to": "manual"}, "external_id"),
    ],
)
def test_B101_bad_wishes_name_their_field_and_change_nothing(trade, asked, field):
    paid = pay_by_card(trade, trade.order(trade.newcomer()))
    with pytest.raises(InvalidInput) as refusal:
        ask(trade, paid, **asked)
    assert refusal.value.field == field
    assert transaction(trade, paid).refunded_minor == 0
    assert notes(trade) == []


def test_another_currency_an_unpaid_try_and_a_client_are_refused(trade):
    ann = trade.newcomer()
    invoice = trade.order(ann)
    waiting = trade.open_transaction(invoice)
    with pytest.raises(Refused):
        ask(trade, waiting, 10, "credit")
    paid = trade.pay(invoice)
    with trade.work.write(ann) as uow, pytest.raises(NotAllowed):
        refunds.request(uow, uow.session.get_one(Transaction, paid), eur(10), "credit", "please")
    with trade.work.write() as uow:
        found = uow.session.get_one(Transaction, paid)
        with pytest.raises(InvalidInput):
            refunds.request(uow, found, Money(10, "USD"), "credit", "please")
    with pytest.raises(InvalidInput, match="by hand"):
        ask(trade, paid, 10, "gateway")


def test_the_same_transfer_is_not_entered_twice(trade):
    paid = trade.pay(trade.order(trade.newcomer()))
    ask(trade, paid, 100, "manual", external_id="EE-1")
    with pytest.raises(Refused, match="recorded before"):
        ask(trade, paid, 100, "manual", external_id="EE-1")
    assert trade.broken() == []


def test_a_refund_made_at_the_gateway_is_mirrored_with_its_credit_note(trade):
    ann = trade.newcomer()
    paid = pay_by_card(trade, trade.order(ann))
    fact = RefundFact(payment_id="pi_1", refund_id="re_9", status="succeeded", amount=eur(350))
    assert [told(trade, fact), told(trade, fact)] == [None, None]
    assert (notes(trade), transaction(trade, paid).refunded_minor) == ([350], 350)
    assert balance(trade, "cash:stripe") == -30
    assert trade.broken() == []


def test_F27_a_refund_that_is_heard_of_before_its_payment_waits_for_it(trade):
    ann = trade.newcomer()
    invoice = trade.order(ann)
    number = trade.open_transaction(invoice)
    reference = transaction(trade, number).reference
    early = RefundFact(payment_id="pi_1", refund_id="re_9", status="succeeded", amount=eur(350))
    assert "waits for payment pi_1" in told(trade, early)
    assert "waits for payment pi_1" in told(trade, early)
    result = PaymentResult(status="succeeded", external_id="pi_1", amount=eur(350))
    assert told(trade, PaymentFact(reference=reference, result=result)) is None
    assert (trade.invoice(invoice).status, notes(trade)) == ("refunded", [350])
    assert trade.broken() == []


def test_our_own_refund_is_known_by_our_reference_before_the_answer_is_stored(trade):
    paid = pay_by_card(trade, trade.order(trade.newcomer()))
    refund = ask(trade, paid, 350)
    with trade.work.read() as uow:
        reference = uow.session.get_one(Refund, refund).reference
    fact = RefundFact(
        payment_id="pi_1", refund_id="re_1", status="succeeded", amount=eur(350), reference=reference
    )
    assert told(trade, fact) is None
    assert notes(trade) == [350]
    other = fact.model_copy(update={"amount": eur(300)})
    assert "ours of 3.50 EUR" in told(trade, other)


def test_the_job_sends_with_our_key_and_a_refusal_there_is_a_failure_here(trade):
    paid = pay_by_card(trade, trade.order(ann := trade.newcomer()))
    ask(trade, paid, 350)
    trade.settle()
    # There is no gateway named stripe in this shop: the job waits for its plugin, and nothing is lost.
    with trade.work.read() as uow:
        assert uow.session.scalars(select(Refund.status)).one() == "pending"
    assert credit_of(trade, ann) == 0


def test_staff_without_the_right_cannot(trade):
    paid = trade.pay(trade.order(trade.newcomer()))
    clerk = Actor("staff", user_id=1, permissions=frozenset({"staff.read"}), name="Clerk")
    with trade.work.write(clerk) as uow:
        found = uow.session.get_one(Transaction, paid)
        with pytest.raises(NotAllowed):
            refunds.request(uow, found, eur(10), "credit", "please")
