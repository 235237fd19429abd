"""/admin/orders/new/: staff order for a client, by the same cart and rules as the client would.

Client, product, configuration, review: each step is an address. The cart is a cart like any other; its secret stands in
the address of the steps, since the cookie of this browser is for the shop of whoever sits here.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any, Final
from urllib.parse import urlencode

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import or_, select

from ezcore.accounts import queries as accounts
from ezcore.accounts.models import Client, ClientStatus
from ezcore.catalog.products import queries as products
from ezcore.catalog.products.models import Product
from ezcore.domain_names.tlds.product import MODULE as DOMAIN_NAMES
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.orders.carts import operations as carts
from ezcore.orders.carts.models import Cart
from ezcore.orders.orders import operations as orders
from ezcore.reports.search.rules import like
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import sentence
from ezcore.web.shared.path_ids import as_id, path_id
from ezcore.web.shared.priced import PricedCart, price_cart
from ezcore.web.shared.views import page
from ezcore.web.shared.wish import Wish, default_wish, order_model, prices_in, read_wish

MOST: Final = 20
_LONGEST: Final = 80
_MOST_CLIENTS: Final = 1_000_000_000
CONFIGURE: Final = "/admin/clients/{id}/order/{name}/"
REVIEW: Final = "/admin/clients/{id}/cart/{name}/"


@page("admin.orders.new", "/admin/orders/new/", permission="orders.manage", template="admin/orders/client.pt")
def choose_client(request: Any) -> dict[str, Any]:
    """For whom: found by name, company, mail or number; without words, those who came last."""
    typed = str(request.GET.get("q", "")).strip()[:_LONGEST]
    query = select(Client).where(Client.status == ClientStatus.ACTIVE).order_by(Client.id.desc()).limit(MOST)
    if typed:
        fits: list[Any] = [
            column.ilike(like(typed), escape="/") for column in (Client.name, Client.company, Client.email)
        ]
        if typed.isdecimal() and len(typed) < len(str(_MOST_CLIENTS)):
            fits.append(Client.id == int(typed))
        query = query.where(or_(*fits))
    return {"clients": request.uow.session.scalars(query).all(), "typed": typed, "most": MOST}


@page(
    "admin.client.order", "/admin/clients/{id}/order/", permission="orders.manage",
    template="admin/orders/product.pt",
)  # fmt: skip
def choose_product(request: Any) -> dict[str, Any]:
    """What: everything on sale that has a price, by its shelf. Names are ordered from the search of the store."""
    client = _client(request)
    currency, today = request.settings.shop.currency, request.uow.today()
    found = [
        (product, prices_in(product, currency, today))
        for product in products.store_products(request.uow)
        if product.module != DOMAIN_NAMES
    ]
    sold = sorted((one for one in found if one[1]), key=lambda one: (one[0].group.position, one[0].group.id))
    return {
        "client": client,
        "shelves": [(group, list(rows)) for group, rows in groupby(sold, key=lambda one: one[0].group)],
        "cart": _secret(request),
    }


@page("admin.client.order.item", CONFIGURE, permission="orders.manage", template="admin/orders/configure.pt")
def show_product(request: Any) -> dict[str, Any]:
    """One product, with the cycles, options and questions of the store."""
    client, product = _client(request), _product(request)
    model = order_model(request, product)
    if model is None:
        raise Refused(f"{product.name} cannot be ordered at the moment")
    currency, today = request.settings.shop.currency, request.uow.today()
    return _configure_page(request, client, default_wish(product, currency, today, model, None))


@page(
    "admin.client.order.item", CONFIGURE, method="POST", permission="orders.manage",
    template="admin/orders/configure.pt", audit="none: a cart is nobody's property yet",
)  # fmt: skip
def configure_product(request: Any) -> Any:
    """Show the new total, or put it in the cart of this order."""
    client, product = _client(request), _product(request)
    model = order_model(request, product)
    if model is None or product.stock == 0:
        raise Refused(f"{product.name} cannot be ordered at the moment")
    wish = read_wish(request, product, request.settings.shop.currency, request.uow.today(), model)
    if not wish.errors and request.POST.get("do") == "add":
        secret = _secret(request)
        if secret:
            cart = _cart(request, secret)
        else:
            cart, secret = carts.open_cart(request.uow)
        try:
            carts.add_line(request.uow, cart, product.slug, wish.cycle, wish.choices, wish.params, wish.label)
        except InvalidInput as error:
            wish.errors[error.field or "cart"] = sentence(error.message)
        else:
            return HTTPSeeOther(request.route_path("admin.client.cart", id=client.id, name=secret))
    request.response.status_code = 422 if wish.errors else 200
    return _configure_page(request, client, wish)


@page("admin.client.cart", REVIEW, permission="orders.manage", template="admin/orders/review.pt")
def review(request: Any) -> dict[str, Any]:
    """Everything once more: lines, taxes of this client, renewals."""
    return _review_page(request)


@page(
    "admin.client.cart.change", "/admin/clients/{id}/cart/{name}/change/", method="POST",
    permission="orders.manage", template="admin/orders/review.pt", audit="none: a cart is nobody's property yet",
)  # fmt: skip
def change(request: Any) -> Any:
    """Take a line out, use a code, take the code off."""
    client, cart = _client(request), _cart(request, request.matchdict["name"])
    if request.POST.get("line"):
        carts.remove_line(request.uow, cart, as_id(request.POST.get("line")))
    elif "code" in request.POST:
        typed = str(request.POST.get("code"))[:_LONGEST]
        try:
            carts.apply_promotion(request.uow, cart, typed, client.id)
        except InvalidInput as error:
            request.response.status_code = 422
            return _review_page(request, errors={"code": sentence(error.message)}, typed=typed)
    else:
        carts.remove_promotion(request.uow, cart)
    return HTTPSeeOther(request.route_path("admin.client.cart", id=client.id, name=request.matchdict["name"]))


@page(
    "admin.client.cart", REVIEW, method="POST", permission="orders.manage", template="admin/orders/review.pt",
    audit="order.place",
)  # fmt: skip
def place(request: Any) -> Any:
    """Place it as shown. A price that changed in between is shown first."""
    client = _client(request)
    cart = carts.cart_by_secret(request.uow, request.matchdict["name"])
    placed = orders.placed_from(request.uow, cart, client.id)
    if placed is None:
        priced = price_cart(request.uow, _cart(request, request.matchdict["name"]), client.id)
        if priced.estimate is None or request.POST.get("shown") != _print(priced):
            request.response.status_code = 409
            return _review_page(request, notice="Something has changed since this page was opened.")
        placed = orders.place(request.uow, cart, client.id, orders.form_key(cart.id))
        flash(request, "ok", f"Order {placed.id} is placed. {client.name} gets the invoice by mail.")
    return HTTPSeeOther(request.route_path("admin.order", id=placed.id))


def _client(request: Any) -> Client:
    found = accounts.client(request.uow, path_id(request))
    if found.status == ClientStatus.CLOSED:
        raise Refused("This client is closed and orders nothing")
    return found


def _product(request: Any) -> Product:
    product = products.product_by_slug(request.uow, request.matchdict["name"])
    if product.is_addon or product.module == DOMAIN_NAMES:
        raise NotFound("there is no such product")
    return product


def _cart(request: Any, secret: str) -> Cart:
    cart = carts.find_cart(request.uow, secret, None)
    if cart is None:
        raise NotFound("This cart was ordered already, or there is none")
    return cart


def _secret(request: Any) -> str:
    return str(request.params.get("cart", ""))[:_LONGEST]


def _configure_page(request: Any, client: Client, wish: Wish) -> dict[str, Any]:
    return {
        "client": client,
        "wish": wish,
        "errors": wish.errors,
        "product": wish.product,
        "renews_on": wish.renews_on(request.uow.today()),
        "plus_tax": request.settings.tax.scheme != "none" and not request.settings.tax.inclusive,
        "cart": _secret(request),
    }


def _review_page(
    request: Any, *, errors: dict[str, str] | None = None, typed: str = "", notice: str | None = None
) -> dict[str, Any]:
    client, secret = _client(request), request.matchdict["name"]
    priced = price_cart(request.uow, _cart(request, secret), client.id)
    more = f"{request.route_path('admin.client.order', id=client.id)}?{urlencode({'cart': secret})}"
    return {
        "client": client, "priced": priced, "errors": errors or {}, "typed": typed, "notice": notice,
        "cart": secret, "more": more, "shown": _print(priced),
    }  # fmt: skip


def _print(priced: PricedCart) -> str:
    """What the page showed, in short: sent back with the order, compared with what holds then."""
    lines = priced.estimate.lines if priced.estimate else ()
    return f"{priced.due_now} {' '.join(f'{line.line.id}={line.due_now}' for line in lines)}"
