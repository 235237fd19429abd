"""What staff decide about an order: hold it, accept it, cancel it, call it fraud."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.orders.fulfilment import holding
from ezcore.orders.orders import operations as orders
from ezcore.orders.orders.models import Order
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

PATH: Final = "/admin/orders/{id}/{verb:hold|accept|cancel|fraud}/"
TEMPLATE: Final = "admin/orders/act.pt"
WORDS: Final = {
    "hold": ("Hold", "Nothing is set up until the order is accepted. The client can pay meanwhile."),
    "accept": ("Accept", "What is paid is set up at once; what is not, as soon as the payment is here."),
    "cancel": ("Cancel", "Its invoice is cancelled, stock and code are given back. Only while nothing is paid."),
    "fraud": (
        "Mark as fraud",
        "For good. What waits is cancelled, with its invoice when no money has come; what runs and what was paid stay.",
    ),
}  # fmt: skip
_DONE: Final = {"hold": "held", "accept": "accepted", "cancel": "cancelled", "fraud": "marked as fraud"}
_DO: Final[dict[str, Callable[[UnitOfWork, Order, str], None]]] = {
    "hold": holding.hold, "accept": holding.accept, "cancel": orders.cancel, "fraud": holding.mark_fraud,
}  # fmt: skip


class Why(BaseModel):
    """The reason goes into the audit log."""

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=400)]


@page("admin.order.act", PATH, permission="orders.manage", template=TEMPLATE)
def ask(request: Any) -> dict[str, Any]:
    """Say what will happen and ask why."""
    return _page(request, orders.by_id(request.uow, path_id(request)), Form())


@page(
    "admin.order.act", PATH, method="POST", permission="orders.manage", audit="order.hold", template=TEMPLATE
)
def act(request: Any) -> Any:
    """Do it."""
    found, form = orders.by_id(request.uow, path_id(request)), read_form(request, Why)
    if not form.is_valid:
        request.response.status_code = 422
        return _page(request, found, form)
    verb = request.matchdict["verb"]
    _DO[verb](request.uow, found, form.checked().reason)
    flash(request, "ok", f"Order {found.id} is {_DONE[verb]}.")
    return HTTPSeeOther(request.route_path("admin.order", id=found.id))


def offered(request: Any, found: Order) -> list[tuple[str, str]]:
    """The verbs that this member of staff may press now, with their words."""
    if not request.actor.may("orders.manage"):
        return []
    begun = holding.has_begun(request.uow, found)
    verbs = [verb for verb, states in holding.VERBS.items() if found.status in states]
    return [(verb, WORDS[verb][0]) for verb in verbs if not (begun and verb in ("hold", "cancel"))]


def _page(request: Any, found: Order, form: Form[Why]) -> dict[str, Any]:
    verb = request.matchdict["verb"]
    return {
        "order": found,
        "verb": verb,
        "word": WORDS[verb][0],
        "consequence": WORDS[verb][1],
        "may": verb in [one for one, _ in offered(request, found)],
        "form": form,
        "errors": form.errors,
    }
