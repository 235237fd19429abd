"""Add-ons as the store offers them: with which line, by which cycle, at which price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from ezcore.catalog.products import queries as products
from ezcore.catalog.products.models import Price, Product
from ezcore.catalog.products.rules import prices_on
from ezcore.orders.carts.rules import Estimate
from ezcore.web.shared import cycles
from ezcore.web.shared.request import EzRequest
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Offer:
    """An add-on that can be taken with a line of the cart, at its price without options."""

    line_id: int
    addon: Product
    price: Price
    of: str


def offers(uow: UnitOfWork, estimate: Estimate | None) -> Sequence[Offer]:
    """The add-ons that go with what is in the cart and are not in it yet."""
    if estimate is None or estimate.is_empty:
        return ()
    parents = [line for line in estimate.lines if not line.product.is_addon]
    known = products.addons_of(uow, {line.product.id for line in parents})
    taken = {(line.line.parent_id, line.product.id) for line in estimate.lines}
    found = []
    for line in parents:
        for addon in known.get(line.product.id, ()):
            price = _price(addon, line.line.cycle_name, estimate.cart.currency, uow.today())
            if price is not None and addon.stock != 0 and (line.line.id, addon.id) not in taken:
                found.append(Offer(line.line.id, addon, price, line.line.label or line.product.name))
    return found


def addon_cycle(addon: Product, parent_cycle: str, currency: str, on: date) -> str | None:
    """By which cycle an add-on is taken with a product of this cycle; None when it does not go with it."""
    price = _price(addon, parent_cycle, currency, on)
    return price.cycle_name if price is not None else None


def addon_address(request: EzRequest, addon: Product, line_id: int) -> str:
    """The configure page of an add-on of this line."""
    path: str = request.route_path("pricing.item", slug=addon.slug)
    return f"{path}?{urlencode({'line': line_id})}"


def _price(addon: Product, parent_cycle: str, currency: str, on: date) -> Price | None:
    here: Mapping[str, Price] = {
        price.cycle_name: price for price in prices_on(addon, on) if price.currency == currency
    }
    if parent_cycle in here or addon.cotermed:
        return here.get(parent_cycle)
    return min(here.values(), key=lambda price: cycles.length(price.cycle), default=None)
