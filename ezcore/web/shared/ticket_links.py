"""What a ticket is about, as links of the client's or the staff's pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ezcore.billing.invoices.models import Invoice
from ezcore.services.services.models import Service
from ezcore.support.tickets.models import TicketLink

_ROUTES: Final = {
    ("service", False): "service", ("service", True): "admin.service",
    ("order", False): "order", ("order", True): "admin.order",
    ("job", True): "admin.job",
    ("work_request", False): "work", ("work_request", True): "admin.work",
}  # fmt: skip
_INVOICE: Final = {False: "invoice", True: "admin.invoice"}


def linked(request: Any, links: Sequence[TicketLink], *, staff: bool) -> list[tuple[str, str]]:
    """Words and address of each; what this reader has no page for is left out."""
    found = []
    for link in links:
        if link.kind == "invoice":
            number = request.uow.session.get_one(Invoice, link.object_id).number
            found.append((f"Invoice {number}", request.route_path(_INVOICE[staff], number=number)))
        elif (link.kind, staff) in _ROUTES:
            words = _words(request, link)
            found.append((words, request.route_path(_ROUTES[link.kind, staff], id=link.object_id)))
    return found


def _words(request: Any, link: TicketLink) -> str:
    if link.kind == "service":
        service: Service = request.uow.session.get_one(Service, link.object_id)
        return service.label
    return f"{link.kind.replace('_', ' ').capitalize()} {link.object_id}"
