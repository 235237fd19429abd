"""Plans and prices: shelves with tabs, and the configure page of one product (groups and products share slugs)."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.renderers import render_to_response

from ezcore.catalog.products import queries as products
from ezcore.catalog.products.models import Product
from ezcore.domain_names.tlds.product import MODULE as DOMAIN_NAMES
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.orders.carts import operations as carts
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import sentence
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.web.shared.wish import Wish, default_wish, order_model, read_wish
from ezcore.web.storefront.cart_cookie import cart_for_writing
from ezcore.web.storefront.parents import NO_PARENT, Parent, parent_of
from ezcore.web.storefront.shelf import shelf

TEMPLATE = "client/configure.pt"


@page("pricing", "/pricing/", public="storefront", template="client/pricing.pt")
def show_pricing(request: EzRequest) -> dict[str, Any]:
    """The first shelf, with tabs to the others."""
    groups = products.store_groups(request.uow)
    return shelf(request, groups, groups[0] if groups else None)


@page("pricing.item", "/pricing/{slug}/", public="storefront", template=TEMPLATE)
def show_item(request: EzRequest) -> Any:
    """A shelf, or the configure page of a product."""
    group = products.group_by_slug(request.uow, request.matchdict["slug"])
    if group is not None:
        found = shelf(request, products.store_groups(request.uow), group)
        return render_to_response("client/pricing.pt", found, request=request)
    product = products.product_by_slug(request.uow, request.matchdict["slug"])
    if product.module == DOMAIN_NAMES:
        return HTTPSeeOther(request.route_path("domains"))
    model = order_model(request, product)
    currency, today = request.settings.shop.currency, request.uow.today()
    parent = parent_of(request, product, request.GET)
    if model is None:
        return _page(request, Wish(product, currency, today), open_for_orders=False)
    wish = default_wish(product, currency, today, model, parent.cycle or request.GET.get("cycle"))
    return _page(request, wish, parent)


@page(
    "pricing.item", "/pricing/{slug}/", method="POST", public="storefront", template=TEMPLATE,
    audit="none: a cart is nobody's property yet",
)  # fmt: skip
def configure_item(request: EzRequest) -> Any:
    """Show the new total, or put it in the cart."""
    product = products.product_by_slug(request.uow, request.matchdict["slug"])
    if product.module == DOMAIN_NAMES:
        raise Refused("names are ordered from the search")
    model = order_model(request, product)
    if model is None:
        raise Refused(f"{product.name} cannot be ordered at the moment")
    wish = read_wish(request, product, request.settings.shop.currency, request.uow.today(), model)
    parent = parent_of(request, product, request.POST)
    if wish.errors:
        return _again(request, wish, parent)
    if request.POST.get("do") != "add":
        return _page(request, wish, parent)
    return _add(request, wish, parent)


def _add(request: EzRequest, wish: Wish, parent: Parent) -> Any:
    refuse_sold_out(wish.product)
    cart = cart_for_writing(request)
    try:
        carts.add_line(
            request.uow, cart, wish.product.slug, wish.cycle, wish.choices, wish.params, wish.label,
            parent_id=parent.line_id, parent_service_id=parent.service_id,
        )  # fmt: skip
    except InvalidInput as error:
        wish.errors[error.field or "cart"] = sentence(error.message)
        return _again(request, wish, parent)
    flash(request, "ok", f"{wish.product.name} is in your cart.")
    return HTTPSeeOther(request.route_path("cart"))


def adds_tax(request: EzRequest) -> bool:
    """Does tax come on top of the prices of the catalog?"""
    return request.settings.tax.scheme != "none" and not request.settings.tax.inclusive


def refuse_sold_out(product: Product) -> None:
    """Raises: Refused."""
    if product.stock == 0:
        raise Refused(f"{product.name} is sold out")


def _again(request: EzRequest, wish: Wish, parent: Parent) -> dict[str, Any]:
    request.response.status_code = 422
    return _page(request, wish, parent)


def _page(
    request: EzRequest, wish: Wish, parent: Parent = NO_PARENT, *, open_for_orders: bool = True
) -> dict[str, Any]:
    if wish.product.is_addon and not parent.known:
        raise NotFound("there is no such product")
    wish.only_cycle = parent.cycle if wish.product.cotermed else None
    return {
        "wish": wish,
        "parent": parent,
        "product": wish.product,
        "renews_on": wish.renews_on(request.uow.today()),
        "plus_tax": adds_tax(request),
        "open_for_orders": open_for_orders and wish.product.stock != 0,
    }
