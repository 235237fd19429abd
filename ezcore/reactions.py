"""Who reacts to what: two short tables.

REACTIONS run in the same unit of work as the event, a batch at a time. MAILS are sent by a subscriber after commit,
from the outbox, at least once; their key makes it once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from ezcore.automation import dunning
from ezcore.billing.invoices import mails as invoice_mails
from ezcore.billing.invoices.events import InvoiceCancelled, InvoiceIssued, InvoicePaid, ReminderDue
from ezcore.billing.transactions.events import PaymentDeclined, PaymentReceived
from ezcore.jobs.events import JobClosed, JobReopened
from ezcore.jobs.models import Job
from ezcore.jobs.outbox import operations as outbox
from ezcore.kernel.events import Event
from ezcore.orders.fulfilment import operations as fulfilment
from ezcore.services.lifecycle import arrival
from ezcore.services.services import mails as service_mails
from ezcore.services.services import operations as services
from ezcore.services.services.events import ActionDone, CancellationScheduled
from ezcore.work import UnitOfWork, Work

Reaction = Callable[[UnitOfWork, Sequence[Any]], None]
Mailing = Callable[[UnitOfWork, Any, str], None]

REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {
    InvoicePaid: (fulfilment.deliver_paid, dunning.lift),
    InvoiceCancelled: (services.unbill,),
    ActionDone: (fulfilment.close_orders, dunning.after_action),
    JobClosed: (arrival.closed_by_staff,),
    JobReopened: (arrival.reopened,),
}

MAILS: dict[type[Event], Mailing] = {
    InvoiceIssued: invoice_mails.issued,
    PaymentReceived: invoice_mails.received,
    PaymentDeclined: invoice_mails.declined,
    ReminderDue: invoice_mails.reminder,
    ActionDone: service_mails.action_done,
    CancellationScheduled: service_mails.cancellation,
}


def dispatch(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Store events in the outbox and run the reactions to them, in the order of the tables."""
    outbox.store(uow, events)
    for kind, batch in groupby(events, key=type):
        same = tuple(batch)
        for reaction in REACTIONS.get(kind, ()):
            reaction(uow, same)


def send_mails(work: Work, event: Event, event_id: int) -> None:
    """Subscriber: the mail that an event asks for."""
    mailing = MAILS.get(type(event))
    if mailing is not None:
        with work.write() as uow:
            mailing(uow, event, f"event:{event_id}")


def job_failed(uow: UnitOfWork, job: Job) -> None:
    """A job failed for good: the room that asked for it hears, in the same unit of work."""
    if job.kind.startswith("services."):
        arrival.failed(uow, job)
