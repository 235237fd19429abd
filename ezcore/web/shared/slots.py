"""The slots of a page: plain facts of what it shows go to plugins; what they give is made ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final, Literal

from markupsafe import Markup

from ezcore.kernel.money import Money
from ezcore.languages import tongue
from ezcore.plugin_api.ui import (
    Action,
    ClientSeen,
    DashboardWidget,
    DomainSeen,
    InvoiceSeen,
    MenuItem,
    Notice,
    Panel,
    PaymentSeen,
    ServerSeen,
    ServiceSeen,
    SlotContext,
    StatusLine,
    Tab,
    Viewer,
)
from ezcore.plugin_host.ui import Filled, Given
from ezcore.web.shared import markup

_KINDS: Final[dict[str, Literal["client", "staff"]]] = {"client": "client", "staff": "staff"}


@dataclass(frozen=True)
class Drawing:
    """What the macro of `ui/slot.pt` draws. `tagged`: staff look, so it says which plugin brought what."""

    slot: str
    filled: Filled
    tagged: bool
    zone: str

    def of(self, kind: type[Any]) -> list[Given]:
        """Contributions of one kind, in their order."""
        return [one for one in self.filled.given if type(one.what) is kind]

    @property
    def notices(self) -> list[Given]:
        """Boxes."""
        return self.of(Notice)

    @property
    def statuses(self) -> list[Given]:
        """Lines that say how something is."""
        return self.of(StatusLine)

    @property
    def tabs(self) -> list[Given]:
        """Links to pages of plugins about this thing."""
        return self.of(Tab)

    @property
    def widgets(self) -> list[Given]:
        """Figures."""
        return self.of(DashboardWidget)

    @property
    def panels(self) -> list[Given]:
        """Cards."""
        return self.of(Panel)

    @property
    def actions(self) -> list[Given]:
        """Buttons."""
        return self.of(Action)

    @property
    def menu(self) -> list[Given]:
        """Entries of a menu."""
        return self.of(MenuItem)

    @property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """(plugin, why something of it is missing), for staff."""
        return self.filled.notes if self.tagged else ()

    def cell(self, value: Any) -> str | Markup:
        """A value as this language writes it; text is escaped by the template."""
        if type(value) is Money:
            return markup.money(value)
        if type(value) is datetime:
            return markup.moment(value, self.zone)
        if type(value) is date:
            return markup.day(value)
        return f"{value:f}" if type(value) is Decimal else str(value)


def draw_slot(request: Any, name: str, **about: Any) -> Drawing:
    """Fill a slot; nothing is asked of the database here.

    `about`: rows that the page has read already (service, product, resource, server, client, invoice, payments,
    domain).
    Nobody is asked on a page that answers a POST: its unit of work writes, and a plugin would wait for it.
    """
    host, actor = request.host_of_plugins, request.actor
    zone = request.registry["ez.work"].settings.shop.time_zone
    asked = host.slots.contributors(name) if request.method in ("GET", "HEAD") else []
    asked = [one for one in asked if one[1].permission is None or actor.may(one[1].permission)]
    staff = actor.kind == "staff"
    if not asked:
        return Drawing(name, Filled(), staff, zone)
    return Drawing(name, host.slots.fill(asked, _context(request, name, about)), staff, zone)


def _context(request: Any, name: str, about: Mapping[str, Any]) -> SlotContext:
    service, server, client = about.get("service"), about.get("server"), about.get("client")
    invoice, domain = about.get("invoice"), about.get("domain")
    return SlotContext(
        slot=name,
        viewer=Viewer(_KINDS.get(request.actor.kind, "visitor"), tongue().code),
        now=request.registry["ez.work"].clock.now(),
        client=ClientSeen(client.id, client.name, client.email) if client is not None else None,
        service=_service(service, about.get("product"), about.get("resource")) if service is not None else None,
        invoice=_invoice(invoice, about.get("payments") or ()) if invoice is not None else None,
        server=_server(server) if server is not None else None,
        domain=DomainSeen(domain.id, domain.name, domain.registrar) if domain is not None else None,
    )  # fmt: skip


def _service(service: Any, product: Any, resource: Any) -> ServiceSeen:
    facts = deepcopy(dict(resource.facts)) if resource is not None else {}
    return ServiceSeen(
        id=service.id,
        label=service.label,
        state=str(service.state),
        product=product.name if product is not None else "",
        module=service.module,
        server_id=service.server_id,
        external_id=resource.external_id if resource is not None else None,
        address=resource.address if resource is not None else None,
        location=resource.location if resource is not None else None,
        facts=MappingProxyType(facts),
    )


def _invoice(invoice: Any, payments: Any) -> InvoiceSeen:
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


def _server(server: Any) -> ServerSeen:
    return ServerSeen(server.id, server.name, server.module, server.tested_at, server.test_problem)
