"""Who reacts to what: two short tables.

REACTIONS run in the same unit of work as the event, a batch at a time. MAILS are sent by a subscriber after commit,
from the outbox, at least once; their key makes it once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from ezcore.accounts.events import TaxNumberChanged
from ezcore.automation import dunning, subscriptions
from ezcore.billing.credit import operations as credit
from ezcore.billing.funds import operations as funds
from ezcore.billing.invoices import mails as invoice_mails
from ezcore.billing.invoices.events import (
    InvoiceCancelled,
    InvoiceIssued,
    InvoicePaid,
    InvoiceRepaid,
    ReminderDue,
)
from ezcore.billing.methods.events import CustomerKnown, MethodExpires
from ezcore.billing.refunds.events import RefundFailed, RefundSent
from ezcore.billing.subscriptions.events import GatewayBilled, SubscriptionMoved
from ezcore.billing.taxes import jobs as tax_numbers
from ezcore.billing.transactions import inbox
from ezcore.billing.transactions import mails as money_mails
from ezcore.billing.transactions.events import PaymentDeclined, PaymentNeedsPayer, PaymentReceived
from ezcore.domain_names.certificates import jobs as certificates
from ezcore.domain_names.certificates import mails as certificate_mails
from ezcore.domain_names.certificates.events import CertificateExpires
from ezcore.domain_names.names import arrival as domain_names
from ezcore.domain_names.names import mails as domain_mails
from ezcore.domain_names.names.events import DomainActionDone, DomainStateChanged
from ezcore.domain_names.zones.events import ZoneChanged
from ezcore.jobs.events import JobClosed, JobGivenUp, JobReopened
from ezcore.jobs.models import Job
from ezcore.jobs.outbox import operations as outbox
from ezcore.kernel.events import Event
from ezcore.orders.changes import mails as change_mails
from ezcore.orders.changes import operations as changes
from ezcore.orders.changes.events import ServiceChanged
from ezcore.orders.fulfilment import operations as fulfilment
from ezcore.orders.fulfilment.events import OrderParked
from ezcore.orders.orders import operations as orders
from ezcore.plugin_api.ports.webhook_source import Fact, HelpdeskFact
from ezcore.services.lifecycle import arrival, children
from ezcore.services.looks import operations as looks
from ezcore.services.manual import after as manual
from ezcore.services.manual.events import WorkAnswered, WorkAsked, WorkFinished, WorkRequested
from ezcore.services.services import mails as service_mails
from ezcore.services.services import operations as services
from ezcore.services.services.events import ActionDone, CancellationScheduled
from ezcore.support.helpdesk import after as helpdesk
from ezcore.support.tickets import automatic as tickets
from ezcore.support.tickets import mails as ticket_mails
from ezcore.support.tickets import works
from ezcore.support.tickets.events import (
    TicketAnswered,
    TicketClosed,
    TicketEscalated,
    TicketOpened,
    TicketReplied,
)
from ezcore.work import UnitOfWork, Work

Reaction = Callable[[UnitOfWork, Sequence[Any]], None]
Mailing = Callable[[UnitOfWork, Any, str], None]

REACTIONS: dict[type[Event], tuple[Reaction, ...]] = {
    TaxNumberChanged: (tax_numbers.check_changed,),
    PaymentReceived: (inbox.after_payment,),
    CustomerKnown: (inbox.after_customer,),
    SubscriptionMoved: (inbox.after_subscription, subscriptions.moved),
    GatewayBilled: (subscriptions.mirror,),
    InvoiceIssued: (credit.apply_automatically,),
    InvoicePaid: (funds.arrive, fulfilment.deliver_paid, changes.paid, dunning.lift),
    InvoiceRepaid: (dunning.lift,),
    InvoiceCancelled: (services.unbill, orders.after_cancelled_invoice, changes.dropped),
    ActionDone: (
        manual.after_action,
        fulfilment.after_action,
        dunning.after_action,
        children.after_action,
        subscriptions.service_ends,
        tickets.went_well,
        looks.after_action,
    ),
    CancellationScheduled: (children.cancelled, subscriptions.service_ends),
    JobClosed: (
        certificates.closed_by_staff,
        arrival.closed_by_staff,
        domain_names.closed_by_staff,
        fulfilment.after_closed_job,
    ),
    JobReopened: (
        certificates.reopened,
        arrival.reopened,
        domain_names.reopened,
        fulfilment.after_reopened_job,
    ),
    ZoneChanged: (fulfilment.after_zone,),
    DomainActionDone: (fulfilment.after_domain_action,),
    OrderParked: (tickets.open_for_orders,),
    WorkRequested: (works.requested,),
    WorkAsked: (works.asked,),
    WorkAnswered: (works.answered,),
    WorkFinished: (works.finished,),
    JobGivenUp: (tickets.open_for_jobs,),
    TicketOpened: (helpdesk.after_ticket,),
    TicketReplied: (helpdesk.after_ticket,),
    TicketAnswered: (helpdesk.after_ticket,),
    TicketClosed: (helpdesk.after_ticket,),
}

MAILS: dict[type[Event], Mailing] = {
    InvoiceIssued: invoice_mails.issued,
    PaymentReceived: invoice_mails.received,
    PaymentDeclined: invoice_mails.declined,
    PaymentNeedsPayer: money_mails.needs_payer,
    RefundSent: money_mails.refund_sent,
    RefundFailed: money_mails.refund_failed,
    MethodExpires: money_mails.method_expires,
    ReminderDue: invoice_mails.reminder,
    ActionDone: service_mails.action_done,
    CancellationScheduled: service_mails.cancellation,
    CertificateExpires: certificate_mails.expires,
    ServiceChanged: change_mails.changed,
    DomainStateChanged: domain_mails.state_changed,
    TicketOpened: ticket_mails.opened,
    TicketAnswered: ticket_mails.answered,
    TicketReplied: ticket_mails.replied,
    TicketEscalated: ticket_mails.escalated,
}


def dispatch(uow: UnitOfWork, events: Sequence[Event]) -> None:
    """Store events in the outbox and run the reactions to them, in the order of the tables."""
    outbox.store(uow, events)
    for kind, batch in groupby(events, key=type):
        same = tuple(batch)
        for reaction in REACTIONS.get(kind, ()):
            reaction(uow, same)


def apply_fact(uow: UnitOfWork, source: str, fact: Fact) -> str | None:
    """What a webhook told, to the room that it concerns; returns why it must be parked, or None."""
    if isinstance(fact, HelpdeskFact):
        helpdesk.heard(uow, source, fact)
        return None
    return inbox.apply_fact(uow, source, fact)


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
    elif job.kind.startswith("certificates."):
        certificates.job_failed(uow, job)
    elif job.kind.startswith("domain_names."):
        domain_names.failed(uow, job)
    fulfilment.after_failed_job(uow, job)
