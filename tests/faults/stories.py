"""Stories that stop just before a worker begins: what is ordered, paid, due or overdue, and how each must end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from ez_stripe.sandbox import clicks
from sqlalchemy import select

from ezcore.automation import charges, dunning, renewals
from ezcore.billing.invoices import queries as invoices
from ezcore.billing.transactions.operations import record_manual
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services.models import Service
from tests.fixtures_town import Town


@dataclass(frozen=True)
class Ending:
    """What is true in the end, however often workers died on the way."""

    state: str
    machines: tuple[str, ...]
    stripe_payments: int
    payments: int
    mails: tuple[str, ...]


@dataclass(frozen=True)
class Story:
    """Days before today when it begins, how it comes to the point, the jobs that then run, and the end."""

    days_ago: int
    prepare: Callable[[Town], None]
    kinds: tuple[str, ...]
    ending: Ending

    def begin(self) -> datetime:
        """The moment at which the town opens."""
        return datetime.now(UTC) - timedelta(days=self.days_ago, minutes=2)


def ordered_and_paid(town: Town) -> None:
    """A machine is ordered and paid at Stripe; the webhooks are in the inbox."""
    mira = town.newcomer()
    clicks.pay(town.go_to_checkout(mira, town.order(mira)))
    town.carry_webhooks()


def renewal_to_charge(town: Town) -> None:
    """A machine runs, its first month was paid by card, the next invoice is to be charged."""
    mira = town.newcomer()
    town.pay(mira, town.order(mira))
    due = _invoice_next(town)
    outcome = charges.run(town.shop.work, due, preview=False)
    assert len(outcome.lines) == 1, outcome


def suspension_due(town: Town) -> None:
    """A machine runs, paid by bank transfer; the next invoice is overdue."""
    _paid_at_the_bank(town)
    _invoice_next(town)
    town.clock.move_to(datetime.now(UTC) - timedelta(minutes=2))
    outcome = dunning.suspend(town.shop.work, town.clock.today("Europe/Tallinn"), preview=False)
    assert len(outcome.lines) == 1, outcome


def suspension_paid(town: Town) -> None:
    """As before, but it was suspended and the invoice is paid now."""
    suspension_due(town)
    town.life.settle()
    _pay_at_the_bank(town, 2)


def termination_due(town: Town) -> None:
    """A machine runs and staff end it."""
    _paid_at_the_bank(town)
    with town.shop.work.write() as uow:
        lifecycle.request(uow, uow.session.scalars(select(Service)).one(), "terminate", "moving away")


def _paid_at_the_bank(town: Town) -> None:
    mira = town.newcomer()
    town.order(mira)
    _pay_at_the_bank(town, 1)
    town.life.settle()


def _pay_at_the_bank(town: Town, count: int) -> None:
    with town.shop.work.write() as uow:
        invoice = invoices.of_service(uow, town.service().id)[0]
        record_manual(uow, invoice, "banktransfer", invoice.balance_due, f"EE{count}")


def _invoice_next(town: Town) -> date:
    due = town.service().paid_until
    outcome = renewals.run(town.shop.work, due - timedelta(days=7), preview=False)
    assert len(outcome.lines) == 1, outcome
    return due


FIRST = ("invoice_issued", "payment_received", "service_active")
STORIES = {
    "create": Story(
        0, ordered_and_paid, ("webhooks.process", "services.create"), Ending("active", ("running",), 1, 1, FIRST)
    ),
    "charge": Story(
        30, renewal_to_charge, ("billing.capture",),
        Ending("active", ("running",), 2, 2, (*FIRST, "invoice_issued", "payment_received")),
    ),
    "suspend": Story(
        37, suspension_due, ("services.suspend",),
        Ending("suspended", ("stopped",), 0, 1, (*FIRST, "invoice_issued", "service_suspended")),
    ),
    "unsuspend": Story(
        37, suspension_paid, ("services.unsuspend",),
        Ending(
            "active", ("running",), 0, 2,
            (*FIRST, "invoice_issued", "service_suspended", "payment_received", "service_unsuspended"),
        ),
    ),
    "terminate": Story(
        10, termination_due, ("services.terminate",),
        Ending("terminated", (), 0, 1, (*FIRST, "service_terminated")),
    ),
}  # fmt: skip
