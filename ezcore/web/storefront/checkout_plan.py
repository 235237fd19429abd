"""A link that puts a plan in the cart and goes to the checkout: `/billing/checkout/<plan_slug>/`."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.catalog.products import queries as products
from ezcore.kernel.errors import NotFound, Refused
from ezcore.orders.carts import operations as carts
from ezcore.web.shared.flash import flash
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.web.shared.wish import Wish, default_wish, order_model
from ezcore.web.storefront.cart_cookie import cart_for_writing
from ezcore.web.storefront.checkout_state import to_step
from ezcore.web.storefront.pricing import adds_tax, refuse_sold_out


@page(
    "checkout.plan", "/billing/checkout/{plan_slug}/", public="storefront", template="client/checkout_plan.pt"
)
def show_plan(request: EzRequest) -> dict[str, Any]:
    """What it is, and one button: links are opened by robots too, so opening one changes nothing."""
    wish = _wish(request)
    renews_on = wish.renews_on(request.uow.today())
    return {"wish": wish, "product": wish.product, "renews_on": renews_on, "plus_tax": adds_tax(request)}


@page(
    "checkout.plan", "/billing/checkout/{plan_slug}/", method="POST", public="storefront",
    audit="none: a cart is nobody's property yet",
)  # fmt: skip
def take_plan(request: EzRequest) -> Any:
    """Put the plan with its defaults in the cart, unless just that is there already, and go on."""
    wish = _wish(request)
    refuse_sold_out(wish.product)
    try:
        params = wish.model().model_dump(mode="json")
    except ValidationError:
        flash(request, "info", f"{wish.product.name} needs a few answers first.")
        return HTTPSeeOther(request.route_path("pricing.item", slug=wish.product.slug))
    cart = cart_for_writing(request)
    same = (wish.product.id, wish.cycle, wish.choices, params)
    if all((line.product_id, line.cycle_name, line.choices, line.params) != same for line in cart.lines):
        carts.add_line(request.uow, cart, wish.product.slug, wish.cycle, wish.choices, params, "")
    return to_step(request, "checkout")


def _wish(request: EzRequest) -> Wish:
    product = products.product_by_slug(request.uow, request.matchdict["plan_slug"])
    if product.is_addon:
        raise NotFound("there is no such product")
    model = order_model(request, product)
    wish = (
        default_wish(
            product, request.settings.shop.currency, request.uow.today(), model, request.GET.get("cycle")
        )
        if model
        else None
    )
    if wish is None or wish.configured is None:
        raise Refused(f"{product.name} cannot be ordered at the moment")
    return wish
