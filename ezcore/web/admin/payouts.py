"""/admin/payouts/: money that gateways sent to our bank account."""

from __future__ import annotations

from typing import Any

from markupsafe import escape
from sqlalchemy import select

from ezcore.billing.payouts.models import Payout
from ezcore.web.admin.tables import Column, counted, listing, state_filters, under
from ezcore.web.shared.markup import badge, day, money
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page


@page("admin.payouts", "/admin/payouts/", permission="staff.read", template="admin/list.pt")
def payouts_list(request: Any) -> dict[str, Any]:
    """Payouts, newest first."""
    counts = counted(request, Payout.status)
    query = select(Payout).order_by(Payout.id.desc())
    if request.GET.get("status") in counts:
        query = query.where(Payout.status == request.GET["status"])

    def row(found: Any) -> list[Any]:
        (payout,) = found
        return [
            escape(payout.gateway) + under(payout.external_id),
            badge(payout.status),
            day(payout.arrives_on) if payout.arrives_on else "",
            payout.reason or "",
            money(payout.amount),
        ]

    return listing(
        request,
        query,
        row,
        title="Payouts",
        lead="What a gateway sent to the bank. One that failed came back, and staff are asked.",
        columns=(
            Column("Gateway"),
            Column("Status", "c-r"),
            Column("Arrives"),
            Column("Reason", "c-wide cause"),
            Column("Amount", "end"),
        ),
        keep=("status",),
        filters=state_filters(request, counts, "status", lambda s: kind_and_word(s)[1]),
        empty="No gateway has paid out yet.",
    ).page()
