"""Pay an invoice: start at the gateway, our own page in between, and the page to which the gateway sends people back.

A form that is answered by a redirect to another origin is stopped by `form-action 'self'`; so the POST ends on a page
of ours with a plain link. Coming back changes nothing: only the gateway's signed word does.
"""

from __future__ import annotations

import logging
from typing import Any, Final, Literal

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.renderers import render_to_response

from ezcore.billing.invoices import queries
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.transactions import pay
from ezcore.billing.transactions.models import Transaction, TransactionStatus
from ezcore.billing.transactions.operations import invoices_of
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.plugin_api.errors import StepSignal
from ezcore.web.client.invoices import invoice_page
from ezcore.web.client.reads import order_of_invoice, tries_of
from ezcore.web.shared.offers import chosen_gateway, offered, page_mode
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page

log = logging.getLogger(__name__)
INVOICE: Final = "client/invoice.pt"


@page(
    "invoice.pay", "/billing/invoices/{number}/pay/", method="POST", permission="client.billing",
    template=INVOICE, audit="none: the transaction row is the trail; settling it is audited", ambient=False,
)  # fmt: skip
def start(request: EzRequest) -> Any:
    """Open a transaction and ask the gateway; then show where to go on."""
    number, gateway = request.matchdict["number"], chosen_gateway(request)
    if gateway is None:
        return _problem(request, number, 422, "Choose one of the payment ways offered")
    parts = request.POST.getall("amount")
    if len(parts) > 1:
        return _problem(request, number, 422, "The amount was sent more than once")
    part = str(parts[0]) if parts else ""
    try:
        opened = pay.start(
            request.work,
            request.actor,
            request.host_of_plugins.ports,
            number,
            gateway,
            page_mode(request),
            part,
        )
    except InvalidInput as error:
        return _problem(request, number, 422, error.message, part if error.field == "amount" else None)
    except (StepSignal, LookupError):
        log.warning("the gateway %s did not start a payment", gateway, exc_info=True)
        words = "The payment provider does not answer. Nothing was charged; please try again in a moment."
        return _problem(request, number, 503, words)
    return HTTPSeeOther(request.route_path("invoice.payment", number=number, id=opened.id))


@page(
    "invoice.payment", "/billing/invoices/{number}/pay/{id}/", permission="client.billing",
    template="client/payment.pt",
)  # fmt: skip
def show_payment(request: EzRequest) -> Any:
    """Continue at the gateway by a plain link, or read how to pay."""
    invoice = _invoice(request)
    found = request.uow.session.get(Transaction, path_id(request))
    together = invoices_of(request.uow, found) if found is not None else []
    if found is None or invoice.id not in {one.id for one in together}:
        raise NotFound("There is no such payment")
    if found.status != TransactionStatus.PENDING or invoice.status != "unpaid":
        return HTTPSeeOther(request.route_path("invoice", number=invoice.number))
    labels = {offer.name: offer.label for offer in offered(request)}
    return {
        "invoice": invoice,
        "invoices": together,
        "payment": found,
        "label": labels.get(found.gateway, found.gateway),
    }


@page(
    "invoice.return", "/billing/invoices/{number}/return/", permission="client.billing",
    template="client/payment_return.pt",
)  # fmt: skip
def show_return(request: EzRequest) -> Any:
    """What we know so far; looks again until the gateway has told us. Changes nothing, whatever the address says."""
    invoice = _invoice(request)
    latest = next(iter(tries_of(request.uow, invoice.id)), None)
    found = {
        "invoice": invoice,
        "state": payment_state(invoice, latest),
        "order": order_of_invoice(request.uow, invoice.id, invoice.client_id),
    }
    if "X-Fragment" in request.headers:
        return render_to_response("client/fragments/payment_state.pt", found, request=request)
    return found


def payment_state(
    invoice: Invoice, latest: Transaction | None
) -> Literal["paid", "waiting", "failed", "open"]:
    """In four words; nothing of it comes from the address."""
    if invoice.status == "paid":
        return "paid"
    if latest is None or invoice.status != "unpaid":
        return "open"
    if latest.status == TransactionStatus.PENDING:
        return "waiting"
    return "failed" if latest.status != TransactionStatus.SUCCEEDED else "waiting"


def _invoice(request: EzRequest) -> Invoice:
    return queries.by_number(request.uow, request.matchdict["number"], request.client_id)


def _problem(
    request: EzRequest, number: str, status: int, words: str, part: str | None = None
) -> dict[str, Any]:
    request.response.status_code = status
    with request.work.read(request.actor) as uow:
        invoice = queries.by_number(uow, number, request.client_id)
        return invoice_page(request, uow, invoice, problem=words[:1].upper() + words[1:], part=part)
