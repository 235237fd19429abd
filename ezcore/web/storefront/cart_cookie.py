"""The cart of this browser: found by the secret in its cookie or by its user, opened at the first POST.

The cookie holds a random secret and nothing else; the database holds its hash. HttpOnly, SameSite=Lax.
"""

from __future__ import annotations

from typing import Any, Final

from ezcore.orders.carts import operations as carts
from ezcore.orders.carts.models import Cart
from ezcore.web.shared.request import EzRequest

COOKIE: Final = "ez_cart"
AGE: Final = 30 * 24 * 3600
_LONGEST: Final = 100
_KEPT: Final = "ez.cart"


def current_cart(request: EzRequest) -> Cart | None:
    """The open cart, looked up once per request."""
    if _KEPT not in request.environ:
        request.environ[_KEPT] = _look_up(request)
    found: Cart | None = request.environ[_KEPT]
    return found


def cart_for_writing(request: EzRequest) -> Cart:
    """The open cart, a new one (with its cookie) when there is none; it becomes the logged-in user's."""
    cart = current_cart(request)
    user = request.actor.user_id
    if cart is None:
        cart, secret = carts.open_cart(request.uow, user)
        request.environ[_KEPT] = cart
        request.add_response_callback(lambda _request, response: _hand_out(request, response, secret))
    elif user is not None:
        carts.adopt(request.uow, cart, user)
    return cart


def forget_cart(request: EzRequest, response: Any) -> None:
    """It was ordered: the browser starts anew."""
    request.environ.pop(_KEPT, None)
    response.delete_cookie(COOKIE, path="/")


def cart_size(request: EzRequest) -> int:
    """How many lines wait in the cart; visitors without the cookie cost no query."""
    if not request.cookies.get(COOKIE) and _KEPT not in request.environ:
        return 0
    cart = current_cart(request)
    return len(cart.lines) if cart else 0


def _look_up(request: EzRequest) -> Cart | None:
    secret = request.cookies.get(COOKIE)
    usable = secret if isinstance(secret, str) and 0 < len(secret) <= _LONGEST else None
    user = request.actor.user_id
    if usable is None and user is None:
        return None
    page = getattr(request, "ez_page", None)
    if page is not None and not page.ambient:
        with request.work.read(request.actor) as uow:
            return carts.find_cart(uow, usable, user)
    return carts.find_cart(request.uow, usable, user)


def _hand_out(request: EzRequest, response: Any, secret: str) -> None:
    response.set_cookie(
        COOKIE, secret, max_age=AGE, path="/", httponly=True, samesite="Lax", secure=request.is_https
    )
