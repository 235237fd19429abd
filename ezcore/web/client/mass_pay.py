"""Pay several invoices of one currency by one checkout; the money settles them in the order of their due dates."""

from __future__ import annotations

import logging
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.billing.invoices import queries
from ezcore.billing.invoices.models import Invoice, InvoiceStatus
from ezcore.billing.transactions import pay
from ezcore.billing.transactions.operations import in_due_order
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.kernel.money import Money
from ezcore.plugin_api.errors import StepSignal
from ezcore.web.client.invoice_words import InvoiceRow
from ezcore.web.shared.offers import chosen_gateway, offered, page_mode
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

log = logging.getLogger(__name__)
TEMPLATE = "client/mass_pay.pt"
AT_ONCE = 50
MOST = 100


@page("billing.pay", "/billing/pay/", permission="client.billing", template=TEMPLATE)
def choose(request: EzRequest) -> dict[str, Any]:
    """All open invoices, ticked; the sum per currency."""
    return _facts(request, request.uow)


@page(
    "billing.pay", "/billing/pay/", method="POST", permission="client.billing", template=TEMPLATE,
    audit="none: the transaction row is the trail; settling it is audited", ambient=False,
)  # fmt: skip
def start(request: EzRequest) -> Any:
    """Open one transaction for what is ticked, and ask the gateway."""
    numbers = [str(number) for number in request.POST.getall("invoice")]
    gateway = chosen_gateway(request)
    if gateway is None:
        return _problem(request, 422, {"gateway": "Choose one of the payment ways offered"}, numbers)
    if len(numbers) > MOST:
        return _problem(request, 422, {"invoice": f"At most {MOST} at once"}, numbers)
    try:
        opened = pay.start_many(
            request.work,
            request.actor,
            request.host_of_plugins.ports,
            numbers,
            gateway,
            page_mode(request),
        )
    except InvalidInput as error:
        return _problem(request, 422, {error.field or "form": error.message}, numbers)
    except Refused as error:
        return _problem(request, 409, {"invoice": error.message}, numbers)
    except (StepSignal, LookupError):
        log.warning("the gateway %s did not start a payment", gateway, exc_info=True)
        words = "The payment provider does not answer. Nothing was charged; please try again in a moment."
        return _problem(request, 503, {"gateway": words}, numbers)
    with request.work.read(request.actor) as uow:
        first = uow.session.get_one(Invoice, opened.invoice_id).number
    return HTTPSeeOther(request.route_path("invoice.payment", number=first, id=opened.id))


@page("billing.return", "/billing/return/", permission="client.billing")
def come_back(request: EzRequest) -> Any:
    """The gateway leads here after a payment of several invoices; it changes nothing."""
    return HTTPSeeOther(request.route_path("billing", _query={"show": "all", "returned": "1"}))


def _problem(request: EzRequest, status: int, errors: dict[str, str], numbers: list[str]) -> dict[str, Any]:
    request.response.status_code = status
    with request.work.read(request.actor) as uow:
        return _facts(
            request, uow, {name: text[:1].upper() + text[1:] for name, text in errors.items()}, numbers
        )


def _facts(
    request: EzRequest,
    uow: UnitOfWork,
    errors: dict[str, str] | None = None,
    ticked: list[str] | None = None,
) -> dict[str, Any]:
    every = in_due_order(queries.of_client(uow, request.client_id, InvoiceStatus.UNPAID))
    found = every[:AT_ONCE]
    groups: dict[str, list[InvoiceRow]] = {}
    for invoice in found:
        groups.setdefault(invoice.currency, []).append(InvoiceRow(invoice, uow.today()))
    return {
        "groups": [
            (currency, rows, Money.total((row.invoice.balance_due for row in rows), currency))
            for currency, rows in groups.items()
        ],
        "later": len(every) - len(found),
        "ticked": {invoice.number for invoice in found} if ticked is None else set(ticked),
        "gateways": offered(request),
        "errors": errors or {},
    }
