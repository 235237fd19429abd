"""/admin/mails/: what was said to whom. The list holds subjects only: links in a mail's text carry tokens."""

from __future__ import annotations

from typing import Any

from markupsafe import escape
from sqlalchemy import select

from ezcore.messaging.models import Mail
from ezcore.web.admin.tables import Column, counted, listing, state_filters, under
from ezcore.web.shared.markup import badge, moment
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page


@page("admin.mails", "/admin/mails/", permission="mail.read", template="admin/list.pt")
def mails_list(request: Any) -> dict[str, Any]:
    """Mails, newest first, with why one was refused."""
    zone, counts = request.settings.shop.time_zone, counted(request, Mail.state)
    columns = (
        Mail.subject,
        Mail.template,
        Mail.recipient,
        Mail.state,
        Mail.queued_at,
        Mail.sent_at,
        Mail.cause,
    )
    query = select(*columns).order_by(Mail.id.desc())
    if request.GET.get("state") in counts:
        query = query.where(Mail.state == request.GET["state"])

    def row(found: Any) -> list[Any]:
        subject, template, recipient, state, queued_at, sent_at, cause = found
        return [
            escape(subject) + under(template),
            badge(state),
            recipient,
            moment(queued_at, zone),
            moment(sent_at, zone),
            cause or "",
        ]

    return listing(
        request,
        query,
        row,
        title="Mails",
        lead="What was said to whom. Mails that wait or were refused are jobs, too.",
        columns=(
            Column("Mail"),
            Column("Status", "c-r"),
            Column("To", "c-wide"),
            Column("Queued"),
            Column("Sent", "c-hide"),
            Column("Cause", "c-wide cause"),
        ),
        keep=("state",),
        filters=state_filters(request, counts, "state", lambda s: kind_and_word(s)[1]),
        empty="No mail was written yet.",
    ).page()
