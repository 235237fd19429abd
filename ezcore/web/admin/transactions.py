"""/admin/transactions/: what gateways said about money."""

from __future__ import annotations

from typing import Any

from markupsafe import escape
from sqlalchemy import select

from ezcore.billing.invoices.models import Invoice
from ezcore.billing.transactions.models import Transaction
from ezcore.web.admin.tables import Column, counted, link, listing, state_filters, under
from ezcore.web.shared.markup import badge, moment, money
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page


@page("admin.transactions", "/admin/transactions/", permission="staff.read", template="admin/list.pt")
def transactions_list(request: Any) -> dict[str, Any]:
    """Every try to move money, newest first."""
    zone, counts = request.settings.shop.time_zone, counted(request, Transaction.status)
    query = (
        select(Transaction, Invoice.number)
        .join(Invoice, Invoice.id == Transaction.invoice_id)
        .order_by(Transaction.id.desc())
    )
    if request.GET.get("status") in counts:
        query = query.where(Transaction.status == request.GET["status"])

    def row(found: Any) -> list[Any]:
        paid, number = found
        return [
            link(
                request,
                f"Invoice {number}",
                "admin.invoice",
                paid.external_id or paid.reference,
                number=number,
            ),
            escape(paid.gateway) + under(paid.kind),
            badge(paid.status),
            moment(paid.created_at, zone),
            paid.reason or "",
            money(paid.received if paid.received_minor else paid.amount),
        ]

    return listing(
        request,
        query,
        row,
        title="Transactions",
        columns=(
            Column("Transaction"),
            Column("Gateway", "c-hide"),
            Column("Status", "c-r"),
            Column("Asked"),
            Column("Reason", "c-wide cause"),
            Column("Amount", "end"),
        ),
        keep=("status",),
        filters=state_filters(request, counts, "status", lambda s: kind_and_word(s)[1]),
        empty="No gateway was asked yet.",
    ).page()
