"""/v1/subscriptions of the imitated Stripe."""

from __future__ import annotations

from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.call import Call
from ez_stripe.sandbox.lists import page
from ez_stripe.sandbox.refusals import invalid, no_such
from ez_stripe.sandbox.subscriptions import Subscriptions
from ezcore.plugin_api.sandbox import Document

_KNOWN = frozenset({"cancel_at_period_end", "default_payment_method", "metadata"})


class SubscriptionCalls:
    """What the API may ask of subscriptions."""

    def __init__(self, account: Account, subscriptions: Subscriptions) -> None:
        self._account = account
        self._subscriptions = subscriptions

    def retrieve(self, call: Call) -> Document:
        """GET /v1/subscriptions/{id}."""
        return self._account.load("subscription", call.id)

    def list(self, call: Call) -> Document:
        """GET /v1/subscriptions; the status `all` is every one, those that ended too."""
        wanted = {name: call.text(name) for name in ("customer", "status")}
        if wanted["status"] == "all":
            wanted["status"] = None
        return page(self._account, "subscription", call.params, "/v1/subscriptions", **wanted)

    def update(self, call: Call) -> Document:
        """POST /v1/subscriptions/{id}: its end, its method, its metadata."""
        call.only(_KNOWN)
        subscription = self.retrieve(call)
        if subscription["status"] == "canceled":
            raise invalid(
                "A canceled subscription can only update its cancellation_details and metadata.", "status"
            )
        if "cancel_at_period_end" in call.params:
            return self._subscriptions.end_later(subscription, wanted=call.flag("cancel_at_period_end"))
        changes: Document = {"metadata": {**subscription["metadata"], **call.metadata()}}
        if method := call.text("default_payment_method"):
            changes["default_payment_method"] = method
        before = {name: subscription[name] for name in changes}
        subscription = self._account.save({**subscription, **changes})
        self._account.emit("customer.subscription.updated", subscription, before)
        return subscription

    def cancel(self, call: Call) -> Document:
        """DELETE /v1/subscriptions/{id}; one that ended cannot be found any more."""
        subscription = self.retrieve(call)
        if subscription["status"] == "canceled":
            raise no_such("subscription", call.id)
        return self._subscriptions.end(subscription, self._account.now())
