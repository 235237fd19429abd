"""A cart priced for a page, also when something in it can no longer be sold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ezcore.catalog.products.models import Product
from ezcore.catalog.products.queries import is_on_sale
from ezcore.kernel.errors import EzError
from ezcore.kernel.money import Money
from ezcore.orders.carts.models import Cart, CartLine
from ezcore.orders.carts.queries import estimate
from ezcore.orders.carts.rules import Estimate, EstimateLine
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class PricedCart:
    """`estimate` when everything can be sold as configured; else `problem` says what cannot, and `plain` lists it."""

    estimate: Estimate | None = None
    problem: str | None = None
    plain: Sequence[tuple[CartLine, Product]] = ()

    @property
    def is_empty(self) -> bool:
        """Nothing in it."""
        return not self.plain and (self.estimate is None or self.estimate.is_empty)

    @property
    def renewals(self) -> list[EstimateLine]:
        """The lines that come back each cycle."""
        lines = self.estimate.lines if self.estimate else ()
        return [line for line in lines if line.renews_on is not None]

    @property
    def due_now(self) -> Money | None:
        """Due today."""
        return self.estimate.due_now if self.estimate else None


def price_cart(uow: UnitOfWork, cart: Cart | None, client_id: int | None = None) -> PricedCart:
    """Price what is in the cart at today's prices: for this client, for the client who looks, or for a visitor."""
    if cart is None or not cart.lines:
        return PricedCart()
    try:
        found = estimate(uow, cart, client_id or uow.actor.client_id)
    except EzError as error:
        return PricedCart(problem=error.message, plain=_plain(uow, cart))
    gone = [
        line.product.name
        for line in found.lines
        if not is_on_sale(uow, line.product) or line.product.stock == 0
    ]
    if gone:
        return PricedCart(problem=f"{', '.join(gone)}: no longer on sale", plain=_plain(uow, cart))
    return PricedCart(found)


def _plain(uow: UnitOfWork, cart: Cart) -> list[tuple[CartLine, Product]]:
    ids = {line.product_id for line in cart.lines}
    known = {
        product.id: product for product in uow.session.scalars(select(Product).where(Product.id.in_(ids)))
    }
    return [(line, known[line.product_id]) for line in cart.lines]
