"""Gateway bills: who may let a gateway bill, how that starts, and how its bills become our invoices and periods.

Decision 13: the client chooses, when the first invoice is paid, and only where the bill of the gateway can be ours to
the cent. A bill belongs to the period of ours in which its own period begins; periods before it are invoiced first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ezcore.accounts import queries as accounts
from ezcore.automation.bills import period_after, period_line
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices import queries as invoice_queries
from ezcore.billing.invoices.models import Invoice, InvoiceKind, InvoiceLine, InvoiceStatus
from ezcore.billing.methods import operations as methods
from ezcore.billing.methods.queries import customer_id
from ezcore.billing.methods.setup import able
from ezcore.billing.subscriptions import operations as subscriptions
from ezcore.billing.subscriptions import queries
from ezcore.billing.subscriptions.events import GatewayBilled, SubscriptionMoved
from ezcore.billing.subscriptions.jobs import request_end
from ezcore.billing.subscriptions.models import OnEnd, Subscription, SubscriptionBill, SubscriptionStatus
from ezcore.billing.transactions import operations as transactions
from ezcore.billing.transactions.models import Transaction, TransactionStatus
from ezcore.catalog.products.models import Product
from ezcore.jobs import operations as jobs
from ezcore.kernel.actor import SYSTEM, Actor
from ezcore.kernel.crashpoint import crashpoint
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import (
    GatewayCapability,
    PaymentResult,
    SubscriptionItem,
    SubscriptionRequest,
)
from ezcore.plugin_api.protocols import Ports
from ezcore.services.services import operations as services
from ezcore.services.services.events import ActionDone, CancellationScheduled
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork, Work


@dataclass(frozen=True)
class Terms:
    """What a gateway would bill: every cycle, and once with the first bill. Amounts with tax."""

    service_ids: tuple[int, ...]
    items: tuple[SubscriptionItem, ...]
    once: tuple[tuple[str, Money], ...]


def terms(uow: UnitOfWork, invoice: Invoice) -> Terms | None:
    """What the gateway would bill for this first invoice; None where its bills could not be ours to the cent.

    That is: nothing paid yet, every line positive, every period a whole one at its standing price without a promotion,
    one cycle for all, no service in another agreement.
    """
    if invoice.status != InvoiceStatus.UNPAID or invoice.kind != InvoiceKind.INVOICE or invoice.paid_minor:
        return None
    items, once, cycles, ids = [], [], set(), []
    for line in invoice.lines:
        service = uow.session.get(Service, line.service_id) if line.service_id else None
        if not line.gross.is_positive:
            return None
        if line.kind != "period":
            once.append((line.description, line.gross))
            continue
        if service is None or not _stands(uow, line, service):
            return None
        ids.append(service.id)
        cycles.add(service.cycle_name)
        items.append(
            SubscriptionItem(description=line.description, amount=line.gross, cycle=service.cycle_name)
        )
    if len(cycles) != 1:
        return None
    return Terms(tuple(ids), tuple(items), tuple(once))


def start(work: Work, actor: Actor, ports: Ports, number: str, gateway: str) -> Subscription:
    """Send the client to the gateway to agree that it bills. No transaction is open while the gateway is asked.

    Raises: NotAllowed, NotFound; InvalidInput(field="gateway"); Refused where it cannot; and what the gateway raises.
    """
    actor.require("client.billing")
    port = able(ports, gateway, GatewayCapability.SUBSCRIBE)
    with work.write(actor) as uow:
        if gateway not in uow.settings.billing.billing_gateways:
            raise InvalidInput("choose one of those offered", field="gateway")
        invoice = invoice_queries.by_number(uow, number, actor.client_id or -1)
        found = terms(uow, invoice)
        if found is None:
            raise Refused("this invoice cannot be the first of a subscription; please pay it instead")
        row = _open(uow, invoice, gateway, found)
        if row.checkout_url:
            return row
        client = accounts.client_facts(uow, invoice.client_id)
        known = customer_id(uow, invoice.client_id, gateway)
        back = f"{uow.settings.shop.site_url}/billing/invoices/{invoice.number}/"
        request = SubscriptionRequest(
            operation_key=row.reference,
            reference=row.reference,
            items=found.items,
            once=found.once,
            client=client.model_copy(update={"customer_id": known}),
            return_url=f"{back}return/",
            cancel_url=back,
        )
    crashpoint("subscription.opened")
    started = port.start_subscription(request)
    with work.write(actor) as uow:
        stored = uow.session.get_one(Subscription, row.id)
        stored.checkout_url = started.url
        if started.customer_id:
            methods.remember_customer(uow, stored.client_id, gateway, started.customer_id)
        return stored


def moved(uow: UnitOfWork, events: Sequence[SubscriptionMoved]) -> None:
    """Reaction: an agreement that ended leaves its services to us, or ends them, as was told."""
    for event in events:
        row = uow.session.get_one(Subscription, event.subscription_id)
        if row.status == SubscriptionStatus.ENDED:
            _ended(uow, row)


def mirror(uow: UnitOfWork, events: Sequence[GatewayBilled]) -> None:
    """Reaction: a bill becomes our invoice for the same services and period, settled by the same payment."""
    actor, uow.actor = uow.actor, SYSTEM
    try:
        for event in events:
            _mirror(uow, uow.session.get_one(SubscriptionBill, event.bill_id))
    finally:
        uow.actor = actor


def service_ends(uow: UnitOfWork, events: Sequence[CancellationScheduled | ActionDone]) -> None:
    """Reaction: the gateway stops billing what ends here, with the paid period or, when it is gone, now."""
    for event in events:
        if isinstance(event, ActionDone) and event.verb != "terminate":
            continue
        for row in queries.of_services(uow, [event.service_id]):
            _stop_with(uow, row, at_period_end=isinstance(event, CancellationScheduled))


def bill_here(uow: UnitOfWork, row: Subscription) -> None:
    """The client wants to be billed by us again, from the end of the paid period. Raises: NotAllowed, Refused."""
    own = uow.actor.kind == "client" and uow.actor.client_id == row.client_id
    uow.actor.require("client.billing" if own else "billing.manage")
    if not row.is_live:
        raise Refused("this subscription has ended")
    row.on_end = OnEnd.BILL
    request_end(uow, row, at_period_end=True)


def _stands(uow: UnitOfWork, line: InvoiceLine, service: Service) -> bool:
    """Is the line a whole period at the price of every later one?"""
    return (
        service.price in (line.amount, line.gross)
        and service.promotion_id is None
        and service.state == ServiceState.PENDING
        and not queries.is_billed_elsewhere(uow, service.id)
    )


def _open(uow: UnitOfWork, invoice: Invoice, gateway: str, found: Terms) -> Subscription:
    """The page that is open already is shown again; two open pages could both be agreed to."""
    uow.session.refresh(invoice, with_for_update=True)
    query = select(Subscription).where(
        Subscription.first_invoice_id == invoice.id,
        Subscription.gateway == gateway,
        Subscription.status.in_((SubscriptionStatus.STARTING, SubscriptionStatus.INCOMPLETE)),
    )
    existing = uow.session.scalars(query.order_by(Subscription.id.desc())).first()
    if transactions.open_tries(uow, [invoice.id]):
        raise Refused("a payment of this invoice is on its way; finish it, or try again in an hour")
    return existing or subscriptions.open_subscription(uow, invoice, gateway, found.service_ids)


def _ended(uow: UnitOfWork, row: Subscription) -> None:
    last = queries.last_bill(uow, row.id)
    unpaid = last is not None and last.status in ("open", "uncollectible")
    if unpaid or row.on_end == OnEnd.BILL:
        # Our own invoices, reminders and suspensions take over; whatever is unpaid is owed to us.
        return
    actor, uow.actor = uow.actor, SYSTEM
    try:
        for service_id in queries.services_of(uow, row.id):
            service = uow.session.get_one(Service, service_id)
            runs = service.state in (ServiceState.ACTIVE, ServiceState.SUSPENDED)
            if runs and service.cancel_on is None:
                services.schedule_cancellation(uow, service, f"subscription ended at {row.gateway}")
    finally:
        uow.actor = actor


def _stop_with(uow: UnitOfWork, row: Subscription, *, at_period_end: bool) -> None:
    left = [
        service
        for service in (uow.session.get_one(Service, one) for one in queries.services_of(uow, row.id))
        if service.state in (ServiceState.ACTIVE, ServiceState.SUSPENDED) and service.cancel_on is None
    ]
    if not left:
        request_end(uow, row, at_period_end=at_period_end)
        return
    words = ", ".join(service.label for service in left)
    cause = f"One service of it ends, but {words} goes on. Change the subscription at {row.gateway}."
    jobs.ask_staff(
        uow, f"subscription:{row.id}:part", "A subscription bills a service that ends", cause, row.client_id
    )


def _mirror(uow: UnitOfWork, bill: SubscriptionBill) -> None:
    if bill.invoice_id is None:
        bill.invoice_id = _invoice_of(uow, bill)
    if bill.invoice_id is None:
        _problem(uow, bill, "it names no period of the services that it bills")
        return
    invoice = uow.session.get_one(Invoice, bill.invoice_id)
    if bill.status == "paid":
        _settle(uow, bill, invoice)
    elif bill.status in ("void", "uncollectible") and invoice.status == InvoiceStatus.UNPAID:
        _problem(uow, bill, f"it is {bill.status} there, while invoice {invoice.number} is unpaid here")


def _invoice_of(uow: UnitOfWork, bill: SubscriptionBill) -> int | None:
    """The invoice for the period of ours in which the bill's period begins; made now, with those before it."""
    subscription = uow.session.get_one(Subscription, bill.subscription_id)
    first = uow.session.get_one(Invoice, subscription.first_invoice_id)
    ends = [line.period_end for line in first.lines if line.kind == "period" and line.period_end]
    begins = bill.period_start
    if begins is None or not ends:
        return None
    if begins < min(ends):
        return first.id
    found = None
    for service_id in queries.services_of(uow, subscription.id):
        service = uow.session.get_one(Service, service_id)
        uow.session.refresh(service, with_for_update=True)
        while service.billed_until is not None and service.billed_until <= begins:
            _next_invoice(uow, subscription)
            uow.session.refresh(service)
        line = select(InvoiceLine.invoice_id).where(
            InvoiceLine.service_id == service_id,
            InvoiceLine.period_key.is_not(None),
            InvoiceLine.period_start <= begins,
            InvoiceLine.period_end > begins,
        )
        found = found or uow.session.scalar(line)
    return found


