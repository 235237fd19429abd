"""End a service when its paid period ends, and take that back before the date."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.messaging.rules import one_line
from ezcore.services.services import operations as services
from ezcore.web.client.reads import service_row
from ezcore.web.shared.flash import flash
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page


@page(
    "service.cancel", "/dashboard/services/{id}/cancel/", permission="client.services",
    template="client/service_cancel.pt",
)  # fmt: skip
def ask(request: EzRequest) -> dict[str, Any]:
    """What ends, when, and what is deleted."""
    row = service_row(request.uow, path_id(request), request.client_id)
    return {"row": row, "service": row.service, "ends_on": row.service.paid_until or request.uow.today()}


@page(
    "service.cancel", "/dashboard/services/{id}/cancel/", method="POST", permission="client.services",
    audit="service.cancel",
)  # fmt: skip
def cancel(request: EzRequest) -> Any:
    """Schedule the end."""
    row = service_row(request.uow, path_id(request), request.client_id)
    reason = one_line(str(request.POST.get("reason", "")))[:400]
    services.schedule_cancellation(request.uow, row.service, reason)
    flash(
        request,
        "ok",
        f"{row.service.label} ends on {row.service.cancel_on:%-d %B %Y}. You can take that back until then.",
    )
    return HTTPSeeOther(request.route_path("service", id=row.service.id))


@page(
    "service.keep", "/dashboard/services/{id}/keep/", method="POST", permission="client.services",
    audit="service.keep",
)  # fmt: skip
def keep(request: EzRequest) -> Any:
    """Take the cancellation back."""
    row = service_row(request.uow, path_id(request), request.client_id)
    services.keep(request.uow, row.service)
    flash(request, "ok", f"{row.service.label} goes on.")
    return HTTPSeeOther(request.route_path("service", id=row.service.id))
