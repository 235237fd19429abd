"""/admin/transactions/: what gateways said about money; one payment with what became of it, and its refund."""

from __future__ import annotations

from typing import Annotated, Any, Final

from markupsafe import escape
from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther
from sqlalchemy import select

from ezcore.accounts.models import Client
from ezcore.billing.disputes.models import Dispute
from ezcore.billing.invoices.models import Allocation, Invoice
from ezcore.billing.refunds import operations as refunds
from ezcore.billing.refunds import queries as refund_queries
from ezcore.billing.refunds.models import Refund, RefundTo
from ezcore.billing.refunds.rules import Taken
from ezcore.billing.transactions.models import Transaction, TransactionStatus
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.kernel.money import Money
from ezcore.languages import say
from ezcore.plugin_api.ports.gateway import Gateway, GatewayCapability
from ezcore.web.admin.tables import Column, chosen_state, counted, link, listing, state_filters, under
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.markup import badge, moment, money
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.status import kind_and_word
from ezcore.web.shared.views import page

PAGE: Final = "admin/transaction.pt"


class Wish(BaseModel):
    """A refund as staff write it."""

    amount: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]
    to: Annotated[str, StringConstraints(max_length=10)]
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=200)]
    external_id: Annotated[str, StringConstraints(strip_whitespace=True, max_length=100)] = ""
    keep_invoice: bool = False
    form_key: Annotated[str, StringConstraints(max_length=60, pattern="^[a-z0-9_]*$")] = ""


@page("admin.transactions", "/admin/transactions/", permission="staff.read", template="admin/list.pt")
def transactions_list(request: Any) -> dict[str, Any]:
    """Every try to move money, newest first."""
    zone, counts = request.settings.shop.time_zone, counted(request, Transaction.status)
    query = (
        select(Transaction, Invoice.number)
        .join(Invoice, Invoice.id == Transaction.invoice_id)
        .order_by(Transaction.id.desc())
    )
    if wanted := chosen_state(request, counts, "status", set(TransactionStatus)):
        query = query.where(Transaction.status == wanted)

    def row(found: Any) -> list[Any]:
        paid, number = found
        name = paid.external_id or paid.reference
        return [
            link(request, say("Invoice ${number}", number=number), "admin.transaction", name, id=paid.id),
            escape(paid.gateway) + under(say(paid.kind)),
            badge(paid.status),
            moment(paid.created_at, zone),
            say(paid.reason or ""),
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


@page("admin.transaction", "/admin/transactions/{id}/", permission="staff.read", template=PAGE)
def transaction(request: Any) -> dict[str, Any]:
    """One payment: where its money is, its refunds and disputes."""
    return _facts(request, _found(request))


@page(
    "admin.transaction.refund", "/admin/transactions/{id}/refund/", method="POST", permission="billing.manage",
    audit="refund.request", template=PAGE,
)  # fmt: skip
def refund(request: Any) -> Any:
    """Show what a refund would do (`preview`), or ask for it; the same form sent twice is one refund."""
    found = _found(request)
    form = read_form(request, Wish)
    if form.is_valid:
        try:
            wish, amount = form.checked(), Money.parse(form.checked().amount, found.currency)
            if "preview" in request.POST:
                return _facts(request, found, form, _preview(request, found, wish, amount))
            made = _refund(request, found, wish, amount)
        except InvalidInput as error:
            form.refuse(error, "amount")
        except Refused as error:
            form.errors["amount"] = error.message[:1].upper() + error.message[1:]
        else:
            flash(request, "ok", f"{made.amount} is given back")
            return HTTPSeeOther(request.route_path("admin.transaction", id=found.id))
    request.response.status_code = 422
    return _facts(request, found, form)


def _refund(request: Any, found: Transaction, wish: Wish, amount: Money) -> Refund:
    """What a refusal leaves half done is taken back before the page is shown again."""
    with request.uow.session.begin_nested():
        return refunds.request(
            request.uow,
            found,
            amount,
            wish.to,
            wish.reason,
            credit_note=not wish.keep_invoice,
            external_id=wish.external_id or None,
            key=f"refund_{wish.form_key}" if wish.form_key else None,
        )


def _preview(request: Any, found: Transaction, wish: Wish, amount: Money) -> list[tuple[str, Money]]:
    """What it would be taken from, in words. Raises: InvalidInput."""
    left = refund_queries.refundable(found)
    if not amount.is_positive or amount > left:
        raise InvalidInput(f"between {Money(1, left.currency)} and {left} can be given back", field="amount")
    told = []
    for part in refund_queries.plan(request.uow, found, amount, wish.to, credit_note=not wish.keep_invoice):
        number = ""
        if part.invoice_id is not None:
            number = request.uow.session.get_one(Invoice, part.invoice_id).number or ""
        if part.taken == Taken.CREDIT:
            told.append(("From the client's credit", part.amount))
        if part.note.is_positive:
            told.append((f"Credit note on invoice {number}", part.note))
        if part.taken == Taken.INVOICE and part.amount > part.note:
            told.append((f"Owed again on invoice {number}", part.amount - part.note))
    return told


def _found(request: Any) -> Transaction:
    found: Transaction | None = request.uow.session.get(Transaction, path_id(request))
    if found is None:
        raise NotFound("there is no such payment")
    return found


def _facts(
    request: Any,
    found: Transaction,
    form: Form[Wish] | None = None,
    preview: list[tuple[str, Money]] | None = None,
) -> dict[str, Any]:
    session = request.uow.session
    left = refund_queries.refundable(found)
    used = select(Invoice.number, Allocation).join(Invoice, Invoice.id == Allocation.invoice_id)
    ways = _ways(request, found)
    standing = Form[Wish](
        values={
            "amount": f"{left.decimal:f}",
            "to": ways[0][0],
            "form_key": request.work.ids.key("f"),
        }
    )
    form = form or standing
    return {
        "paid": found,
        "client": session.get_one(Client, found.client_id),
        "invoice": session.get_one(Invoice, found.invoice_id),
        "left": left,
        "refunded": Money(found.refunded_minor, found.currency),
        "disputed": Money(found.disputed_minor, found.currency),
        "fee": Money(found.fee_minor, found.currency),
        "used": session.execute(
            used.where(Allocation.transaction_id == found.id).order_by(Allocation.id)
        ).all(),
        "refunds": refund_queries.of_transaction(request.uow, found.id),
        "disputes": session.scalars(
            select(Dispute).where(Dispute.transaction_id == found.id).order_by(Dispute.id)
        ).all(),
        "may_refund": found.status == TransactionStatus.SUCCEEDED and left.is_positive,
        "ways": ways,
        "form": form,
        "errors": form.errors,
        "preview": preview,
    }


def _ways(request: Any, found: Transaction) -> list[tuple[str, str]]:
    ports = request.host_of_plugins.ports
    ways = [(str(RefundTo.CREDIT), "Account credit"), (str(RefundTo.MANUAL), "Sent by hand")]
    if found.kind != "manual" and found.gateway in ports.names(Gateway):
        port = ports.get(Gateway, found.gateway)
        if GatewayCapability.REFUND in port.capabilities:
            ways.insert(0, (str(RefundTo.GATEWAY), f"Back through {port.label}"))
    return ways
