"""Credit: what there is, what changed it, more of it by adding funds, and paying an invoice from it."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.billing.credit import operations as credit
from ezcore.billing.credit import queries
from ezcore.billing.funds import operations as funds
from ezcore.billing.invoices import queries as invoices
from ezcore.kernel.errors import InvalidInput
from ezcore.kernel.money import Money
from ezcore.web.client.invoices import invoice_page
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

WORDS = {
    "payment": "Paid too much",
    "funds": "Funds added",
    "credit_applied": "Used for an invoice",
    "credit_note": "Credit note",
    "adjustment": "Changed by us",
    "refund": "Refund",
    "refund_request": "Given back",
    "refund_failed": "Refund that did not arrive",
}


class Amount(BaseModel):
    """An amount as people type it."""

    amount: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=24)]


@page("credit", "/billing/credit/", permission="client.billing", template="client/credit.pt")
def show_credit(request: EzRequest) -> dict[str, Any]:
    """The balances, and every change from the ledger."""
    return _facts(request, Form())


@page(
    "credit.add", "/billing/credit/add/", method="POST", permission="client.billing",
    audit="invoice.issue", template="client/credit.pt",
)  # fmt: skip
def add_funds(request: EzRequest) -> Any:
    """An invoice for funds; paying it is what adds them."""
    form = read_form(request, Amount)
    if form.is_valid:
        try:
            amount = Money.parse(form.checked().amount, request.settings.shop.currency)
            invoice = funds.add(request.uow, amount)
        except InvalidInput as error:
            form.refuse(error, "amount")
        else:
            return HTTPSeeOther(request.route_path("invoice", number=invoice.number))
    request.response.status_code = 422
    return _facts(request, form)


@page(
    "invoice.credit", "/billing/invoices/{number}/credit/", method="POST", permission="client.billing",
    audit="invoice.apply_credit", template="client/invoice.pt",
)  # fmt: skip
def pay_from_credit(request: EzRequest) -> Any:
    """Pay the invoice, or a part of it, from credit (B052)."""
    invoice = invoices.by_number(request.uow, request.matchdict["number"], request.client_id)
    form = read_form(request, Amount)
    if form.is_valid:
        try:
            amount = Money.parse(form.checked().amount, invoice.currency)
            held = credit.balance(request.uow, request.client_id, invoice.currency)
            if amount > held:
                raise InvalidInput(f"there are {held} of credit", field="amount")  # noqa: TRY301 - answered below
            credit.spend(request.uow, invoice, amount)
        except InvalidInput as error:
            form.refuse(error, "amount")
        else:
            flash(request, "ok", f"Paid {amount} from your credit")
            return HTTPSeeOther(request.route_path("invoice", number=invoice.number))
    request.response.status_code = 422
    return invoice_page(request, request.uow, invoice, form=form)


def _facts(request: EzRequest, form: Form[Amount]) -> dict[str, Any]:
    currency = request.settings.shop.currency
    return {
        "balances": queries.balances(request.uow, request.client_id) or [Money.zero(currency)],
        "moves": [
            (WORDS.get(journal.kind, journal.kind.replace("_", " ").capitalize()), journal.on, amount)
            for journal, amount in queries.moves(request.uow, request.client_id)
        ],
        "limits": funds.limits(request.uow).get(currency),
        "currency": currency,
        "form": form,
    }
