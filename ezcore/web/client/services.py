"""Services: the list, one service with everything that belongs to it, and its set-up as it happens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.billing.invoices import queries as invoices
from ezcore.services.manual import queries as manual
from ezcore.services.services import queries
from ezcore.services.services.models import Service, ServiceState
from ezcore.services.services.queries import Progress
from ezcore.web.client.invoice_words import InvoiceRow
from ezcore.web.client.reads import ServiceRow, service_row, service_rows
from ezcore.web.shared.module_panel import panel_of
from ezcore.web.shared.paging import paging
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

# Facts that a module reports and that mean something to a client, with their names. What is not here stays inside.
FACTS = (
    ("hostname", "Host name"), ("user", "User"), ("cores", "Cores"), ("memory_mb", "Memory (MB)"),
    ("disk_gb", "Disk (GB)"), ("ipv6", "IPv6"), ("domain", "Domain"),
)  # fmt: skip


TABS = (("living", "In use"), ("suspended", "Suspended"), ("over", "Ended"), ("all", "All"))
PER_PAGE = 25


@page("services", "/dashboard/services/", permission="client.read", template="client/services.pt")
def list_services(request: EzRequest) -> dict[str, Any]:
    """By renewal date; the address says which of them, and a word of their name, product or address."""
    rows = service_rows(request.uow, request.client_id)
    kinds = {
        "living": [row for row in rows if not row.is_over],
        "suspended": [row for row in rows if row.service.state == ServiceState.SUSPENDED],
        "over": [row for row in rows if row.is_over],
        "all": rows,
    }
    shown = request.GET.get("show")
    if shown not in kinds:
        shown = "living" if kinds["living"] else "all"
    asked = request.GET.get("q", "").strip()[:100]
    found = [row for row in kinds[shown] if row.speaks_of(asked)]
    pages = paging(request, len(found), keep=("show", "q"), limit=PER_PAGE)
    return {
        "rows": found[pages.offset : pages.offset + pages.limit],
        "tabs": [(name, title, len(kinds[name]), name == shown) for name, title in TABS],
        "shown": shown,
        "asked": asked,
        "has_any": bool(rows),
        "paging": pages,
    }


@page("service", "/dashboard/services/{id}/", permission="client.read", template="client/service.pt")
def show_service(request: EzRequest) -> dict[str, Any]:
    """Status, address, facts, what was ordered, set-up, invoices, what can be done."""
    row = service_row(request.uow, path_id(request), request.client_id)
    return service_page(request, request.uow, row)


@page(
    "service.progress", "/dashboard/services/{id}/progress/", permission="client.read",
    template="client/fragments/progress.pt",
)  # fmt: skip
def show_progress(request: EzRequest) -> Any:
    """The set-up steps alone, for the page that watches them; people are sent to the page."""
    row = service_row(request.uow, path_id(request), request.client_id)
    if "X-Fragment" not in request.headers:
        return HTTPSeeOther(request.route_path("service", id=row.service.id))
    return {"row": row, "found": queries.progress(request.uow, row.service.id)}


def service_page(
    request: EzRequest, uow: UnitOfWork, row: ServiceRow, errors: dict[str, str] | None = None
) -> dict[str, Any]:
    """What the template of one service needs."""
    service, today = row.service, uow.today()
    found = queries.progress(uow, service.id)
    facts = row.resource.facts if row.resource else {}
    return {
        "row": row,
        "service": service,
        "found": found,
        "is_watched": is_watched(row, found),
        "facts": [(title, facts[name]) for name, title in FACTS if facts.get(name) not in (None, "")],
        "panel": panel_of(request, uow, service, to_client=True),
        "secrets": queries.secrets_of(uow, service.id),
        "invoices": [InvoiceRow(invoice, today) for invoice in invoices.of_service(uow, service.id)],
        "next_invoice_on": _next_invoice(uow, service),
        "may_manage": request.actor.may("client.services"),
        "work_plan": _work_plan(uow, service),
        "errors": errors or {},
    }


def is_watched(row: ServiceRow, found: Progress | None) -> bool:
    """Does the page go on looking? Until nothing runs any more."""
    return row.service.open_action is not None or (row.status == "setting_up" and found is None)


def _work_plan(uow: UnitOfWork, service: Service) -> Service | None:
    """The service by which work may be asked for: this one, or the first plan of requests that the client has."""
    plans = manual.plans_of(uow, service.client_id)
    return next((plan for plan in plans if plan.id == service.id), plans[0] if plans else None)


def _next_invoice(uow: UnitOfWork, service: Service) -> Any:
    if service.state != ServiceState.ACTIVE or service.cancel_on or service.billed_until is None:
        return None
    return max(uow.today(), service.billed_until - timedelta(days=uow.settings.billing.lead_days))
