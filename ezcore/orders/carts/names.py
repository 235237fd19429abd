"""Domain names in a cart: each once, and none that is in somebody's care here already."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from ezcore.catalog.products.models import Product
from ezcore.domain_names.names import queries as domain_names
from ezcore.domain_names.names.rules import to_unicode
from ezcore.domain_names.tlds.product import MODULE
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.orders.carts.models import Cart, CartLine
from ezcore.work import UnitOfWork


def names_in(uow: UnitOfWork, lines: Iterable[CartLine]) -> list[str]:
    """The domain names that these lines order."""
    asked = [line for line in lines if line.params.get("domain")]
    if not asked:
        return []
    query = select(Product.id).where(
        Product.id.in_({line.product_id for line in asked}), Product.module == MODULE
    )
    sold = set(uow.session.scalars(query))
    return [str(line.params["domain"]) for line in asked if line.product_id in sold]


def check_new(uow: UnitOfWork, cart: Cart, name: str) -> None:
    """May this name go into the cart? Raises: InvalidInput(field="domain") for one that is in it; Refused."""
    if name in names_in(uow, cart.lines):
        raise InvalidInput(f"{to_unicode(name)} is in your cart already", field="domain")
    _check_free(uow, [name])


def check_all(uow: UnitOfWork, cart: Cart) -> None:
    """Can everything in it be ordered still? Raises: InvalidInput for a name twice, Refused for one that is in use."""
    found = names_in(uow, cart.lines)
    twice = next((name for name in found if found.count(name) > 1), None)
    if twice is not None:
        raise InvalidInput(f"{to_unicode(twice)} is in your cart twice", field="cart")
    _check_free(uow, found)


def _check_free(uow: UnitOfWork, names: list[str]) -> None:
    taken = sorted(domain_names.live_among(uow, names))
    if taken:
        raise Refused(f"{to_unicode(taken[0])} is registered here already")
