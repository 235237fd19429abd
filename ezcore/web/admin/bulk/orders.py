"""Many orders at once: accept, hold, cancel; each by the rules for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from markupsafe import Markup
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.languages import say
from ezcore.orders.fulfilment import holding
from ezcore.orders.orders import operations as orders
from ezcore.orders.orders.models import Order, OrderStatus
from ezcore.web.admin.bulk.actions import Act, Named, Noun
from ezcore.web.admin.bulk.answering import answer
from ezcore.web.shared.markup import badge, money
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

MANAGE: Final = "orders.manage"


@page(
    "admin.bulk.orders", "/admin/bulk/orders/", method="POST", permission=MANAGE, audit="order.hold",
    ambient=False,
)  # fmt: skip
def act(request: Any) -> Any:
    """One action for the ticked orders."""
    return answer(request, ORDERS)


def _accept(uow: UnitOfWork, number: int, reason: str) -> bool:
    holding.accept(uow, orders.by_id(uow, number), reason)
    return True


def _hold(uow: UnitOfWork, number: int, reason: str) -> bool:
    order = orders.by_id(uow, number)
    if order.status == OrderStatus.HELD:
        return False
    holding.hold(uow, order, reason)
    return True


def _cancel(uow: UnitOfWork, number: int, reason: str) -> bool:
    order = orders.by_id(uow, number)
    if order.status == OrderStatus.CANCELLED:
        return False
    orders.cancel(uow, order, reason)
    return True


_ACTS: Final = (
    Act(
        "accept", "Accept", MANAGE, _accept, wants_reason=True,
        consequence="What is paid is set up at once; what is not, as soon as the payment is here.",
    ),
    Act(
        "hold", "Hold", MANAGE, _hold, wants_reason=True,
        consequence="Nothing is set up until the order is accepted. The client can pay meanwhile.",
    ),
    Act(
        "cancel", "Cancel orders", MANAGE, _cancel, wants_reason=True, danger=True,
        consequence="Their invoices are cancelled, stock and codes are given back, and nobody can take this back. "
        "Where money has come, cancelling is refused.",
    ),
)  # fmt: skip


def _acts(_uow: UnitOfWork) -> Sequence[Act]:
    return _ACTS


def _named(request: Any, uow: UnitOfWork, numbers: Sequence[int]) -> list[Named]:
    query = select(Order, Client.name).join(Client, Client.id == Order.client_id)
    found = uow.session.execute(query.where(Order.id.in_(numbers)).order_by(Order.id))
    return [
        Named(
            order.id,
            say("Order ${id}", id=order.id),
            request.route_path("admin.order", id=order.id),
            badge(order.status),
            Markup("{}, {}").format(client, money(order.total)),
        )
        for order, client in found
    ]


ORDERS: Final = Noun("admin.bulk.orders", "admin.orders", "Orders", _acts, _named)
