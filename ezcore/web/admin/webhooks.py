"""/admin/webhooks/: the inbox with states and reasons; replay."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.jobs.inbox.models import WebhookEvent
from ezcore.jobs.inbox.operations import replay as replay_event
from ezcore.kernel.errors import NotFound
from ezcore.web.admin.tables import Column, counted, listing, state_filters
from ezcore.web.shared.flash import flash
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page


@page("admin.webhooks", "/admin/webhooks/", permission="staff.read", template="admin/webhooks.pt")
def inbox(request: Any) -> dict[str, Any]:
    """Messages from vendors, newest first."""
    zone, counts = request.settings.shop.time_zone, counted(request, WebhookEvent.state)
    query = select(WebhookEvent).order_by(WebhookEvent.id.desc())
    if request.GET.get("state") in counts:
        query = query.where(WebhookEvent.state == request.GET["state"])

    def row(found: Any) -> list[Any]:
        (event,) = found
        name = f"{event.source} {event.kind}{', polled' if event.polled else ''}"
        received = moment(event.received_at, zone)
        return [event.id, name, event.external_id, badge(event.state), event.reason or "", received]

    return listing(
        request,
        query,
        row,
        title="Webhooks",
        lead="Stored once, answered at once, processed by a job.",
        columns=(
            Column("Message"),
            Column("Status", "c-r"),
            Column("Reason", "c-wide cause"),
            Column("Received"),
            Column("Action", "end"),
        ),
        keep=("state",),
        filters=state_filters(request, counts, "state", lambda s: kind_and_word(s)[1]),
        empty="No vendor has sent anything yet.",
    ).page()


@page(
    "admin.webhook.replay",
    "/admin/webhooks/{id}/replay/",
    method="POST",
    permission="jobs.manage",
    audit="webhook.replay",
)
def replay(request: Any) -> Any:
    """Process a stored message again; effects still happen once."""
    event = request.uow.session.get(WebhookEvent, path_id(request))
    if event is None:
        raise NotFound("there is no such message")
    replay_event(request.uow, request.registry["ez.inbox_kind"], event)
    flash(request, "ok", f"{event.external_id} is processed again")
    return HTTPSeeOther(request.route_path("admin.webhooks"))
