"""A cart priced for a page, also when something in it can no longer be sold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ezcore.catalog.products.models import Product
from ezcore.kernel.errors import EzError
from ezcore.kernel.money import Money
from ezcore.orders.carts.models import Cart, CartLine
from ezcore.orders.carts.operations import Estimate, EstimateLine, estimate
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


def price_cart(uow: UnitOfWork, cart: Cart | None) -> PricedCart:
    """Price what is in the cart at today's prices."""
    if cart is None or not cart.lines:
        return PricedCart()
    try:
        found = estimate(uow, cart)
    except EzError as error:
        return PricedCart(problem=error.message, plain=_plain(uow, cart))
    gone = [line.product.name for line in found.lines if _not_sold(uow, line.product)]
    if gone:
        return PricedCart(problem=f"{', '.join(gone)}: no longer on sale", plain=_plain(uow, cart))
    return PricedCart(found)


def _not_sold(uow: UnitOfWork, product: Product) -> bool:
    foreign = product.source_plugin is not None and product.source_plugin not in uow.settings.plugins
    return product.hidden or product.retired_at is not None or foreign or product.stock == 0


def _plain(uow: UnitOfWork, cart: Cart) -> list[tuple[CartLine, Product]]:
    ids = {line.product_id for line in cart.lines}
    known = {
        product.id: product for product in uow.session.scalars(select(Product).where(Product.id.in_(ids)))
    }
    return [(line, known[line.product_id]) for line in cart.lines]
