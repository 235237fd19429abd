"""Checkout in mode subscription: the first payment, and what begins with it."""

from __future__ import annotations

from typing import Any

from ez_stripe.sandbox import shapes
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.call import Call
from ez_stripe.sandbox.intents import Intents
from ez_stripe.sandbox.payments import Payments
from ez_stripe.sandbox.refusals import invalid
from ez_stripe.sandbox.subscription_lines import priced
from ez_stripe.sandbox.subscriptions import Subscriptions
from ezcore.plugin_api.sandbox import Document

_KIND = "_subscribing"


class Subscribing:
    """What a Checkout page in mode subscription does when a card was chosen."""

    def __init__(
        self, account: Account, intents: Intents, payments: Payments, subscriptions: Subscriptions
    ) -> None:
        self._account = account
        self._intents = intents
        self._payments = payments
        self._subscriptions = subscriptions

    def prepare(self, call: Call, session: Document) -> None:
        """Keep what was asked for until somebody pays."""
        lines = [
            priced(self._account, item["price_data"], int(item.get("quantity", 1)))
            for item in call.need("line_items")
        ]
        told = call.params.get("subscription_data") or {}
        data = {"lines": lines, "metadata": told.get("metadata") or {}, "intent": None}
        self._account.store.put(_KIND, session["id"], data)

    def intent_of(self, session: Document) -> Document | None:
        """The first payment; the session itself never names it."""
        data = self._account.store.get(_KIND, session["id"]) or {}
        return self._account.store.get("payment_intent", data.get("intent") or "")

    def pay(self, session: Document, method: Document) -> Document | None:
        """Try the first payment; None while the payer must authenticate. Raises: StripeRefusal (card_error)."""
        session = self._with_customer(session)
        if session["amount_total"] == 0:
            return self._begin(session, method, None)
        intent = self.intent_of(session) or self._first_payment(session)
        intent = self._payments.confirm_on_session(intent, method)
        return None if intent["status"] == "requires_action" else self._begin(session, method, intent)

    def authenticated(self, session: Document, *, passed: bool) -> Document:
        """The payer came back. Raises: StripeRefusal (card_error) when it was not passed."""
        intent = self.intent_of(session)
        assert intent is not None
        method = self._account.load("payment_method", intent["payment_method"])
        if not passed:
            self._payments.decline(intent, method, "authentication_failure")
        return self._begin(session, method, self._payments.succeed(intent, method))

    def _begin(self, session: Document, method: Document, intent: Document | None) -> Document:
        data = self._account.store.get(_KIND, session["id"]) or {}
        subscription, invoice = self._subscriptions.begin(
            session["customer"], data["lines"], method, intent, data["metadata"]
        )
        settled = intent is None or intent["status"] == "succeeded"
        paid = "no_payment_required" if intent is None else "paid" if settled else "unpaid"
        changes = {"subscription": subscription["id"], "invoice": invoice["id"], "payment_status": paid}
        return {**session, **changes, "status": "complete", "url": None}

    def _first_payment(self, session: Document) -> Document:
        intent = self._intents.new(
            amount=session["amount_total"],
            currency=session["currency"],
            customer=session["customer"],
            description="Subscription creation",
            setup_future_usage="off_session",
        )
        data = self._account.store.get(_KIND, session["id"]) or {}
        self._account.store.put(_KIND, session["id"], {**data, "intent": intent["id"]})
        return intent

    def _with_customer(self, session: Document) -> Document:
        if session["customer"]:
            return session
        customer = self._account.make(shapes.customer(email=session["customer_email"]))
        self._account.emit("customer.created", customer)
        return self._account.save({**session, "customer": customer["id"]})


def check_lines(lines: list[dict[str, Any]], mode: str) -> None:
    """Recurring prices belong to mode subscription, which wants one rhythm. Raises: StripeRefusal."""
    rhythms = {
        (every.get("interval"), str(every.get("interval_count", 1)))
        for item in lines
        if (every := (item.get("price_data") or {}).get("recurring"))
    }
    if mode == "payment" and rhythms:
        raise invalid("You specified `payment` mode but passed a recurring price.", "line_items")
    if mode == "subscription" and not rhythms:
        raise invalid(
            "You must provide at least one recurring price in `subscription` mode when using prices.",
            "line_items",
        )
    if len(rhythms) > 1:
        raise invalid(
            "Checkout does not support multiple prices with different billing intervals.", "line_items"
        )
