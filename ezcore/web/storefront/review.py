"""The last step: look at everything once more, accept the terms, order. Twice is once.

The hidden form key names the cart, the user and what was shown. A cart becomes one order only, whichever page, tab or
back button it is sent from; a price that changed in between is shown before anything is ordered.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Final, NamedTuple

from itsdangerous import BadSignature, URLSafeSerializer
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.accounts.countries import countries
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.orders.carts.models import Cart
from ezcore.orders.orders import operations as orders
from ezcore.orders.orders.models import Order
from ezcore.publishing.pages import operations as pages
from ezcore.publishing.pages import queries as page_versions
from ezcore.publishing.pages.models import PageName
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.web.storefront.cart_cookie import forget_cart
from ezcore.web.storefront.checkout_state import Checkout, look, to_step
from ezcore.work import UnitOfWork

TEMPLATE = "client/checkout_review.pt"
GOOD_FOR: Final = 24 * 3600


class FormKey(NamedTuple):
    """What the hidden field carries, signed: which cart, whose, a print of what was shown, when."""

    cart_id: int
    user_id: int
    shown: str
    at: int


@page("checkout.review", "/billing/checkout/review/", public="storefront", template=TEMPLATE)
def show_review(request: EzRequest) -> Any:
    """Lines, renewals, total, terms."""
    state = look(request, request.uow)
    if state.due != "checkout.review":
        return to_step(request, state.due)
    return _page(request, state)


@page(
    "checkout.review", "/billing/checkout/review/", method="POST", permission="client.order",
    template=TEMPLATE, audit="order.place",
)  # fmt: skip
def place_order(request: EzRequest) -> Any:
    """Place the order and show it. Sent again, the first order is shown."""
    try:
        key = _read_key(request)
    except InvalidInput:
        return _once_more(request, 422, "Please look at your order once more, then send it.")
    placed = _placed(request.uow, key.cart_id, request.client_id)
    if placed is not None:
        return _done(request, placed)
    state = look(request, request.uow)
    if state.cart is None or state.cart.id != key.cart_id or state.due != "checkout.review":
        raise Refused("Your cart has changed since this page was opened. Please look at it again.")
    if request.uow.now().timestamp() - key.at > GOOD_FOR:
        return _once_more(
            request, 409, "This page was open for more than a day. Please look at your order again."
        )
    if key.shown != _print(request.uow, state):
        return _once_more(
            request, 409, "Something has changed since this page was opened; this is how it is now."
        )
    if request.POST.getall("terms") != ["yes"]:
        request.response.status_code = 422
        return _page(request, state, errors={"terms": "Please accept the terms"})
    return _place(request, state.cart)


def _place(request: EzRequest, cart: Cart) -> Any:
    try:
        order = orders.place(request.uow, cart, request.client_id, orders.form_key(cart.id))
    except Refused:
        # Another request may have been faster by a moment: then its order is the answer.
        with request.work.read(request.actor) as look_again:
            placed = _placed(look_again, cart.id, request.client_id)
        if placed is None:
            raise
        return _done(request, placed)
    pages.accept_terms(request.uow, order.id, request.client_id)
    return _done(request, order)


def _done(request: EzRequest, order: Order) -> Any:
    answer = HTTPSeeOther(request.route_path("order", id=order.id))
    forget_cart(request, answer)
    return answer


def _placed(uow: UnitOfWork, cart_id: int, client_id: int) -> Order | None:
    query = select(Order).where(Order.form_key == orders.form_key(cart_id), Order.client_id == client_id)
    return uow.session.scalars(query).first()


def _page(request: EzRequest, state: Checkout, **more: Any) -> dict[str, Any]:
    found = {"errors": {}, "notice": None, "countries": countries(), "form_key": _new_key(request, state)}
    return state.page("checkout.review", **found | more)


def _once_more(request: EzRequest, status: int, notice: str) -> Any:
    state = look(request, request.uow)
    if state.due != "checkout.review":
        return to_step(request, state.due)
    request.response.status_code = status
    return _page(request, state, notice=notice)


def _new_key(request: EzRequest, state: Checkout) -> str:
    cart_id = state.cart.id if state.cart else 0
    now: datetime = request.uow.now()
    key = FormKey(cart_id, request.actor.user_id or 0, _print(request.uow, state), int(now.timestamp()))
    return str(_signer(request).dumps(list(key)))


def _read_key(request: EzRequest) -> FormKey:
    sent = request.POST.getall("form_key")
    try:
        key = FormKey(*_signer(request).loads(sent[0] if len(sent) == 1 else ""))
    except (BadSignature, TypeError):
        raise InvalidInput("this form is not ours", field="form_key") from None
    if key.user_id != request.actor.user_id:
        raise NotFound("There is no such cart")
    return key


def _print(uow: UnitOfWork, state: Checkout) -> str:
    terms = page_versions.current(uow, PageName.TERMS)
    found = state.priced.estimate
    lines = found.lines if found else ()
    shown: list[object] = [(line.line.id, str(line.due_now), str(line.renewal)) for line in lines]
    if found is not None:
        shown += [str(found.due_now), found.promotion.code if found.promotion else None]
    shown.append(terms.id if terms is not None else None)
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _signer(request: EzRequest) -> URLSafeSerializer:
    return URLSafeSerializer(request.work.box.subkeys("cart")[0], salt="review")
