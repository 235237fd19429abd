"""A gateway bills: its bills become our invoices and periods, in any order, and we neither invoice nor charge."""

from __future__ import annotations

import contextlib
import itertools
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ezcore.automation import subscriptions as automation
from ezcore.billing.invoices.models import Invoice, InvoiceLine
from ezcore.billing.methods import operations as methods
from ezcore.billing.subscriptions import operations as subscriptions
from ezcore.billing.subscriptions import queries
from ezcore.billing.subscriptions.models import Subscription, SubscriptionBill
from ezcore.billing.transactions.inbox import apply_fact
from ezcore.jobs.models import Job, StaffTask
from ezcore.kernel.errors import Refused
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import StoredMethod
from ezcore.plugin_api.ports.webhook_source import GatewayBillFact, GatewayBillLine, SubscriptionFact
from ezcore.services.services import operations as services
from ezcore.services.services.models import Service

# Ordered on 31 January; the gateway counts from 2 February, when Ann agreed.
STARTS = (date(2027, 2, 2), date(2027, 3, 2), date(2027, 4, 2), date(2027, 5, 2))


def eur(minor):
    return Money(minor, "EUR")


@pytest.fixture
def agreed(trade):
    """Ann was sent to the gateway for her first invoice; gives her, the invoice and our reference."""
    ann = trade.newcomer()
    invoice = trade.order(ann)
    with trade.work.write() as uow:
        found = uow.session.get_one(Invoice, invoice)
        terms = automation.terms(uow, found)
        row = subscriptions.open_subscription(uow, found, "stripe", terms.service_ids)
        return ann, invoice, row.reference


def active(reference, number=0, status="active", **more):
    return SubscriptionFact(
        subscription_id="sub_1", reference=reference, customer_id="cus_1", status=status,
        period_start=STARTS[number], period_end=STARTS[number + 1], **more,
    )  # fmt: skip


def bill(reference, number=0, status="paid", total=350):
    line = GatewayBillLine(
        description="Web Start", amount=eur(total), period_start=STARTS[number], period_end=STARTS[number + 1]
    )
    return GatewayBillFact(
        bill_id=f"in_{number}", subscription_id="sub_1", reference=reference, status=status, total=eur(total),
        tax=eur(0), lines=(line,), payment_id=f"pi_{number}" if status == "paid" else None,
    )  # fmt: skip


def tell(trade, *facts):
    for fact in facts:
        with trade.work.write() as uow:
            assert apply_fact(uow, "stripe", fact) is None


def billed(trade):
    """(period start, status, paid) of every invoice of the service, in order of the periods."""
    with trade.work.read() as uow:
        rows = uow.session.execute(
            select(InvoiceLine.period_start, Invoice.status, Invoice.paid_minor)
            .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
            .order_by(InvoiceLine.period_start)
        )
        return [(start, str(status), paid) for start, status, paid in rows]


def service(trade):
    with trade.work.read() as uow:
        return uow.session.scalars(select(Service)).one()


def tasks(trade):
    with trade.work.read() as uow:
        return [task.cause for task in uow.session.scalars(select(StaffTask))]


def test_the_first_bill_pays_our_first_invoice(trade, agreed):
    _, invoice, reference = agreed
    tell(trade, active(reference), bill(reference), bill(reference))
    assert trade.invoice(invoice).status == "paid"
    assert service(trade).paid_until == date(2027, 2, 28)
    assert (tasks(trade), trade.broken()) == ([], [])


def test_a_later_bill_becomes_our_renewal_of_the_same_period(trade, agreed):
    _, _, reference = agreed
    tell(trade, active(reference), bill(reference), active(reference, 1), bill(reference, 1))
    assert billed(trade) == [(date(2027, 1, 31), "paid", 350), (date(2027, 2, 28), "paid", 350)]
    assert service(trade).paid_until == date(2027, 3, 31)
    assert (tasks(trade), trade.broken()) == ([], [])


def test_I07_any_order_of_bills_and_agreement_ends_in_one_state(trade, agreed):
    _, _, reference = agreed
    facts = [
        active(reference),
        bill(reference),
        bill(reference, 1, "open"),
        bill(reference, 1),
        bill(reference, 2),
    ]
    ends = set()
    for order in itertools.permutations(facts):
        ends.add(_end(trade, order))
    assert len(ends) == 1
    assert [row[1:] for row in next(iter(ends))[0]] == [("paid", 350)] * 3


class Undone(Exception):
    """Rolls back."""


def _end(trade, facts):
    found = []
    with contextlib.suppress(Undone), trade.work.write() as uow:
        for fact in facts:
            assert apply_fact(uow, "stripe", fact) is None
        uow.session.flush()
        rows = uow.session.execute(
            select(InvoiceLine.period_start, Invoice.status, Invoice.paid_minor)
            .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
            .order_by(InvoiceLine.period_start)
        )
        one = uow.session.scalars(select(Service)).one()
        status = uow.session.scalars(select(Subscription.status)).one()
        lines = tuple((start, str(state), paid) for start, state, paid in rows)
        found.append((lines, one.paid_until, one.billed_until, str(status)))
        raise Undone
    return found[0]


