"""What a page shows as plain facts for plugins: no row of a table and no session leaves the core."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any, Final, Literal

from ezcore.languages import tongue
from ezcore.plugin_api.ui import (
    CartLineSeen,
    ClientSeen,
    DomainSeen,
    InvoiceSeen,
    OrderSeen,
    PaymentSeen,
    ProductSeen,
    ServerSeen,
    ServiceSeen,
    SlotContext,
    TicketSeen,
    Viewer,
)

_KINDS: Final[dict[str, Literal["client", "staff"]]] = {"client": "client", "staff": "staff"}


def context_for(request: Any, slot: str, about: Mapping[str, Any]) -> SlotContext:
    """The context of a slot, from rows that the page has read already."""
    service = about.get("service")
    seen = {name: make(about[name]) for name, make in _SEEN.items() if about.get(name) is not None}
    if service is not None:
        seen["service"] = service_seen(service, about.get("product"), about.get("resource"))
        seen.pop("product", None)
    if about.get("invoice") is not None:
        seen["invoice"] = invoice_seen(about["invoice"], about.get("payments") or ())
    return SlotContext(
        slot=slot,
        viewer=Viewer(_KINDS.get(request.actor.kind, "visitor"), tongue().code),
        now=request.registry["ez.work"].clock.now(),
        rows=tuple(about.get("rows") or ()),
        chosen=about.get("chosen"),
        search=about.get("search"),
        **seen,
    )


def service_seen(service: Any, product: Any = None, resource: Any = None) -> ServiceSeen:
    """A service; without `resource` nothing is said of what stands at the vendor."""
    facts = deepcopy(dict(resource.facts)) if resource is not None else {}
    return ServiceSeen(
        id=service.id,
        label=service.label,
        state=str(service.state),
        product=getattr(product, "name", product or ""),
        module=service.module,
        server_id=service.server_id,
        external_id=resource.external_id if resource is not None else None,
        address=resource.address if resource is not None else None,
        location=resource.location if resource is not None else None,
        facts=MappingProxyType(facts),
    )


def invoice_seen(invoice: Any, payments: Iterable[Any] = ()) -> InvoiceSeen:
    """An issued invoice."""
    return InvoiceSeen(
        id=invoice.id,
        number=invoice.number,
        status=str(invoice.status),
        total=invoice.total,
        due=invoice.balance_due,
        due_on=invoice.due_on,
        payments=tuple(
            PaymentSeen(
                one.gateway, str(one.status), one.amount, one.created_at, one.external_id, one.settled_at
            )
            for one in payments
        ),
    )


def client_seen(client: Any) -> ClientSeen:
    """A client, for pages of staff."""
    return ClientSeen(client.id, client.name, client.email)


def domain_seen(domain: Any) -> DomainSeen:
    """A domain name."""
    return DomainSeen(domain.id, domain.name, domain.registrar)


def line_seen(priced: Any) -> CartLineSeen:
    """A line of the cart as it is priced."""
    return CartLineSeen(priced.line.id, priced.product.slug, priced.line.label)


_SEEN: Final[dict[str, Callable[[Any], Any]]] = {
    "client": client_seen,
    "domain": domain_seen,
    "server": lambda one: ServerSeen(one.id, one.name, one.module, one.tested_at, one.test_problem),
    "product": lambda one: ProductSeen(one.id, one.slug, one.name, one.module),
    "order": lambda one: OrderSeen(one.id, str(one.status), one.total),
    "ticket": lambda one: TicketSeen(one.id, one.reference, one.subject, str(one.state)),
}
