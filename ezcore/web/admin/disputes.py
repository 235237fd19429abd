"""/admin/disputes/: payments that banks dispute, until when evidence is due, and what happened to their invoices."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.billing.disputes.models import Dispute
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.transactions.models import Transaction
from ezcore.kernel.errors import NotFound
from ezcore.kernel.money import Money
from ezcore.web.admin.tables import Column, counted, link, listing, state_filters
from ezcore.web.shared.markup import badge, moment, money
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page


@page("admin.disputes", "/admin/disputes/", permission="staff.read", template="admin/list.pt")
def disputes_list(request: Any) -> dict[str, Any]:
    """Disputes, newest first."""
    zone, counts = request.settings.shop.time_zone, counted(request, Dispute.status)
    query = select(Dispute, Client.name).join(Client, Client.id == Dispute.client_id)
    if request.GET.get("status") in counts:
        query = query.where(Dispute.status == request.GET["status"])

    def row(found: Any) -> list[Any]:
        dispute, client = found
        due = moment(dispute.answer_by, zone) if dispute.is_open and dispute.answer_by else ""
        return [
            link(request, client, "admin.dispute", dispute.external_id, id=dispute.id),
            badge(dispute.status),
            dispute.reason or "",
            due,
            money(dispute.amount),
        ]

    return listing(
        request,
        query.order_by(Dispute.id.desc()),
        row,
        title="Disputes",
        lead="Evidence is handed in at the gateway; its word comes back here.",
        columns=(
            Column("Client"),
            Column("Status", "c-r"),
            Column("Reason", "c-wide cause"),
            Column("Evidence due"),
            Column("Amount", "end"),
        ),
        keep=("status",),
        filters=state_filters(request, counts, "status", lambda s: kind_and_word(s)[1]),
        empty="No payment was disputed.",
    ).page()


@page("admin.dispute", "/admin/disputes/{id}/", permission="staff.read", template="admin/dispute.pt")
def dispute(request: Any) -> dict[str, Any]:
    """One dispute: what the bank said, and what our books did."""
    session = request.uow.session
    found = session.get(Dispute, path_id(request))
    if found is None:
        raise NotFound("there is no such dispute")
    paid = session.get_one(Transaction, found.transaction_id)
    taken = {part["invoice_id"] for part in found.taken} or {paid.invoice_id}
    invoices = session.scalars(select(Invoice).where(Invoice.id.in_(taken)).order_by(Invoice.id)).all()
    return {
        "dispute": found,
        "paid": paid,
        "client": session.get_one(Client, found.client_id),
        "invoices": invoices,
        "held": Money(found.held_minor, paid.currency),
        "from_credit": Money(found.credit_minor, paid.currency),
        "lost": Money(found.lost_minor, paid.currency),
    }