def test_while_it_lives_we_neither_invoice_nor_charge(trade, agreed):
    ann, _, reference = agreed
    tell(trade, active(reference), bill(reference))
    trade.settle()
    with trade.work.write() as uow:
        card = StoredMethod(external_id="pm_1", customer_id="cus_1", label="Visa")
        methods.remember_method(uow, ann.client_id, "stripe", card)
    tell(trade, bill(reference, 1, "open"))
    trade.go_to(date(2027, 3, 1))
    outcome = trade.run("charges")
    assert outcome.lines == []
    assert "the gateway bills it" in outcome.skipped[0]
    tell(trade, bill(reference, 1))
    trade.go_to(date(2027, 3, 30))
    assert trade.run("renewals").lines == []
    with trade.work.read() as uow:
        assert queries.is_billed_elsewhere(uow, service(trade).id)


def test_a_failed_bill_is_owed_and_a_late_payment_settles_it(trade, agreed):
    _, _, reference = agreed
    tell(trade, active(reference), bill(reference), bill(reference, 1, "open"))
    assert billed(trade)[1][1:] == ("unpaid", 0)
    tell(trade, bill(reference, 1))
    assert billed(trade)[1][1:] == ("paid", 350)


def test_another_amount_is_settled_as_it_came_and_staff_are_asked(trade, agreed):
    _, _, reference = agreed
    tell(trade, active(reference), bill(reference), bill(reference, 1, total=300))
    assert billed(trade)[1][1:] == ("unpaid", 300)
    assert "3.00 EUR there, and 3.50 EUR was open" in tasks(trade)[0]
    assert trade.broken() == []


def test_ended_by_the_client_the_service_ends_with_the_paid_period(trade, agreed):
    _, _, reference = agreed
    tell(trade, active(reference), bill(reference))
    trade.settle()
    tell(trade, active(reference, status="ended", cancel_at=STARTS[1]), active(reference))
    found = service(trade)
    assert found.cancel_on == found.paid_until
    with trade.work.read() as uow:
        assert not queries.is_billed_elsewhere(uow, found.id)


def test_ended_for_want_of_payment_we_bill_and_dun_again(trade, agreed):
    _, _, reference = agreed
    tell(trade, active(reference), bill(reference), bill(reference, 1, "open"))
    trade.settle()
    tell(trade, active(reference, 1, status="ended"))
    assert service(trade).cancel_on is None
    assert billed(trade)[1][1:] == ("unpaid", 0)


def test_billed_here_again_when_the_client_wants_it(trade, agreed):
    ann, _, reference = agreed
    tell(trade, active(reference), bill(reference))
    trade.settle()
    with trade.work.write(ann) as uow:
        automation.bill_here(uow, uow.session.scalars(select(Subscription)).one())
    tell(trade, active(reference, status="ended", cancel_at=STARTS[1]))
    assert service(trade).cancel_on is None
    trade.go_to(date(2027, 2, 26))
    assert len(trade.run("renewals").lines) == 1


def test_a_service_that_is_cancelled_here_is_no_longer_billed_there(trade, agreed):
    ann, _, reference = agreed
    tell(trade, active(reference), bill(reference))
    trade.settle()
    with trade.work.write(ann) as uow:
        services.schedule_cancellation(uow, uow.session.get_one(Service, service(trade).id), "moving")
    with trade.work.read() as uow:
        job = uow.session.scalars(select(Job).where(Job.kind == "billing.end_subscription")).one()
    assert job.payload["at_period_end"] is True


def test_only_a_whole_first_invoice_can_begin_one(trade, agreed):
    _, invoice, reference = agreed
    with trade.work.read() as uow:
        assert automation.terms(uow, uow.session.get_one(Invoice, invoice)).items[0].amount == eur(350)
    tell(trade, active(reference), bill(reference))
    with trade.work.read() as uow:
        assert automation.terms(uow, uow.session.get_one(Invoice, invoice)) is None


def test_two_agreements_never_bill_one_service(trade, agreed):
    _, invoice, reference = agreed
    tell(trade, active(reference))
    with trade.work.write() as uow:
        found = uow.session.get_one(Invoice, invoice)
        other = subscriptions.open_subscription(uow, found, "stripe", [service(trade).id])
        with pytest.raises(Refused, match="another one already"):
            subscriptions.told(
                uow,
                "stripe",
                SubscriptionFact(
                    subscription_id="sub_2", reference=other.reference, customer_id=None, status="active"
                ),
            )


def test_a_bill_that_is_heard_of_before_its_agreement_waits(trade, agreed):
    _, invoice, reference = agreed
    with trade.work.write() as uow:
        assert "waits for subscription sub_1" in apply_fact(uow, "stripe", bill(None))
    tell(trade, active(reference))
    assert trade.invoice(invoice).status == "paid"
    with trade.work.read() as uow:
        assert uow.session.scalars(select(SubscriptionBill.status)).one() == "paid"


def test_lateness_of_the_first_agreement_moves_no_period(trade, agreed):
    _, _, reference = agreed
    tell(trade, active(reference), bill(reference), bill(reference, 1), bill(reference, 2))
    starts = [row[0] for row in billed(trade)]
    assert starts == [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]
    assert service(trade).billed_until - starts[-1] == timedelta(days=30)
