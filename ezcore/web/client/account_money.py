"""Stored payment methods, and credit with what changed it."""

from __future__ import annotations

from typing import Any

from ezcore.billing.ledger import operations as ledger
from ezcore.web.client.gateways import offered
from ezcore.web.client.reads import credit_moves, methods_of
from ezcore.web.shared.request import EzRequest
from ezcore.web.shared.views import page


@page("methods", "/billing/methods/", permission="client.billing", template="client/methods.pt")
def show_methods(request: EzRequest) -> dict[str, Any]:
    """Methods that renewals may be charged to."""
    labels = {offer.name: offer.label for offer in offered(request)}
    return {"methods": methods_of(request.uow, request.client_id), "labels": labels}


@page("credit", "/billing/credit/", permission="client.billing", template="client/credit.pt")
def show_credit(request: EzRequest) -> dict[str, Any]:
    """The balance from the ledger."""
    currency = request.settings.shop.currency
    return {
        "balance": -ledger.balance(request.uow, ledger.CLIENT_CREDIT, currency, request.client_id),
        "moves": credit_moves(request.uow, request.client_id),
    }
