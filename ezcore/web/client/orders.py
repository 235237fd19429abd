"""The page after ordering: what happens next, the invoice to pay, the set-up as it happens."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.billing.invoices.models import Invoice
from ezcore.orders.fulfilment import queries as fulfilment
from ezcore.orders.orders import operations as orders
from ezcore.orders.orders.models import Order, OrderStatus
from ezcore.support.tickets import queries as tickets
from ezcore.web.client.invoice_words import InvoiceRow
from ezcore.web.client.reads import rows_of_order, setups
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page


@page("order", "/orders/{id}/", permission="client.read", template="client/order.pt")
def show_order(request: EzRequest) -> dict[str, Any]:
    """The order with its invoice and what it leads to."""
    return _page(request)


@page(
    "order.progress", "/orders/{id}/progress/", permission="client.read",
    template="client/fragments/order_progress.pt",
)  # fmt: skip
def show_progress(request: EzRequest) -> Any:
    """The live part alone."""
    found = _page(request)
    if "X-Fragment" not in request.headers:
        return HTTPSeeOther(request.route_path("order", id=found["order"].id))
    return found


def _page(request: EzRequest) -> dict[str, Any]:
    uow = request.uow
    order: Order = orders.by_id(uow, path_id(request), request.client_id)
    invoice = uow.session.get(Invoice, order.invoice_id) if order.invoice_id else None
    rows = rows_of_order(uow, order)
    stages = fulfilment.stages_of(uow, order.id)
    return {
        "stages": fulfilment.shown(stages),
        "parked": fulfilment.is_parked(stages),
        "tickets": tickets.about(uow, "order", order.id, request.client_id) if stages else (),
        "order": order,
        # What we think of a buyer is ours to know.
        "status": "cancelled" if order.status == OrderStatus.FRAUD else order.status,
        "bill": InvoiceRow(invoice, uow.today()) if invoice else None,
        "rows": rows,
        "progress": setups(uow, [row.service.id for row in rows]),
        "is_done": fulfilment.all_done(stages)
        and all(row.status not in ("setting_up", "pending", "held") for row in rows),
    }
