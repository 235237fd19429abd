"""Comes back to a cart from the link of a confirmation mail, also on another device. A GET never takes a cart over."""

from __future__ import annotations

from typing import Any, Final

from itsdangerous import BadSignature, URLSafeSerializer

from ezcore.kernel.errors import NotFound
from ezcore.orders.carts import operations as carts
from ezcore.orders.carts.models import Cart
from ezcore.web.shared.priced import price_cart
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.web.storefront.cart_cookie import current_cart
from ezcore.web.storefront.checkout_state import to_step

_SALT: Final = "cart of a sign-up"


def resume_path(request: EzRequest, cart: Cart) -> str:
    """The address that leads back to this cart."""
    found: str = request.route_path("checkout.resume", token=_signer(request).dumps(cart.id))
    return found


@page(
    "checkout.resume", "/billing/checkout/resume/{token}/", public="storefront",
    template="client/checkout_resume.pt",
)  # fmt: skip
def show_resume(request: EzRequest) -> Any:
    """Goes straight on in the browser that has the cart; elsewhere shows the cart and asks."""
    cart = _cart(request)
    here = current_cart(request)
    if cart is None or request.actor.user_id is None or (here is not None and here.id == cart.id):
        return to_step(request, "checkout")
    return {"priced": price_cart(request.uow, cart)}


@page(
    "checkout.resume", "/billing/checkout/resume/{token}/", method="POST", permission="client.read",
    audit="none: a cart is nobody's property yet",
)  # fmt: skip
def resume(request: EzRequest) -> Any:
    """The cart is this user's from now on."""
    cart = _cart(request)
    if cart is not None and request.actor.user_id is not None:
        carts.adopt(request.uow, cart, request.actor.user_id)
    return to_step(request, "checkout")


def _cart(request: EzRequest) -> Cart | None:
    try:
        number = int(_signer(request).loads(request.matchdict["token"]))
    except (BadSignature, ValueError, TypeError):
        raise NotFound("There is no such cart") from None
    cart = request.uow.session.get(Cart, number)
    if cart is None or cart.ordered_at is not None or cart.user_id not in (None, request.actor.user_id):
        return None
    return cart


def _signer(request: EzRequest) -> URLSafeSerializer:
    return URLSafeSerializer(request.work.box.subkeys("cart")[0], salt=_SALT)
