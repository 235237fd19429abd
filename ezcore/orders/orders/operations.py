"""Place an order: lines, waiting services and an invoice, in one transaction; cancel it while it is not paid."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import select, update

from ezcore.accounts import queries as accounts
from ezcore.accounts.models import ClientStatus
from ezcore.audit import operations as audit
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.events import InvoiceCancelled
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.invoices.rules import LineDraft
from ezcore.catalog.products.operations import give_back_to_stock, take_from_stock
from ezcore.catalog.promotions import operations as promotions
from ezcore.catalog.promotions.rules import billings_left
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.orders.carts import names
from ezcore.orders.carts.models import Cart
from ezcore.orders.carts.queries import estimate
from ezcore.orders.carts.rules import Estimate, EstimateLine, drafts
from ezcore.orders.orders.events import OrderCancelled, OrderPlaced
from ezcore.orders.orders.models import Order, OrderLine, OrderStatus
from ezcore.services.services.models import Service, ServiceState
from ezcore.services.services.operations import NewService, move, open_service
from ezcore.work import UnitOfWork

_WAITING: Final = (OrderStatus.PENDING, OrderStatus.HELD)


def place(uow: UnitOfWork, cart: Cart, client_id: int, form_key: str) -> Order:
    """Order what is in the cart. Safe to repeat with the same `form_key`: the first order is returned.

    The invoice is exactly the estimate. A total of nothing is paid at once, without any gateway (B053).
    Staff who manage orders place one for any client by the same rules.
    Emits: OrderPlaced, InvoiceIssued (and InvoicePaid when nothing is owed).
    Raises: NotAllowed, Refused (cart ordered already, sold out, code used up, client closed), InvalidInput.
    """
    _check_who(uow, client_id)
    placed = _placed(uow, client_id, form_key)
    if placed is not None:
        return placed
    priced = estimate(uow, cart, client_id)
    if priced.is_empty:
        raise InvalidInput("your cart is empty", field="cart")
    for line in priced.lines:
        if line.product.hidden or line.product.retired_at is not None:
            raise InvalidInput(f"{line.product.name} is no longer sold", field="cart")
    names.check_all(uow, cart)
    if not _take_cart(uow, cart):
        # The same form may have been a moment faster; its order is committed, or it could not have had the cart.
        placed = _placed(uow, client_id, form_key)
        if placed is None:
            raise Refused("this cart was ordered already")
        return placed
    order = _write(uow, priced, client_id, form_key)
    if priced.promotion is not None:
        promotions.take(uow, priced.promotion, client_id, order.id)
    lines = _deliver(uow, priced, order)
    due = uow.today() + timedelta(days=uow.settings.billing.due_days)
    invoice = invoices.issue(uow, client_id, cart.currency, lines, due_on=due)
    order.invoice_id = invoice.id
    audit.record(
        uow, "order.place", "order", order.id, client_id=client_id, after={"total": str(order.total)}
    )
    uow.emit(OrderPlaced(order.id, client_id, order.total))
    return order


def cancel(uow: UnitOfWork, order: Order, reason: str) -> None:
    """Cancel an unpaid order with its invoice. Emits: InvoiceCancelled, OrderCancelled.

    Raises: NotAllowed; Refused when money has come for it, or it is not pending.
    """
    uow.actor.require("orders.manage")
    if order.status not in _WAITING or order.invoice_id is None:
        raise Refused(f"order {order.id} is {order.status} and cannot be cancelled")
    invoices.cancel(uow, uow.session.get_one(Invoice, order.invoice_id), reason)


def after_cancelled_invoice(uow: UnitOfWork, events: Sequence[InvoiceCancelled]) -> None:
    """The invoice of an order is off, so the order is: stock, code and services are given back, once (I29).

    One conditional UPDATE decides. Emits: OrderCancelled.
    """
    for event in events:
        order_id = uow.session.execute(
            update(Order)
            .where(Order.invoice_id == event.invoice_id, Order.status.in_(_WAITING))
            .values(status=OrderStatus.CANCELLED)
            .returning(Order.id)
        ).scalar_one_or_none()
        if order_id is not None:
            give_back(uow, order_id)
            audit.record(uow, "order.cancel", "order", order_id, client_id=event.client_id)
            uow.emit(OrderCancelled(order_id, event.client_id))


def by_id(uow: UnitOfWork, order_id: int, client_id: int | None = None) -> Order:
    """An order, of this client when given. Raises: NotFound."""
    query = select(Order).where(Order.id == order_id)
    if client_id is not None:
        query = query.where(Order.client_id == client_id)
    found = uow.session.scalars(query).first()
    if found is None:
        raise NotFound("there is no such order")
    return found


def form_key(cart_id: int) -> str:
    """An order's own key when it is made from a cart: one per cart."""
    return f"cart:{cart_id}"


