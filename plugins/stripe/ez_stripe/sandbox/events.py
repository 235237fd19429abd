"""/v1/events and /v1/balance_transactions of the imitated Stripe."""

from __future__ import annotations

from fnmatch import fnmatchcase

from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.call import Call
from ez_stripe.sandbox.lists import page
from ezcore.plugin_api.sandbox import Document


class Events:
    """What happened, and what it did to the balance."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def list(self, call: Call) -> Document:
        """GET /v1/events, also by `type` (with a star) or `types[]`."""
        types = call.params.get("types") or ([call.params["type"]] if call.params.get("type") else None)
        if types is None:
            return page(self._account, "event", call.params, "/v1/events")
        everything = page(self._account, "event", {**call.params, "limit": "100"}, "/v1/events")
        wanted = [
            event for event in everything["data"] if any(fnmatchcase(event["type"], one) for one in types)
        ]
        limit = int(call.params.get("limit", 10))
        more = everything["has_more"] or len(wanted) > limit
        return {**everything, "data": wanted[:limit], "has_more": more}

    def retrieve(self, call: Call) -> Document:
        """GET /v1/events/{id}."""
        return self._account.load("event", call.id)

    def list_movements(self, call: Call) -> Document:
        """GET /v1/balance_transactions."""
        wanted = {"source": call.text("source"), "type": call.text("type")}
        return page(self._account, "balance_transaction", call.params, "/v1/balance_transactions", **wanted)

    def retrieve_movement(self, call: Call) -> Document:
        """GET /v1/balance_transactions/{id}."""
        return self._account.load("balance_transaction", call.id)
