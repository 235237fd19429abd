"""What an add-on on the configure page belongs to: a line of the visitor's cart, or a service of the client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ezcore.catalog.products.models import Product
from ezcore.orders.carts.queries import parent_services
from ezcore.web.shared.path_ids import as_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.storefront.cart_cookie import current_cart


@dataclass(frozen=True)
class Parent:
    """Where the add-on goes; `cycle` and `label` are the parent's own."""

    line_id: int | None = None
    service_id: int | None = None
    cycle: str | None = None
    label: str = ""

    @property
    def known(self) -> bool:
        """Is there something to belong to?"""
        return self.line_id is not None or self.service_id is not None


NO_PARENT: Final = Parent()


def parent_of(request: EzRequest, product: Product, sent: Mapping[str, Any]) -> Parent:
    """The parent that was sent (`line` or `service`); nobody else's is found. Raises: NotFound."""
    if not product.is_addon:
        return NO_PARENT
    if sent.get("line"):
        number, cart = as_id(sent.get("line")), current_cart(request)
        for line in cart.lines if cart is not None else ():
            if line.id == number:
                return Parent(line_id=line.id, cycle=line.cycle_name, label=line.label)
    elif sent.get("service"):
        number = as_id(sent.get("service"))
        service = parent_services(request.uow, request.actor.client_id, [number]).get(number)
        if service is not None:
            return Parent(service_id=service.id, cycle=service.cycle_name, label=service.label)
    return NO_PARENT
