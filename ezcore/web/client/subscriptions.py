"""Let a gateway bill: agree when the first invoice is paid, and go back to being billed by us."""

from __future__ import annotations

import logging
from typing import Any, Final

from pyramid.httpexceptions import HTTPSeeOther

from ezcore.automation import subscriptions
from ezcore.billing.invoices import queries as invoices
from ezcore.billing.invoices.models import Invoice
from ezcore.billing.subscriptions import queries
from ezcore.kernel.errors import InvalidInput, Refused
from ezcore.plugin_api.errors import StepSignal
from ezcore.plugin_api.ports.gateway import GatewayCapability
from ezcore.web.client.methods import AWAY, able, leave_page
from ezcore.web.shared.flash import flash
from ezcore.web.shared.path_ids import path_id
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page
from ezcore.work import UnitOfWork

log = logging.getLogger(__name__)
PAGE: Final = "client/subscribe.pt"


def subscribers(request: EzRequest, uow: UnitOfWork, invoice: Invoice) -> list[tuple[str, str]]:
    """Gateways that may bill what this invoice begins; none where that cannot be."""
    wanted = request.settings.billing.billing_gateways
    found = [one for one in able(request, GatewayCapability.SUBSCRIBE) if one[0] in wanted]
    return found if found and subscriptions.terms(uow, invoice) is not None else []


@page("subscribe", "/billing/invoices/{number}/subscribe/", permission="client.billing", template=PAGE)
def show(request: EzRequest) -> dict[str, Any]:
    """What the gateway would bill, and the button that agrees."""
    return _page(request, request.uow)


@page(
    "subscribe", "/billing/invoices/{number}/subscribe/", method="POST", permission="client.billing",
    template=PAGE, audit="none: the subscription row is the trail; its beginning is audited", ambient=False,
)  # fmt: skip
def start(request: EzRequest) -> Any:
    """Ask the gateway for the page where the client agrees."""
    sent = request.POST.getall("gateway")
    gateway, number = str(sent[0]) if len(sent) == 1 else "", request.matchdict["number"]
    try:
        row = subscriptions.start(request.work, request.actor, request.host_of_plugins.ports, number, gateway)
    except (InvalidInput, Refused) as error:
        return _again(request, 422, error.message)
    except (StepSignal, LookupError):
        log.warning("the gateway %s did not start a subscription", gateway, exc_info=True)
        return _again(request, 503, AWAY)
    return HTTPSeeOther(request.route_path("subscription.continue", id=row.id))


@page(
    "subscription.continue", "/billing/subscriptions/{id}/", permission="client.billing",
    template="client/leave.pt",
)  # fmt: skip
def go_on(request: EzRequest) -> Any:
    """Continue at the gateway by a plain link; one that began has no page to go to."""
    row = queries.own(request.uow, path_id(request), request.client_id)
    if row.external_id is not None:
        return HTTPSeeOther(request.route_path("methods"))
    labels = dict(able(request, GatewayCapability.SUBSCRIBE))
    label = labels.get(row.gateway, row.gateway)
    words = "You leave our site and agree at our provider, who bills you from then on."
    return leave_page(f"Let {label} bill you", words, row.checkout_url, label, "billing")


@page(
    "subscription.bill_here", "/billing/subscriptions/{id}/bill-here/", method="POST",
    permission="client.billing", audit="none: the job is the trail; the gateway's word about it is audited",
)  # fmt: skip
def bill_here(request: EzRequest) -> Any:
    """From the end of the paid period we bill again."""
    row = queries.own(request.uow, path_id(request), request.client_id)
    subscriptions.bill_here(request.uow, row)
    flash(request, "ok", "You are billed by us again when the paid period ends")
    return HTTPSeeOther(request.route_path("methods"))


def _page(request: EzRequest, uow: UnitOfWork, problem: str | None = None) -> dict[str, Any]:
    invoice = invoices.by_number(uow, request.matchdict["number"], request.client_id)
    return {
        "invoice": invoice,
        "terms": subscriptions.terms(uow, invoice),
        "gateways": subscribers(request, uow, invoice),
        "problem": problem,
    }


def _again(request: EzRequest, status: int, words: str) -> dict[str, Any]:
    request.response.status_code = status
    with request.work.read(request.actor) as uow:
        return _page(request, uow, words[:1].upper() + words[1:])
