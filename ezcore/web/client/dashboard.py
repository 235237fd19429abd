"""The dashboard: what needs me, what do I have, what can I do next."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ezcore.billing.invoices import queries as invoices
from ezcore.billing.invoices.models import InvoiceStatus
from ezcore.billing.ledger import operations as ledger
from ezcore.catalog.products import queries as products
from ezcore.kernel.money import Money
from ezcore.publishing.announcements import queries as announcements
from ezcore.publishing.incidents import queries as network
from ezcore.services.services.models import ServiceState
from ezcore.support.tickets import queries as tickets
from ezcore.support.tickets.models import Ticket
from ezcore.web.client.invoice_words import InvoiceRow
from ezcore.web.client.reads import service_rows, setups
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

SHOWN = 6
NEWS = 3
TALKS = 3


@page("dashboard", "/dashboard/", permission="client.read", template="client/dashboard.pt")
def show_dashboard(request: EzRequest) -> dict[str, Any]:
    """Unpaid invoices, running set-ups, services by renewal date; trouble with servers, news; three first steps."""
    uow, client_id, today = request.uow, request.client_id, request.uow.today()
    rows = service_rows(uow, client_id)
    living = [row for row in rows if not row.is_over]
    owed = [InvoiceRow(found, today) for found in invoices.of_client(uow, client_id, InvoiceStatus.UNPAID)]
    busy = [row for row in living if row.status == "setting_up"]
    currency = request.settings.shop.currency
    return {
        "living": living,
        "shown": living[:SHOWN],
        "is_new": not rows and not owed,
        "active": sum(row.service.state == ServiceState.ACTIVE for row in living),
        "suspended": [row for row in living if row.service.state == ServiceState.SUSPENDED],
        "owed": sorted(owed, key=lambda row: (row.invoice.due_on, row.invoice.id)),
        "overdue": [row for row in owed if row.status == "overdue"],
        "unpaid_sum": _sum(owed, currency),
        "busy": busy,
        "progress": setups(uow, [row.service.id for row in busy[:SHOWN]]),
        "most": SHOWN,
        "credit": -ledger.balance(uow, ledger.CLIENT_CREDIT, currency, client_id),
        "groups": products.store_groups(uow),
        "news": announcements.newest(uow, NEWS),
        "tickets": _open_tickets(request),
        "trouble": network.affecting(uow, client_id),
        "renews_next": next((row for row in living if row.service.paid_until and row.status == "active"), None),
    }  # fmt: skip


def _open_tickets(request: EzRequest) -> Sequence[Ticket]:
    """What is being talked about, last moved first; nothing for whom support is not for."""
    if not request.actor.may("client.support"):
        return ()
    query = tickets.of_client(request.client_id).where(Ticket.state != "closed").limit(TALKS)
    return [row[0] for row in request.uow.session.execute(query)]


def _sum(owed: list[InvoiceRow], currency: str) -> Money:
    mine = (row.invoice.balance_due for row in owed if row.invoice.currency == currency)
    return Money.total(mine, currency)
