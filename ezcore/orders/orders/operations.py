"""Place an order: lines, waiting services and an invoice, in one transaction."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.rules import LineDraft
from ezcore.catalog.products.operations import take_from_stock
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.orders.carts.models import Cart
from ezcore.orders.carts.operations import Estimate, EstimateLine, estimate
from ezcore.orders.orders.events import OrderPlaced
from ezcore.orders.orders.models import Order, OrderLine, OrderStatus
from ezcore.services.services.operations import NewService, open_service
from ezcore.services.services.rules import first_period
from ezcore.work import UnitOfWork


def place(uow: UnitOfWork, cart: Cart, client_id: int, form_key: str) -> Order:
    """Order what is in the cart. Safe to repeat with the same `form_key`: the first order is returned.

    Emits: OrderPlaced, InvoiceIssued. Raises: NotAllowed, Refused (cart ordered already, sold out), InvalidInput.
    """
    uow.actor.require("client.order")
    if uow.actor.kind == "client" and uow.actor.client_id != client_id:
        raise NotFound("there is no such client")
    placed = _placed(uow, client_id, form_key)
    if placed is not None:
        return placed
    priced = estimate(uow, cart)
    if priced.is_empty:
        raise InvalidInput("your cart is empty", field="cart")
    for line in priced.lines:
        if line.product.hidden or line.product.retired_at is not None:
            raise InvalidInput(f"{line.product.name} is no longer sold", field="cart")
    if not _take_cart(uow, cart):
        # The same form may have been a moment faster; its order is committed, or it could not have had the cart.
        placed = _placed(uow, client_id, form_key)
        if placed is None:
            raise Refused("this cart was ordered already")
        return placed
    order = _write(uow, priced, client_id, form_key)
    drafts = [
        draft
        for line, row in zip(priced.lines, order.lines, strict=True)
        for draft in _deliver_line(uow, line, row, client_id)
    ]
    due = uow.today() + timedelta(days=uow.settings.billing.due_days)
    invoice = invoices.issue(uow, client_id, cart.currency, drafts, due_on=due)
    order.invoice_id = invoice.id
    audit.record(
        uow, "order.place", "order", order.id, client_id=client_id, after={"total": str(order.total)}
    )
    uow.emit(OrderPlaced(order.id, client_id, order.total))
    return order


def by_id(uow: UnitOfWork, order_id: int, client_id: int | None = None) -> Order:
    """An order, of this client when given. Raises: NotFound."""
    query = select(Order).where(Order.id == order_id)
    if client_id is not None:
        query = query.where(Order.client_id == client_id)
    found = uow.session.scalars(query).first()
    if found is None:
        raise NotFound("there is no such order")
    return found


def _placed(uow: UnitOfWork, client_id: int, form_key: str) -> Order | None:
    return uow.session.scalars(
        select(Order).where(Order.form_key == form_key, Order.client_id == client_id)
    ).first()


def _take_cart(uow: UnitOfWork, cart: Cart) -> bool:
    taken = uow.session.execute(
        update(Cart).where(Cart.id == cart.id, Cart.ordered_at.is_(None)).values(ordered_at=uow.now())
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _write(uow: UnitOfWork, priced: Estimate, client_id: int, form_key: str) -> Order:
    order = Order(
        client_id=client_id,
        user_id=uow.actor.user_id,
        form_key=form_key,
        status=OrderStatus.PENDING,
        currency=priced.cart.currency,
        total_minor=priced.due_now.minor,
        ip=uow.actor.ip,
        created_at=uow.now(),
    )
    order.lines = [
        OrderLine(
            product_id=line.product.id,
            cycle_name=line.line.cycle_name,
            amount_minor=line.configured.recurring.minor,
            setup_minor=line.configured.setup.minor,
            choices=line.line.choices,
            params=line.line.params,
        )
        for line in priced.lines
    ]
    uow.session.add(order)
    uow.session.flush()
    return order


def _deliver_line(uow: UnitOfWork, line: EstimateLine, row: OrderLine, client_id: int) -> list[LineDraft]:
    take_from_stock(uow, line.product)
    service = open_service(
        uow,
        NewService(
            client_id,
            line.product,
            line.configured,
            line.line.label or line.product.name,
            line.line.params,
            row.id,
        ),
    )
    recurring = line.configured.cycle.unit != "once"
    period = first_period(uow.today(), line.configured.cycle) if recurring else None
    detail = ", ".join(f"{title}: {choice}" for title, choice in line.configured.choices)
    drafts = [
        LineDraft(
            f"{line.product.name} · {service.label}", line.configured.recurring, detail, 1, service.id, period
        )
    ]
    if line.configured.setup.is_positive:
        drafts.append(LineDraft(f"{line.product.name} · setup", line.configured.setup, service_id=service.id))
    return drafts
