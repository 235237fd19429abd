"""Put things in a cart, take them out, apply a code."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from ezcore.catalog.products import queries as products
from ezcore.catalog.products.models import Product
from ezcore.catalog.products.rules import configure
from ezcore.catalog.promotions.operations import REFUSAL
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.orders.carts import queries
from ezcore.orders.carts.models import Cart, CartLine
from ezcore.work import UnitOfWork

MAX_LINES = 20


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
    query = select(Cart).where(Cart.ordered_at.is_(None)).options(joinedload(Cart.lines))
    if secret:
        cart = uow.session.scalars(query.where(Cart.secret_hash == _hash(secret))).unique().first()
        if cart is not None and cart.user_id in (None, user_id):
            return cart
    if user_id is None:
        return None
    query = query.where(Cart.user_id == user_id).order_by(Cart.id.desc()).limit(1)
    return uow.session.scalars(query).unique().first()


def cart_by_secret(uow: UnitOfWork, secret: str) -> Cart:
    """A cart of nobody by its secret, ordered or not. Raises: NotFound."""
    query = select(Cart).where(Cart.secret_hash == _hash(secret), Cart.user_id.is_(None))
    found = uow.session.scalars(query.options(selectinload(Cart.lines))).first()
    if found is None:
        raise NotFound("there is no such cart")
    return found


def add_line(
    uow: UnitOfWork,
    cart: Cart,
    slug: str,
    cycle: str,
    choices: Mapping[str, str],
    params: Mapping[str, Any],
    label: str,
    *,
    parent_id: int | None = None,
    parent_service_id: int | None = None,
) -> CartLine:
    """Put a configured product in the cart; an add-on with the line, or the client's service, that it belongs to.

    Answers to options that are not asked are dropped. Raises: NotFound, InvalidInput naming the field.
    """
    if len(cart.lines) >= MAX_LINES:
        raise InvalidInput(f"a cart holds at most {MAX_LINES} lines", field="cart")
    product = products.product_by_slug(uow, slug)
    configured = configure(product, cycle, cart.currency, choices, uow.today())
    line_id, service_id = _addon_place(uow, cart, product, parent_id, parent_service_id)
    line = CartLine(
        product_id=product.id,
        parent_id=line_id,
        parent_service_id=service_id,
        cycle_name=cycle,
        choices=configured.selection,
        params=dict(params),
        label=label[:120],
    )
    cart.lines.append(line)
    uow.session.flush()
    return line


def remove_line(uow: UnitOfWork, cart: Cart, line_id: int) -> None:
    """Take a line out, and its add-ons with it. Raises: NotFound when it is not in this cart."""
    line = next((line for line in cart.lines if line.id == line_id), None)
    if line is None:
        raise NotFound("this line is not in your cart")
    for child in [one for one in cart.lines if one.parent_id == line.id]:
        cart.lines.remove(child)
    uow.session.flush()
    cart.lines.remove(line)
    uow.session.flush()


def adopt(uow: UnitOfWork, cart: Cart, user_id: int) -> None:
    """The visitor logged in or signed up: the cart is theirs now."""
    if cart.user_id is None:
        cart.user_id = user_id
        uow.session.flush()


def apply_promotion(uow: UnitOfWork, cart: Cart | None, code: str, client_id: int | None = None) -> None:
    """Use a code for this cart; it replaces the one before: codes are never stacked.

    Every code that does not hold gets the same sentence after the same work (B047). The caller counts the tries.
    Raises: InvalidInput(field="code").
    """
    if cart is None or not cart.lines:
        raise InvalidInput(REFUSAL, field="code")
    found = queries.find_promotion(uow, code)
    if not queries.holds_for(uow, cart, found, client_id) or found is None:
        raise InvalidInput(REFUSAL, field="code")
    cart.promotion_id = found.id
    uow.session.flush()


def remove_promotion(uow: UnitOfWork, cart: Cart) -> None:
    """Take the code off. Safe to repeat."""
    cart.promotion_id = None
    uow.session.flush()


def _addon_place(
    uow: UnitOfWork, cart: Cart, product: Product, parent_id: int | None, service_id: int | None
) -> tuple[int | None, int | None]:
    """Where an add-on belongs. Raises: InvalidInput when it does not belong there."""
    if not product.is_addon:
        return None, None
    parents = products.parents_of(uow, product.id)
    line = next((line for line in cart.lines if parent_id is not None and line.id == parent_id), None)
    if line is not None and line.product_id in parents:
        return line.id, None
    client_id = uow.actor.client_id
    if service_id is not None and client_id is not None:
        service = queries.parent_services(uow, client_id, [service_id]).get(service_id)
        if service is not None and service.product_id in parents:
            return None, service.id
    raise InvalidInput(f"{product.name} is sold together with another product only", field="cart")


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
