"""Quotes in the client area: read, accept, decline."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, StringConstraints
from pyramid.httpexceptions import HTTPSeeOther

from ezcore.billing.quotes import operations as quotes
from ezcore.billing.quotes import queries
from ezcore.billing.quotes.models import Quote
from ezcore.web.shared.flash import flash
from ezcore.web.shared.forms import Form, read_form
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page


class Declined(BaseModel):
    """Why not; nobody has to say."""

    reason: Annotated[str, StringConstraints(max_length=2000)] = ""


@page("quotes", "/billing/quotes/", permission="client.billing", template="client/quotes.pt")
def list_quotes(request: EzRequest) -> dict[str, Any]:
    """What was sent to this client, newest first."""
    return {"quotes": queries.of_client(request.uow, request.client_id), "today": request.uow.today()}


@page("quote", "/billing/quotes/{number}/", permission="client.billing", template="client/quote.pt")
def show_quote(request: EzRequest) -> dict[str, Any]:
    """One offer with its answer."""
    return _facts(request, _quote(request), Form())


@page(
    "quote.accept", "/billing/quotes/{number}/accept/", method="POST", permission="client.billing",
    audit="quote.accept",
)  # fmt: skip
def accept(request: EzRequest) -> Any:
    """Yes: the invoice is issued and shown."""
    invoice = quotes.accept(request.uow, _quote(request), request.actor.name or "client")
    flash(request, "ok", "Thank you. Here is your invoice.")
    return HTTPSeeOther(request.route_path("invoice", number=invoice.number))


@page(
    "quote.decline", "/billing/quotes/{number}/decline/", method="POST", permission="client.billing",
    audit="quote.decline", template="client/quote.pt",
)  # fmt: skip
def decline(request: EzRequest) -> Any:
    """No, with or without a reason."""
    found, form = _quote(request), read_form(request, Declined)
    if not form.is_valid:
        request.response.status_code = 422
        return _facts(request, found, form)
    quotes.decline(request.uow, found, request.actor.name or "client", form.checked().reason)
    flash(request, "ok", "Thank you for telling us.")
    return HTTPSeeOther(request.route_path("quote", number=found.number))


def _quote(request: EzRequest) -> Quote:
    return queries.by_number(request.uow, request.matchdict["number"], request.client_id)


def _facts(request: EzRequest, found: Quote, form: Form[Any]) -> dict[str, Any]:
    return {
        "quote": found,
        "open": found.status == "sent" and found.valid_until >= request.uow.today(),
        "form": form,
        "accept_url": request.route_path("quote.accept", number=found.number),
        "decline_url": request.route_path("quote.decline", number=found.number),
        "asks_name": False,
    }