def _next_invoice(uow: UnitOfWork, subscription: Subscription) -> None:
    """One invoice for the next period of all its services that are at the same day, as a renewal run would make it."""
    rows = [uow.session.get_one(Service, one) for one in queries.services_of(uow, subscription.id)]
    alive = [row for row in rows if row.billed_until is not None]
    start = min(row.billed_until for row in alive if row.billed_until is not None)
    drafts = []
    for service in alive:
        if service.billed_until == start:
            period = period_after(start, service.cycle_name, service.anchor_day)
            product = uow.session.get_one(Product, service.product_id)
            drafts.append(period_line(service, product.name, period))
            service.billed_until = period.end
    invoices.issue(uow, subscription.client_id, alive[0].currency, drafts, due_on=start)
    uow.session.flush()


def _settle(uow: UnitOfWork, bill: SubscriptionBill, invoice: Invoice) -> None:
    if not bill.total.is_positive:
        return
    reference = f"{bill.gateway}:{bill.external_id}"[:80]
    if transactions.by_reference(uow, reference) is not None:
        return
    owed = invoice.balance_due
    paid = Transaction(
        reference=reference,
        client_id=invoice.client_id,
        invoice_id=invoice.id,
        gateway=bill.gateway,
        kind="bill",
        currency=bill.currency,
        amount_minor=bill.total_minor,
        created_at=uow.now(),
        status=TransactionStatus.PENDING,
        received_minor=0,
        fee_minor=0,
    )
    uow.session.add(paid)
    uow.session.flush()
    result = PaymentResult(
        status="succeeded",
        external_id=bill.payment_id or bill.external_id,
        amount=bill.total,
        fee=Money(bill.fee_minor, bill.currency),
    )
    transactions.settle(uow, paid, result)
    if bill.total != owed:
        _problem(uow, bill, f"it is {bill.total} there, and {owed} was open on invoice {invoice.number} here")


def _problem(uow: UnitOfWork, bill: SubscriptionBill, words: str) -> None:
    bill.problem = words
    subscription = uow.session.get_one(Subscription, bill.subscription_id)
    cause = f"Bill {bill.external_id} of {bill.gateway}: {words}. Compare the subscription with its services."
    jobs.ask_staff(
        uow, f"bill:{bill.id}", "A bill of a gateway is not what ours is", cause, subscription.client_id
    )
