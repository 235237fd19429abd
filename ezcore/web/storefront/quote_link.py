"""Read and answer a quote by the link of its mail, without login. Only the hash of the link's secret is stored."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.invoices.operations import pay_token
from ezcore.billing.quotes import operations as quotes
from ezcore.billing.quotes import queries
from ezcore.billing.quotes.models import Quote
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

TEMPLATE = "client/quote.pt"


class Accepted(BaseModel):
    """Who says yes."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=120)]


class Declined(BaseModel):
    """Why not; nobody has to say."""

    reason: Annotated[str, StringConstraints(max_length=2000)] = ""


@page("quote_link", "/quotes/{token}/", public="secret link", template=TEMPLATE, rate="form")
def show(request: EzRequest) -> dict[str, Any]:
    """The offer; once answered, what the answer was."""
    return _facts(request, queries.by_token(request.uow, request.matchdict["token"]), Form())


@page(
    "quote_link.accept", "/quotes/{token}/accept/", method="POST", public="secret link",
    audit="quote.accept", template=TEMPLATE,
)  # fmt: skip
def accept(request: EzRequest) -> Any:
    """Yes, by somebody who writes their name; then the invoice can be paid by a link of its own."""
    found, form = queries.by_token(request.uow, request.matchdict["token"]), read_form(request, Accepted)
    if not form.is_valid:
        request.response.status_code = 422
        return _facts(request, found, form)
    invoice = quotes.accept(request.uow, found, form.checked().name, by_link=True)
    flash(request, "ok", "Thank you, we have your answer.")
    if invoice.status == InvoiceStatus.UNPAID:
        return HTTPSeeOther(request.route_path("pay_link", token=pay_token(request.uow, invoice)))
    return HTTPSeeOther(request.route_path("quote_link", token=request.matchdict["token"]))


@page(
    "quote_link.decline", "/quotes/{token}/decline/", method="POST", public="secret link",
    audit="quote.decline", template=TEMPLATE,
)  # fmt: skip
def decline(request: EzRequest) -> Any:
    """No, with or without a reason."""
    found, form = queries.by_token(request.uow, request.matchdict["token"]), read_form(request, Declined)
    if not form.is_valid:
        request.response.status_code = 422
        return _facts(request, found, form)
    quotes.decline(request.uow, found, "by the link", form.checked().reason, by_link=True)
    flash(request, "ok", "Thank you for telling us.")
    return HTTPSeeOther(request.route_path("quote_link", token=request.matchdict["token"]))


def _facts(request: EzRequest, found: Quote, form: Form[Any]) -> dict[str, Any]:
    token = request.matchdict["token"]
    request.response.headers["X-Robots-Tag"] = "noindex, nofollow"
    invoice = request.uow.session.get(Invoice, found.invoice_id) if found.invoice_id else None
    owed = invoice is not None and invoice.status == InvoiceStatus.UNPAID
    return {
        "quote": found,
        "open": found.status == "sent" and found.valid_until >= request.uow.today(),
        "form": form,
        "accept_url": request.route_path("quote_link.accept", token=token),
        "decline_url": request.route_path("quote_link.decline", token=token),
        "asks_name": True,
        "pay_url": request.route_path("pay_link", token=pay_token(request.uow, invoice))
        if invoice is not None and owed
        else None,
    }
