"""Where a visitor stands in the checkout: what is in the cart, who they are, which step is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.accounts import queries as accounts
from ezcore.accounts.models import Client
from ezcore.orders.carts.models import Cart
from ezcore.web.shared.priced import PricedCart, price_cart
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.sessions import login_session
from ezcore.web.storefront.cart_cookie import current_cart
from ezcore.work import UnitOfWork

STEPS: Final = ("cart", "checkout.account", "checkout.billing", "checkout.review")
TITLES: Final = ("Configure", "Account", "Billing details", "Review and pay")


@dataclass(frozen=True)
class Checkout:
    """`due` is the name of the route of the first step that is not done."""

    cart: Cart | None
    priced: PricedCart
    client: Client | None
    logged_in: bool
    verified: bool
    may_order: bool

    @property
    def due(self) -> str:
        """The first step that is not done."""
        if self.priced.is_empty or self.priced.problem:
            return "cart"
        if not self.may_order or self.client is None:
            return "checkout.account"
        return "checkout.review" if self.client.line1 and self.client.city else "checkout.billing"

    def is_due_before(self, step: str) -> bool:
        """Must something else be done before this step?"""
        return STEPS.index(self.due) < STEPS.index(step)

    def page(self, step: str, **more: Any) -> dict[str, Any]:
        """What every step's template needs."""
        here = STEPS.index(step)
        states = ["done" if i < here else "now" if i == here else "todo" for i in range(len(STEPS))]
        steps = [(i + 1, title, states[i]) for i, title in enumerate(TITLES)]
        return {"checkout": self, "priced": self.priced, "checkout_steps": steps, **more}


def look(request: EzRequest, uow: UnitOfWork) -> Checkout:
    """Where this visitor stands now."""
    facts = login_session(request)
    actor = request.actor
    client = accounts.client_of(uow, actor) if actor.client_id is not None else None
    may = actor.may("client.order") and actor.may("client.billing") and actor.kind == "client"
    cart = current_cart(request)
    return Checkout(
        cart, price_cart(uow, cart), client, facts is not None, facts is not None and facts.verified, may
    )


def to_step(request: EzRequest, step: str) -> Any:
    """Redirect to a step."""
    return HTTPSeeOther(request.route_path(step))
