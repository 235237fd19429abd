"""/admin/orders/: what was asked for, by whom, and what became of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.audit.models import AuditRow
from ezcore.billing.invoices.models import Invoice
from ezcore.catalog.products.models import Product
from ezcore.languages import say
from ezcore.orders.fulfilment import queries as fulfilment
from ezcore.orders.orders import operations as orders
from ezcore.orders.orders.models import Order, OrderLine, OrderStatus
from ezcore.publishing.pages import queries as page_versions
from ezcore.services.services.models import Service
from ezcore.support.tickets import queries as tickets
from ezcore.web.admin import orders_acting
from ezcore.web.admin.bulk.orders import ORDERS
from ezcore.web.admin.tables import Column, chosen_state, counted, link, listing, state_filters
from ezcore.web.shared.markup import badge, moment, money
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page


@page("admin.orders", "/admin/orders/", permission="staff.read", template="admin/orders/list.pt")
def orders_list(request: Any) -> dict[str, Any]:
    """Orders, newest first."""
    zone = request.settings.shop.time_zone
    counts = counted(request, Order.status)
    query = select(Order, Client.name).join(Client, Client.id == Order.client_id).order_by(Order.id.desc())
    if wanted := chosen_state(request, counts, "status", set(OrderStatus)):
        query = query.where(Order.status == wanted)

    def row(found: Any) -> list[Any]:
        order, client = found
        return [
            link(request, say("Order ${id}", id=order.id), "admin.order", client, id=order.id),
            badge(order.status),
            moment(order.created_at, zone),
            money(order.total),
        ]

    return listing(
        request,
        query,
        row,
        title="Orders",
        columns=(
            Column("Order"),
            Column("Status", "c-r"),
            Column("Placed"),
            Column("Due at order", "end"),
        ),
        keep=("status",),
        filters=state_filters(request, counts, "status", lambda s: kind_and_word(s)[1]),
        empty="No order was placed yet.",
        bulk=ORDERS.bar(request, lambda found: found[0].id),
    ).page()


@page("admin.order", "/admin/orders/{id}/", permission="staff.read", template="admin/order.pt")
def order(request: Any) -> dict[str, Any]:
    """One order with its lines, services and invoice."""
    found = orders.by_id(request.uow, path_id(request))
    lines = request.uow.session.execute(
        select(OrderLine, Product, Service)
        .join(Product, Product.id == OrderLine.product_id)
        .outerjoin(Service, Service.order_line_id == OrderLine.id)
        .where(OrderLine.order_id == found.id)
        .order_by(OrderLine.id)
    ).all()
    stages = fulfilment.stages_of(request.uow, found.id)
    return {
        "acts": orders_acting.offered(request, found),
        "decided": _decided(request, found),
        "stages": stages,
        "parked": fulfilment.is_parked(stages),
        "tickets": tickets.about(request.uow, "order", found.id),
        "order": found,
        "accepted": page_versions.accepted_with(request.uow, found.id),
        "lines": lines,
        "client": request.uow.session.get_one(Client, found.client_id),
        "invoice": request.uow.session.get(Invoice, found.invoice_id) if found.invoice_id else None,
    }


def _decided(request: Any, found: Order) -> AuditRow | None:
    """Who held it or called it fraud, and why."""
    if found.status not in (OrderStatus.HELD, OrderStatus.FRAUD):
        return None
    query = select(AuditRow).where(
        AuditRow.object_kind == "order",
        AuditRow.object_id == str(found.id),
        AuditRow.verb.in_(("order.hold", "order.fraud")),
    )
    row: AuditRow | None = request.uow.session.scalars(query.order_by(AuditRow.id.desc()).limit(1)).first()
    return row
