"""The cart: what is in it, what it costs today and later; take things out, use a code, take an add-on."""

from __future__ import annotations

from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.catalog.products import queries as products
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.orders.carts import operations as carts
from ezcore.orders.carts.models import Cart
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import sentence
from ezcore.web.shared.path_ids import as_id
from ezcore.web.shared.priced import price_cart
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.web.shared.wish import order_model
from ezcore.web.storefront.addons import addon_address, addon_cycle, offers
from ezcore.web.storefront.cart_cookie import current_cart
from ezcore.web.storefront.pricing import refuse_sold_out

TEMPLATE: Final = "client/cart.pt"
_LONGEST: Final = 80


@page("cart", "/cart/", public="storefront", template=TEMPLATE)
def show_cart(request: EzRequest) -> dict[str, Any]:
    """The lines; a line that can no longer be sold is marked and can only be taken out."""
    return _page(request)


@page(
    "cart.remove", "/cart/remove/", method="POST", public="storefront",
    audit="none: a cart is nobody's property yet",
)  # fmt: skip
def remove(request: EzRequest) -> Any:
    """Take one line out, its add-ons with it."""
    line = as_id(request.POST.get("line"))
    carts.remove_line(request.uow, _cart(request), line)
    flash(request, "ok", "It is out of your cart.")
    return HTTPSeeOther(request.route_path("cart"))


@page(
    "cart.code", "/cart/code/", method="POST", public="storefront", rate="code", template=TEMPLATE,
    audit="none: a cart is nobody's property yet",
)  # fmt: skip
def use_code(request: EzRequest) -> Any:
    """Use a promotion code. Whatever is wrong with it, the answer is the same."""
    sent = [str(value) for value in request.POST.getall("code")]
    typed = sent[0] if len(sent) == 1 else ""
    cart = current_cart(request)
    try:
        carts.apply_promotion(request.uow, cart, typed, request.actor.client_id)
    except InvalidInput as error:
        request.response.status_code = 422
        return _page(request, errors={"code": sentence(error.message)}, typed=typed[:_LONGEST])
    flash(request, "ok", "The code is applied.")
    return HTTPSeeOther(request.route_path("cart"))


@page(
    "cart.code.remove", "/cart/code/remove/", method="POST", public="storefront",
    audit="none: a cart is nobody's property yet",
)  # fmt: skip
def drop_code(request: EzRequest) -> Any:
    """Take the code off."""
    carts.remove_promotion(request.uow, _cart(request))
    flash(request, "ok", "The code is taken off.")
    return HTTPSeeOther(request.route_path("cart"))


@page(
    "cart.addon", "/cart/addon/", method="POST", public="storefront",
    audit="none: a cart is nobody's property yet",
)  # fmt: skip
def take_addon(request: EzRequest) -> Any:
    """Take an add-on with a line. One that asks something is configured first."""
    cart, number = _cart(request), as_id(request.POST.get("line"))
    line = next((one for one in cart.lines if one.id == number), None)
    if line is None:
        raise NotFound("There is no such line")
    addon = products.product_by_slug(request.uow, str(request.POST.get("addon", "")))
    refuse_sold_out(addon)
    model = order_model(request, addon)
    cycle = addon_cycle(addon, line.cycle_name, cart.currency, request.uow.today())
    if model is None or cycle is None:
        raise NotFound("There is no such add-on")
    if addon.options or model.model_fields:
        return HTTPSeeOther(addon_address(request, addon, line.id))
    carts.add_line(request.uow, cart, addon.slug, cycle, {}, {}, "", parent_id=line.id)
    flash(request, "ok", f"{addon.name} is in your cart.")
    return HTTPSeeOther(request.route_path("cart"))


def _cart(request: EzRequest) -> Cart:
    cart = current_cart(request)
    if cart is None:
        raise NotFound("There is no such line")
    return cart


def _page(request: EzRequest, *, errors: dict[str, str] | None = None, typed: str = "") -> dict[str, Any]:
    priced = price_cart(request.uow, current_cart(request))
    return {
        "priced": priced,
        "offers": offers(request.uow, priced.estimate),
        "errors": errors or {},
        "typed": typed,
    }
