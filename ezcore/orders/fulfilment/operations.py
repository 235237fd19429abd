"""What a paid invoice sets in motion: periods move on, entitlements are granted, services are created."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.billing.invoices.events import InvoicePaid
from ezcore.billing.invoices.models import InvoiceLine
from ezcore.catalog.entitlements import operations as entitlements
from ezcore.catalog.products.models import Product
from ezcore.kernel.actor import SYSTEM
from ezcore.orders.orders.events import OrderDelivered
from ezcore.orders.orders.models import Order, OrderLine, OrderStatus
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services import operations as services
from ezcore.services.services.events import ActionDone
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork


def deliver_paid(uow: UnitOfWork, events: Sequence[InvoicePaid]) -> None:
    """Extend what was paid for; set up what waited for its first payment. Runs as the system, not as the payer."""
    payer, uow.actor = uow.actor, SYSTEM
    try:
        for event in events:
            for line, service in _lines(uow, event.invoice_id):
                _deliver(uow, line, service)
    finally:
        uow.actor = payer


def close_orders(uow: UnitOfWork, events: Sequence[ActionDone]) -> None:
    """An order is active when every line's service runs. Emits: OrderDelivered."""
    for event in events:
        if event.verb != "create":
            continue
        service = uow.session.get_one(Service, event.service_id)
        order_id = uow.session.scalar(select(OrderLine.order_id).where(OrderLine.id == service.order_line_id))
        if order_id is None or _still_waits(uow, order_id):
            continue
        taken = uow.session.execute(
            update(Order)
            .where(Order.id == order_id, Order.status == OrderStatus.PENDING)
            .values(status=OrderStatus.ACTIVE)
        )
        if taken.rowcount == 1:  # type: ignore[attr-defined]
            audit.record(uow, "order.active", "order", order_id, client_id=event.client_id)
            uow.emit(OrderDelivered(order_id, event.client_id))


def _deliver(uow: UnitOfWork, line: InvoiceLine, service: Service) -> None:
    product = uow.session.get_one(Product, service.product_id)
    if line.period_end is not None:
        services.extend(uow, service, line.period_end)
    if service.state in (ServiceState.PENDING, ServiceState.ACTIVE):
        entitlements.grant(uow, service.client_id, service.id, product, f"invoice line {line.id} paid")
    if service.state == ServiceState.PENDING and not lifecycle.is_busy(service):
        lifecycle.request_or_ask(uow, service, "create", f"invoice line {line.id} paid")


def _lines(uow: UnitOfWork, invoice_id: int) -> list[tuple[InvoiceLine, Service]]:
    rows = uow.session.execute(
        select(InvoiceLine, Service)
        .join(Service, Service.id == InvoiceLine.service_id)
        .where(InvoiceLine.invoice_id == invoice_id)
        .order_by(InvoiceLine.id)
    )
    return [(line, service) for line, service in rows]


def _still_waits(uow: UnitOfWork, order_id: int) -> bool:
    waiting = (
        select(Service.id)
        .join(OrderLine, OrderLine.id == Service.order_line_id)
        .where(OrderLine.order_id == order_id, Service.state == ServiceState.PENDING)
        .limit(1)
    )
    return uow.session.execute(waiting).first() is not None
