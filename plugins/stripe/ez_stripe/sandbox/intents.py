"""/v1/payment_intents and /v1/setup_intents of the imitated Stripe."""

from __future__ import annotations

import re

from ez_stripe.sandbox import parameters, shapes
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.call import Call
from ez_stripe.sandbox.customers import Customers
from ez_stripe.sandbox.lists import cut, page, visible, whole
from ez_stripe.sandbox.methods import Methods
from ez_stripe.sandbox.payments import Payments
from ez_stripe.sandbox.refusals import invalid, no_such
from ezcore.plugin_api.sandbox import Document

_METADATA_QUERY = re.compile(r"""metadata\[['"]([^'"]+)['"]\]\s*:\s*['"]([^'"]*)['"]""")
_FINAL = ("succeeded", "canceled")


class Intents:
    """Intents to pay, and to store a method."""

    def __init__(self, account: Account, customers: Customers, methods: Methods, payments: Payments) -> None:
        self._account = account
        self._customers = customers
        self._methods = methods
        self._payments = payments

    def create(self, call: Call) -> Document:
        """POST /v1/payment_intents, with `confirm` and `off_session` where asked."""
        call.only(parameters.PAYMENT_INTENT)
        amount = _amount(call)
        if call.flag("off_session") and not call.flag("confirm"):
            raise invalid("You cannot set `off_session` without `confirm`.", "off_session")
        customer = call.text("customer")
        if customer:
            self._customers.living(customer, "customer", 400)
        method = self._method(call, customer)
        intent = self.new(
            amount=amount,
            currency=str(call.need("currency")).lower(),
            customer=customer,
            description=call.text("description"),
            metadata=call.metadata(),
            setup_future_usage=call.text("setup_future_usage"),
            payment_method=method["id"] if method else None,
            status="requires_confirmation" if method else "requires_payment_method",
        )
        return self._confirmed(call, intent, method) if call.flag("confirm") else intent

    def new(self, **fields: object) -> Document:
        """A new intent, announced."""
        intent = self._account.make(shapes.payment_intent(**fields))
        secret = f"{intent['id']}_secret_{self._account.new_id('request')[4:20]}"
        intent = self._account.save({**intent, "client_secret": secret})
        self._account.emit("payment_intent.created", intent)
        return intent

    def confirm(self, call: Call) -> Document:
        """POST /v1/payment_intents/{id}/confirm."""
        intent = self._account.load("payment_intent", call.id, "intent")
        if intent["status"] in _FINAL:
            raise invalid(
                f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}.",
                code="payment_intent_unexpected_state",
            )
        method = self._method(call, intent["customer"])
        if method is None and intent["payment_method"]:
            method = self._account.load("payment_method", intent["payment_method"])
        return self._confirmed(call, intent, method)

    def cancel(self, call: Call) -> Document:
        """POST /v1/payment_intents/{id}/cancel."""
        intent = self._account.load("payment_intent", call.id, "intent")
        if intent["status"] in (*_FINAL, "processing"):
            raise invalid(
                f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
                code="payment_intent_unexpected_state",
            )
        reason = call.text("cancellation_reason")
        changes = {"status": "canceled", "canceled_at": self._account.now(), "cancellation_reason": reason}
        intent = self._account.save({**intent, **changes})
        self._account.emit("payment_intent.canceled", intent)
        return intent

    def retrieve(self, call: Call) -> Document:
        """GET /v1/payment_intents/{id}."""
        return self._account.load("payment_intent", call.id, "intent")

    def list(self, call: Call) -> Document:
        """GET /v1/payment_intents."""
        url, customer = "/v1/payment_intents", call.text("customer")
        if customer:
            self._account.load("customer", customer, "customer", 400)
        return page(self._account, "payment_intent", call.params, url, customer=customer)

    def search(self, call: Call) -> Document:
        """GET /v1/payment_intents/search, by metadata only; lags behind when a `stale_read` fault says so."""
        wanted = _METADATA_QUERY.fullmatch(str(call.need("query")).strip())
        if wanted is None:
            raise invalid("We were unable to parse your search query.", "query")
        intents = self._account.store.where("payment_intent", newest_first=True)
        found = (item for item in intents if item["metadata"].get(wanted[1]) == wanted[2])
        seen = list(visible(self._account, "payment_intent", found))
        result = cut(seen, call.params, "/v1/payment_intents/search")
        return {**result, "object": "search_result", "next_page": None}

    def create_setup(self, call: Call) -> Document:
        """POST /v1/setup_intents."""
        call.only(parameters.SETUP_INTENT)
        customer = call.text("customer")
        if customer:
            self._customers.living(customer, "customer", 400)
        intent = self.new_setup(
            customer=customer, metadata=call.metadata(), description=call.text("description")
        )
        method_id = call.text("payment_method")
        if not (method_id and call.flag("confirm")):
            return intent
        method = self._methods.from_token(method_id) or self._account.load(
            "payment_method", method_id, "payment_method", 400
        )
        return self.finish_setup(intent, method)

    def new_setup(self, **fields: object) -> Document:
        """A new intent to store a method, announced."""
        intent = self._account.make(shapes.setup_intent(**fields))
        secret = f"{intent['id']}_secret_{self._account.new_id('request')[4:20]}"
        intent = self._account.save({**intent, "client_secret": secret})
        self._account.emit("setup_intent.created", intent)
        return intent

    def finish_setup(self, intent: Document, method: Document) -> Document:
        """The method is stored."""
        if intent["customer"]:
            self._methods.attach(method, intent["customer"])
        intent = self._account.save({**intent, "status": "succeeded", "payment_method": method["id"]})
        self._account.emit("setup_intent.succeeded", intent)
        return intent

    def retrieve_setup(self, call: Call) -> Document:
        """GET /v1/setup_intents/{id}."""
        return self._account.load("setup_intent", call.id, "intent")

    def list_setups(self, call: Call) -> Document:
        """GET /v1/setup_intents."""
        url = "/v1/setup_intents"
        return page(self._account, "setup_intent", call.params, url, customer=call.text("customer"))

    def _confirmed(self, call: Call, intent: Document, method: Document | None) -> Document:
        if method is None:
            raise invalid(
                "You cannot confirm this PaymentIntent because it's missing a payment method.",
                code="payment_intent_unexpected_state",
            )
        if call.flag("off_session"):
            return self._payments.confirm_off_session(intent, method)
        return self._payments.confirm_on_session(intent, method)

    def _method(self, call: Call, customer: str | None) -> Document | None:
        id_ = call.text("payment_method")
        if id_ is None:
            return None
        made = self._methods.from_token(id_)
        if made:
            return made
        method = self._account.store.get("payment_method", id_)
        if method is None:
            raise no_such("PaymentMethod", id_, "payment_method", 400)
        if method["customer"] != customer:
            raise invalid(
                f"The customer does not have a payment method with the ID {id_}. "
                "The payment method must be attached to the customer.",
                "payment_method",
                "resource_missing",
            )
        return method


def _amount(call: Call) -> int:
    amount = whole(call.need("amount"), "amount")
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    return amount
