"""Put things in a cart, take them out, price the whole: the estimate."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from ezcore.catalog.products import queries as products
from ezcore.catalog.products.models import Product
from ezcore.catalog.products.rules import Configured, configure
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.kernel.money import Money
from ezcore.orders.carts.models import Cart, CartLine
from ezcore.services.services.rules import first_period
from ezcore.work import UnitOfWork

MAX_LINES = 20


@dataclass(frozen=True)
class EstimateLine:
    """A priced cart line; `renews_on` is the first day of the next period, None for one-time things."""

    line: CartLine
    product: Product
    configured: Configured
    renews_on: date | None


@dataclass(frozen=True)
class Estimate:
    """A priced cart: what is due now and what comes back each cycle."""

    cart: Cart
    lines: Sequence[EstimateLine]
    due_now: Money

    @property
    def is_empty(self) -> bool:
        """Nothing in it."""
        return not self.lines


def open_cart(uow: UnitOfWork, user_id: int | None = None) -> tuple[Cart, str]:
    """A new cart and the secret for the visitor's cookie."""
    secret = uow.ids.token()
    cart = Cart(
        secret_hash=_hash(secret),
        user_id=user_id,
        currency=uow.settings.shop.currency,
        created_at=uow.now(),
        lines=[],
    )
    uow.session.add(cart)
    uow.session.flush()
    return cart, secret


def find_cart(uow: UnitOfWork, secret: str | None, user_id: int | None) -> Cart | None:
    """The open cart of the cookie, or the latest open cart of the user.

    A cart that belongs to another user is not found, whoever holds its secret.
    """
    query = select(Cart).where(Cart.ordered_at.is_(None)).options(selectinload(Cart.lines))
    if secret:
        cart = uow.session.scalars(query.where(Cart.secret_hash == _hash(secret))).first()
        if cart is not None and cart.user_id in (None, user_id):
            return cart
    if user_id is None:
        return None
    return uow.session.scalars(query.where(Cart.user_id == user_id).order_by(Cart.id.desc()).limit(1)).first()


def add_line(
    uow: UnitOfWork,
    cart: Cart,
    slug: str,
    cycle: str,
    choices: Mapping[str, str],
    params: Mapping[str, Any],
    label: str,
) -> CartLine:
    """Put a configured product in the cart. Raises: NotFound, InvalidInput naming the field."""
    if len(cart.lines) >= MAX_LINES:
        raise InvalidInput(f"a cart holds at most {MAX_LINES} lines", field="cart")
    product = products.product_by_slug(uow, slug)
    configure(product, cycle, cart.currency, choices)
    line = CartLine(
        product_id=product.id, cycle_name=cycle, choices=dict(choices), params=dict(params), label=label[:120]
    )
    cart.lines.append(line)
    uow.session.flush()
    return line


def remove_line(uow: UnitOfWork, cart: Cart, line_id: int) -> None:
    """Take a line out. Raises: NotFound when it is not in this cart."""
    line = next((line for line in cart.lines if line.id == line_id), None)
    if line is None:
        raise NotFound("this line is not in your cart")
    cart.lines.remove(line)
    uow.session.flush()


def adopt(uow: UnitOfWork, cart: Cart, user_id: int) -> None:
    """The visitor logged in or signed up: the cart is theirs now."""
    if cart.user_id is None:
        cart.user_id = user_id
        uow.session.flush()


def estimate(uow: UnitOfWork, cart: Cart) -> Estimate:
    """Price every line at today's prices. Raises: InvalidInput when a line can no longer be sold as configured."""
    lines = []
    today = uow.today()
    for line in cart.lines:
        product = products.product_whole(uow, line.product_id)
        configured = configure(product, line.cycle_name, cart.currency, line.choices)
        recurring = configured.cycle.unit != "once"
        renews = first_period(today, configured.cycle).end if recurring else None
        lines.append(EstimateLine(line, product, configured, renews))
    due = Money.total((line.configured.due_now for line in lines), cart.currency)
    return Estimate(cart, lines, due)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