def placed_from(uow: UnitOfWork, cart: Cart, client_id: int) -> Order | None:
    """The order that this cart became."""
    return _placed(uow, client_id, form_key(cart.id))


def _check_who(uow: UnitOfWork, client_id: int) -> None:
    """May this actor order for this client?"""
    if uow.actor.kind == "staff":
        uow.actor.require("orders.manage")
        if accounts.client(uow, client_id).status == ClientStatus.CLOSED:
            raise Refused("this client is closed and orders nothing")
        return
    uow.actor.require("client.order")
    if uow.actor.kind == "client" and uow.actor.client_id != client_id:
        raise NotFound("there is no such client")


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
    theirs = uow.actor.kind != "staff"  # who of us placed it stands in the audit log
    order = Order(
        client_id=client_id,
        user_id=uow.actor.user_id if theirs else None,
        form_key=form_key,
        status=OrderStatus.PENDING,
        currency=priced.cart.currency,
        promotion_id=priced.promotion.id if priced.promotion else None,
        total_minor=priced.due_now.minor,
        ip=uow.actor.ip if theirs else None,
        created_at=uow.now(),
    )
    order.lines = [
        OrderLine(
            product_id=line.product.id,
            cycle_name=line.line.cycle_name,
            amount_minor=line.configured.recurring.minor,
            setup_minor=line.setup.minor,
            discount_minor=line.discount.total.minor,
            choices=line.line.choices,
            params=line.line.params,
        )
        for line in priced.lines
    ]
    uow.session.add(order)
    uow.session.flush()
    return order


def _deliver(uow: UnitOfWork, priced: Estimate, order: Order) -> list[LineDraft]:
    """A waiting service per line, add-ons below their parents; gives the lines of the invoice."""
    opened: dict[int, int] = {}
    made: dict[int, list[LineDraft]] = {}
    pairs = list(zip(priced.lines, order.lines, strict=True))
    # Parents first: their add-ons are told to whom they belong. The invoice keeps the order of the cart.
    for line, row in sorted(pairs, key=lambda pair: pair[0].line.parent_id is not None):
        take_from_stock(uow, line.product)
        parent = line.line.parent_service_id or opened.get(line.line.parent_id or 0)
        service = _open(uow, priced, line, row, order.client_id, parent)
        opened[line.line.id] = service.id
        made[line.line.id] = drafts(line, service.id, priced.promotion)
    return [draft for line in priced.lines for draft in made[line.line.id]]


def _open(
    uow: UnitOfWork, priced: Estimate, line: EstimateLine, row: OrderLine, client_id: int, parent: int | None
) -> Service:
    used = priced.promotion if line.discount.total.is_positive else None
    return open_service(
        uow,
        NewService(
            client_id,
            line.product,
            line.configured,
            line.line.label or line.product.name,
            line.line.params,
            row.id,
            period=line.term.period if line.term else None,
            anchor_day=line.term.anchor_day if line.term else None,
            parent_id=parent,
            promotion_id=used.id if used else None,
            promotion_left=billings_left(used, recurs=line.term is not None) if used else None,
        ),
    )


def give_back(uow: UnitOfWork, order_id: int) -> None:
    """What an order that is off had taken: its code, its stock, the services that wait. For callers that say why."""
    promotions.give_back(uow, order_id)
    waiting = (
        select(OrderLine.product_id, Service)
        .outerjoin(Service, Service.order_line_id == OrderLine.id)
        .where(OrderLine.order_id == order_id)
        .order_by(OrderLine.id)
    )
    for product_id, service in uow.session.execute(waiting).all():
        give_back_to_stock(uow, product_id)
        if service is not None and service.state == ServiceState.PENDING:
            move(uow, service, ServiceState.CANCELLED, "the order was cancelled")
