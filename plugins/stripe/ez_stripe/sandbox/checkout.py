"""/v1/checkout/sessions of the imitated Stripe: made by API, completed on the hosted page."""

from __future__ import annotations

from typing import Any

from ez_stripe.sandbox import parameters, shapes
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.call import Call
from ez_stripe.sandbox.cards import TestCard
from ez_stripe.sandbox.customers import Customers
from ez_stripe.sandbox.intents import Intents
from ez_stripe.sandbox.lists import page, whole
from ez_stripe.sandbox.methods import Methods
from ez_stripe.sandbox.payments import Payments
from ez_stripe.sandbox.refusals import invalid, missing
from ez_stripe.sandbox.subscribing import Subscribing, check_lines
from ezcore.plugin_api.sandbox import Document

_DAY = 24 * 3600
_HALF_HOUR = 1800
_DATA = {
    "payment_intent_data": "payment",
    "setup_intent_data": "setup",
    "subscription_data": "subscription",
}
_MODES = ("payment", "setup", "subscription")


class Checkout:
    """Checkout Sessions in modes payment, setup and subscription."""

    def __init__(
        self,
        account: Account,
        customers: Customers,
        intents: Intents,
        methods: Methods,
        payments: Payments,
        subscribing: Subscribing,
    ) -> None:
        self._account = account
        self._customers = customers
        self._intents = intents
        self._methods = methods
        self._payments = payments
        self._subscribing = subscribing

    def create(self, call: Call) -> Document:
        """POST /v1/checkout/sessions."""
        call.only(parameters.CHECKOUT_SESSION)
        mode = str(call.need("mode"))
        if mode not in _MODES:
            raise invalid(f"Invalid mode: must be one of {', '.join(_MODES)}.", "mode")
        _check_data(call, mode)
        customer = call.text("customer")
        if customer:
            self._customers.living(customer, "customer", 400)
        id_ = self._account.new_id("checkout.session")
        session = shapes.checkout_session(
            cancel_url=call.text("cancel_url"),
            client_reference_id=call.text("client_reference_id"),
            customer=customer,
            customer_email=call.text("customer_email"),
            expires_at=self._expiry(call),
            locale=call.text("locale"),
            metadata=call.metadata(),
            mode=mode,
            success_url=str(call.need("success_url")),
            url=f"{call.base_url}/c/pay/{id_}",
            **({"currency": call.text("currency")} if mode == "setup" else _priced(call, mode)),
        )
        if mode == "setup":
            session |= {"payment_status": "no_payment_required", "payment_method_collection": "always"}
        session = self._account.make(session, id=id_)
        self._remember(call, session)
        if mode == "subscription":
            self._subscribing.prepare(call, session)
        self._account.schedule.later(
            session["expires_at"] - self._account.now(), "expire_session", session_id=id_
        )
        return session

    def retrieve(self, call: Call) -> Document:
        """GET /v1/checkout/sessions/{id}."""
        return self._account.load("checkout.session", call.id, "session")

    def list(self, call: Call) -> Document:
        """GET /v1/checkout/sessions."""
        names = ("customer", "payment_intent", "status", "subscription")
        wanted = {name: call.text(name) for name in names}
        return page(self._account, "checkout.session", call.params, "/v1/checkout/sessions", **wanted)

    def expire(self, call: Call) -> Document:
        """POST /v1/checkout/sessions/{id}/expire."""
        session = self.retrieve(call)
        if session["status"] != "open":
            raise invalid(
                'Only Checkout Sessions with a status in ["open"] can be expired. '
                f"This Checkout Session has a status of {session['status']}."
            )
        return self.run_out(session["id"])

    def run_out(self, session_id: str) -> Document:
        """The page waited long enough; nothing happens to a session that is not open any more."""
        session = self._account.load("checkout.session", session_id)
        if session["status"] != "open":
            return session
        intent = self._paying(session)
        session = self._account.save({**session, "status": "expired", "url": None})
        if intent:
            changes = {
                "status": "canceled",
                "canceled_at": self._account.now(),
                "cancellation_reason": "automatic",
            }
            self._account.emit("payment_intent.canceled", self._account.save({**intent, **changes}))
        self._account.emit("checkout.session.expired", session)
        return session

    def line(self, session: Document) -> str:
        """What is being paid for, as the page shows it."""
        return str(self._data(session).get("description") or "Payment")

    def pay(self, session: Document, card: TestCard) -> Document:
        """The client chose a card. The session is complete then, or asks for authentication.

        Raises: StripeRefusal (card_error) when the bank says no; the session stays open.
        """
        method = self._methods.make(card)
        if session["mode"] == "setup":
            return self._store_only(session, card, method)
        if session["mode"] == "subscription":
            begun = self._subscribing.pay(session, method)
            return session if begun is None else self._told(begun)
        intent = self._intent(session)
        try:
            intent = self._payments.confirm_on_session(intent, method)
        finally:
            session = self._account.save({**session, "payment_intent": intent["id"]})
        return session if intent["status"] == "requires_action" else self._complete(session, intent)

    def authenticate(self, session: Document, *, passed: bool) -> Document:
        """The client came back from 3-D Secure. Raises: StripeRefusal (card_error) when it was not passed."""
        if session["mode"] == "setup":
            intent = self._account.load("setup_intent", session["setup_intent"])
            method = self._account.load("payment_method", self._waiting(session))
            return self._setup_done(session, intent, method) if passed else session
        if session["mode"] == "subscription":
            return self._told(self._subscribing.authenticated(session, passed=passed))
        intent = self._account.load("payment_intent", session["payment_intent"])
        method = self._account.load("payment_method", self._waiting(session))
        if not passed:
            self._payments.decline(intent, method, "authentication_failure")
        return self._complete(session, self._payments.succeed(intent, method))

    def needs_authentication(self, session: Document) -> bool:
        """Is this session waiting for 3-D Secure?"""
        intent = self._paying(session)
        if session["mode"] == "setup":
            intent = self._account.store.get("setup_intent", session["setup_intent"] or "")
        return bool(intent and intent["status"] == "requires_action")

    def debit_settled(self, intent: Document) -> None:
        """A bank debit came to its end: tell it about the page too."""
        for session in self._account.store.all("checkout.session"):
            if session["status"] != "complete":
                continue
            paying = session["payment_intent"] or (self._paying(session) or {}).get("id")
            if paying != intent["id"]:
                continue
            paid = intent["status"] == "succeeded"
            told = self._account.save({**session, "payment_status": "paid" if paid else "unpaid"})
            word = "succeeded" if paid else "failed"
            self._account.emit(f"checkout.session.async_payment_{word}", told)

    def _complete(self, session: Document, intent: Document) -> Document:
        paid = "paid" if intent["status"] == "succeeded" else "unpaid"
        changes: Document = {"status": "complete", "url": None, "payment_status": paid}
        return self._told({**session, **changes, "customer": intent["customer"]})

    def _told(self, session: Document) -> Document:
        session = self._account.save({**session, "customer_details": self._details(session)})
        self._account.emit("checkout.session.completed", session)
        return session

    def _paying(self, session: Document) -> Document | None:
        if session["mode"] == "subscription":
            return self._subscribing.intent_of(session)
        return self._account.store.get("payment_intent", session["payment_intent"] or "")

    def _store_only(self, session: Document, card: TestCard, method: Document) -> Document:
        data = self._data(session)
        made = self._account.store.get(
            "setup_intent", session["setup_intent"] or ""
        ) or self._intents.new_setup(customer=session["customer"], metadata=data.get("metadata") or {})
        if not card.authenticate:
            return self._setup_done(session, made, method)
        action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
        changes = {"status": "requires_action", "next_action": action, "payment_method": method["id"]}
        made = self._account.save({**made, **changes})
        self._account.emit("setup_intent.requires_action", made)
        return self._account.save({**session, "setup_intent": made["id"]})

    def _setup_done(self, session: Document, intent: Document, method: Document) -> Document:
        intent = self._intents.finish_setup({**intent, "next_action": None}, method)
        changes: Document = {"status": "complete", "url": None, "setup_intent": intent["id"]}
        return self._told({**session, **changes})

    def _waiting(self, session: Document) -> str:
        kind = "setup_intent" if session["mode"] == "setup" else "payment_intent"
        return str(self._account.load(kind, session[kind])["payment_method"])

    def _intent(self, session: Document) -> Document:
        if session["payment_intent"]:
            return self._account.load("payment_intent", session["payment_intent"])
        data = self._data(session)
        customer = session["customer"] or self._guest(session)
        return self._intents.new(
            amount=session["amount_total"],
            currency=session["currency"],
            customer=customer,
            description=data.get("intent_description"),
            metadata=data.get("metadata") or {},
            setup_future_usage=data.get("setup_future_usage"),
        )

    def _guest(self, session: Document) -> str | None:
        if self._data(session).get("customer_creation") != "always":
            return None
        customer = self._account.make(shapes.customer(email=session["customer_email"]))
        self._account.emit("customer.created", customer)
        return str(customer["id"])

    def _details(self, session: Document) -> Document:
        customer = self._account.store.get("customer", session["customer"] or "") or {}
        names = {"business_name": None, "individual_name": None, "name": customer.get("name")}
        email = customer.get("email") or session["customer_email"]
        return {"address": None, "email": email, **names, "phone": None, "tax_exempt": "none", "tax_ids": []}

    def _remember(self, call: Call, session: Document) -> None:
        intent_data: dict[str, Any] = (
            call.params.get("payment_intent_data") or call.params.get("setup_intent_data") or {}
        )
        lines = call.params.get("line_items") or [{}]
        product = (lines[0].get("price_data") or {}).get("product_data") or {}
        data = {
            "description": product.get("name"),
            "intent_description": intent_data.get("description"),
            "metadata": intent_data.get("metadata"),
            "setup_future_usage": intent_data.get("setup_future_usage"),
            "customer_creation": call.text("customer_creation"),
        }
        self._account.store.put("_checkout", session["id"], data)

    def _data(self, session: Document) -> Document:
        return self._account.store.get("_checkout", session["id"]) or {}

    def _expiry(self, call: Call) -> int:
        now = self._account.now()
        at = whole(call.params.get("expires_at", now + _DAY), "expires_at")
        if not now + _HALF_HOUR <= at <= now + _DAY:
            raise invalid(
                "The `expires_at` timestamp must be at least 30 minutes and less than 24 hours "
                "from Checkout Session creation.",
                "expires_at",
            )
        return at


def _check_data(call: Call, mode: str) -> None:
    for name, belongs in _DATA.items():
        if name in call.params and mode != belongs:
            raise invalid(f"You can not pass `{name}` in `{mode}` mode.", name)


def _priced(call: Call, mode: str) -> Document:
    lines = call.need("line_items")
    if not isinstance(lines, list):
        raise invalid("Invalid array", "line_items")
    check_lines(lines, mode)
    total, currency = 0, ""
    for place, item in enumerate(lines):
        price = item.get("price_data")
        if not price:
            raise missing(f"line_items[{place}][price_data]")
        amount = whole(price.get("unit_amount", ""), f"line_items[{place}][price_data][unit_amount]")
        total += amount * whole(item.get("quantity", "1"), f"line_items[{place}][quantity]")
        currency = str(price.get("currency", "")).lower()
    if not currency:
        raise missing("line_items[0][price_data][currency]")
    details = {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}
    return {"amount_subtotal": total, "amount_total": total, "currency": currency, "total_details": details}
