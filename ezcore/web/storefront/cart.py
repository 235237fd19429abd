"""The cart: what is in it, what it costs today and later, and a way to take things out."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.kernel.errors import NotFound
from ezcore.orders.carts import operations as carts
from ezcore.web.shared.flash import flash
from ezcore.web.shared.path_ids import as_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.web.storefront.cart_cookie import current_cart
from ezcore.web.storefront.priced import price_cart


@page("cart", "/cart/", public="storefront", template="client/cart.pt")
def show_cart(request: EzRequest) -> dict[str, Any]:
    """The lines; a line that can no longer be sold is marked and can only be taken out."""
    return {"priced": price_cart(request.uow, current_cart(request))}


@page(
    "cart.remove", "/cart/remove/", method="POST", public="storefront",
    audit="none: a cart is nobody's property yet",
)  # fmt: skip
def remove(request: EzRequest) -> Any:
    """Take one line out."""
    line = as_id(request.POST.get("line"))
    cart = current_cart(request)
    if cart is None:
        raise NotFound("There is no such line")
    carts.remove_line(request.uow, cart, line)
    flash(request, "ok", "It is out of your cart.")
    return HTTPSeeOther(request.route_path("cart"))
