"""Pay one invoice by a link, without login. The page shows that invoice and nothing else of its client.

Referrer: pages with a way out send none at all. Pages with a form keep the site's own rule (none to other sites):
under `no-referrer` browsers say `Origin: null` with a form, which is what a forged form looks like.
"""

from __future__ import annotations

import logging
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.errors import LinkOver
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.transactions import pay
from ezcore.billing.transactions.models import Transaction, TransactionStatus
from ezcore.kernel.errors import InvalidInput, NotFound
from ezcore.plugin_api.errors import StepSignal
from ezcore.web.shared.errors import answer
from ezcore.web.shared.invoice_names import title_of
from ezcore.web.shared.offers import chosen_gateway, offered, page_mode
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

log = logging.getLogger(__name__)
TEMPLATE = "client/pay_link.pt"
GONE = 410


@page("pay_link", "/pay/{token}/", public="secret link", template=TEMPLATE, rate="form")
def show(request: EzRequest) -> Any:
    """The invoice and the ways to pay it; 410 once nothing is owed, or the link ran out (B059)."""
    _private(request)
    try:
        invoice = invoices.invoice_of_token(request.uow, _token(request))
    except LinkOver as over:
        return _gone(request, over)
    return _facts(request, invoice)


@page(
    "pay_link", "/pay/{token}/", method="POST", public="secret link", template=TEMPLATE,
    audit="none: the transaction row is the trail; settling it is audited", ambient=False,
)  # fmt: skip
def start(request: EzRequest) -> Any:
    """Open a transaction and ask the gateway."""
    _private(request)
    token, gateway = _token(request), chosen_gateway(request)
    try:
        if gateway is None:
            return _problem(request, 422, "Choose one of the payment ways offered")
        opened = pay.start_by_link(
            request.work, request.actor, request.host_of_plugins.ports, token, gateway, page_mode(request)
        )
    except LinkOver as over:
        return _gone(request, over)
    except InvalidInput as error:
        return _problem(request, 422, error.message)
    except (StepSignal, LookupError):
        log.warning("the gateway %s did not start a payment", gateway, exc_info=True)
        return _problem(request, 503, "The payment provider does not answer. Nothing was charged; try again.")
    return HTTPSeeOther(request.route_path("pay_link.payment", token=token, id=opened.id))


@page(
    "pay_link.payment", "/pay/{token}/{id:[0-9]+}/", public="secret link", rate="form",
    template="client/pay_link_go.pt",
)  # fmt: skip
def go_on(request: EzRequest) -> Any:
    """A plain link to the gateway, or how to pay."""
    _private(request, no_referrer=True)
    try:
        invoice = invoices.invoice_of_token(request.uow, _token(request))
    except LinkOver as over:
        return _gone(request, over)
    found = request.uow.session.get(Transaction, path_id(request))
    if found is None or found.invoice_id != invoice.id:
        raise NotFound("There is no such payment")
    if found.status != TransactionStatus.PENDING:
        return HTTPSeeOther(request.route_path("pay_link", token=_token(request)))
    labels = {offer.name: offer.label for offer in offered(request)}
    return {
        "invoice": invoice,
        "name": title_of(invoice),
        "payment": found,
        "label": labels.get(found.gateway, found.gateway),
        "back": request.route_path("pay_link", token=_token(request)),
    }


@page(
    "pay_link.return", "/pay/{token}/return/", public="secret link", rate="form",
    template="client/pay_link_back.pt",
)  # fmt: skip
def come_back(request: EzRequest) -> Any:
    """What we know so far, in one word. Changes nothing, whatever the address says."""
    _private(request, no_referrer=True)
    try:
        invoice = invoices.invoice_of_token(request.uow, _token(request), settled=True)
    except LinkOver as over:
        return _gone(request, over)
    paid = invoice.status == InvoiceStatus.PAID
    return {"paid": paid, "back": request.route_path("pay_link", token=_token(request))}


def _token(request: EzRequest) -> str:
    return request.matchdict["token"]


def _private(request: EzRequest, *, no_referrer: bool = False) -> None:
    request.response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if no_referrer:
        request.response.headers["Referrer-Policy"] = "no-referrer"


def _gone(request: EzRequest, over: LinkOver) -> Any:
    found = answer(request, GONE, over.message)
    found.headers["X-Robots-Tag"] = "noindex, nofollow"
    return found


def _problem(request: EzRequest, status: int, words: str) -> Any:
    request.response.status_code = status
    with request.work.read(request.actor) as uow:
        invoice = invoices.invoice_of_token(uow, _token(request))
        return _facts(request, invoice, words[:1].upper() + words[1:], uow)


def _facts(
    request: EzRequest, invoice: Invoice, problem: str | None = None, _uow: UnitOfWork | None = None
) -> dict[str, Any]:
    return {
        "invoice": invoice,
        "lines_of": list(invoice.lines),
        "taxes": list(invoice.taxes),
        "name": title_of(invoice),
        "gateways": offered(request, invoice.currency),
        "problem": problem,
    }
