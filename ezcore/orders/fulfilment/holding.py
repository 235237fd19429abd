"""Staff look at an order first: hold it, accept it, call it fraud. Money may come meanwhile; nothing is set up."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.kernel.errors import Refused
from ezcore.orders.fulfilment import operations as fulfilment
from ezcore.orders.fulfilment import queries
from ezcore.orders.orders import operations as orders
from ezcore.orders.orders.models import Order, OrderLine, OrderStatus
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork

VERBS: Final = {
    "hold": (OrderStatus.PENDING,),
    "accept": (OrderStatus.HELD,),
    "cancel": (OrderStatus.PENDING, OrderStatus.HELD),
    "fraud": (OrderStatus.PENDING, OrderStatus.HELD, OrderStatus.ACTIVE),
}
"""In which states an order may be held, accepted, cancelled, called fraud."""


def hold(uow: UnitOfWork, order: Order, reason: str) -> None:
    """Set nothing up, paid or not, until the order is accepted. Can be paid as before.

    Raises: NotAllowed; Refused when it is not pending, or its set-up has begun.
    """
    _move(uow, order, "hold", OrderStatus.HELD, reason)
    if has_begun(uow, order):
        raise Refused(f"the set-up of order {order.id} has begun")


def accept(uow: UnitOfWork, order: Order, reason: str) -> None:
    """The hold is over: what is paid is set up at once, what is not when the money comes.

    Raises: NotAllowed; Refused when it is not held.
    """
    _move(uow, order, "accept", OrderStatus.PENDING, reason)
    invoice = uow.session.get(Invoice, order.invoice_id) if order.invoice_id else None
    if invoice is not None and invoice.status == InvoiceStatus.PAID:
        fulfilment.deliver(uow, invoice.id)


def mark_fraud(uow: UnitOfWork, order: Order, reason: str) -> None:
    """It is fraud, for good. What waits is cancelled, an invoice without money is cancelled, stock and code go back.

    What runs already is left to staff: it is suspended or terminated on its own page; money is given back on the
    payment's. Emits: InvoiceCancelled. Raises: NotAllowed; Refused when it is over already.
    """
    _move(uow, order, "fraud", OrderStatus.FRAUD, reason)
    if has_begun(uow, order):
        return
    orders.give_back(uow, order.id)
    invoice = uow.session.get(Invoice, order.invoice_id) if order.invoice_id else None
    if invoice is not None and invoice.status == InvoiceStatus.UNPAID and not invoice.paid_minor:
        invoices.cancel(uow, invoice, reason)


def has_begun(uow: UnitOfWork, order: Order) -> bool:
    """Was anything of it set up, or is being set up?"""
    if queries.stages_of(uow, order.id):
        return True
    waits = (Service.state == ServiceState.PENDING) & Service.open_action.is_(None)
    query = select(Service.id).join(OrderLine, OrderLine.id == Service.order_line_id)
    return (
        uow.session.scalars(query.where(OrderLine.order_id == order.id, ~waits).limit(1)).first() is not None
    )


def _move(uow: UnitOfWork, order: Order, verb: str, to: OrderStatus, reason: str) -> None:
    """One conditional UPDATE: of two members of staff one is first."""
    uow.actor.require("orders.manage")
    before = order.status
    taken = uow.session.execute(
        update(Order).where(Order.id == order.id, Order.status.in_(VERBS[verb])).values(status=to)
    )
    uow.session.refresh(order)
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise Refused(f"order {order.id} is {order.status}")
    audit.record(
        uow, f"order.{verb}", "order", order.id, client_id=order.client_id,
        before={"status": before}, after={"status": str(to)}, reason=reason,
    )  # fmt: skip
