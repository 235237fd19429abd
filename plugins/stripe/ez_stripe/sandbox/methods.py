"""Stored payment methods of the imitated Stripe: from test cards, attached, switched by control."""

from __future__ import annotations

from typing import Any

from ez_stripe.sandbox import billing_shapes, shapes
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.cards import BEHAVIOURS, CARDS, TOKENS, TestCard
from ez_stripe.sandbox.refusals import invalid
from ezcore.plugin_api.sandbox import Document

_CARD, _BEHAVIOUR = "_card", "_behaviour"
_EXPIRES = (12, 2034)


class Methods:
    """What a customer can be charged with."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def make(self, card: TestCard) -> Document:
        """A new method out of a test card, attached to nobody."""
        if card.bank:
            account = {"bank_code": "37040044", "branch_code": "", "country": "DE", "last4": card.last4}
            extra: Document = {
                "type": "sepa_debit",
                "sepa_debit": {**account, "fingerprint": f"SEPA{card.last4}"},
            }
        else:
            extra = {"type": "card", "card": shapes.card(card.last4, card.brand, _EXPIRES)}
        method = self._account.make(shapes.payment_method(**extra))
        self._account.store.put(_CARD, method["id"], {"number": card.number})
        return method

    def from_token(self, id_: str) -> Document | None:
        """A new method out of one of Stripe's test names (`pm_card_visa`), or None."""
        return self.make(CARDS[TOKENS[id_]]) if id_ in TOKENS else None

    def attach(self, method: Document, customer_id: str) -> Document:
        """Keep the method for a customer; attaching twice changes nothing."""
        if method["customer"] == customer_id:
            return method
        method = self._account.save({**method, "customer": customer_id, "allow_redisplay": "limited"})
        self._account.emit("payment_method.attached", method)
        return method

    def detach(self, method: Document) -> Document:
        """Forget the method for good. Raises: StripeRefusal if it is attached to nobody."""
        if method["customer"] is None:
            raise invalid(
                "The payment method you provided is not attached to a customer so detachment is impossible.",
                "payment_method",
            )
        before = {"customer": method["customer"]}
        method = self._account.save({**method, "customer": None, "allow_redisplay": "unspecified"})
        self._account.emit("payment_method.detached", method, before)
        self._forget_choice(before["customer"], method["id"])
        return method

    def _forget_choice(self, customer_id: str, method_id: str) -> None:
        customer = self._account.load("customer", customer_id)
        settings = customer.get("invoice_settings") or {}
        if settings.get("default_payment_method") == method_id:
            chosen = {"invoice_settings": {**settings, "default_payment_method": None}}
            customer = self._account.save({**customer, **chosen})
            self._account.emit("customer.updated", customer, {"invoice_settings": settings})

    def renewed(self, method: Document, month: int, year: int) -> Document:
        """The bank sent the payer a new card of the same number range: the stored one goes on by itself.

        Raises: ValueError for a method that is no card.
        """
        if method["type"] != "card":
            raise ValueError("only cards are renewed")
        before = {"card": {name: method["card"][name] for name in ("exp_month", "exp_year")}}
        card = {**method["card"], "exp_month": month, "exp_year": year}
        method = self._account.save({**method, "card": card})
        self._account.emit("payment_method.automatically_updated", method, before)
        return method

    def consent_ended(self, method: Document) -> Document:
        """The payer told the bank not to be debited any more."""
        mandate = self._account.make(billing_shapes.mandate(payment_method=method["id"], status="inactive"))
        self._account.emit("mandate.updated", mandate, {"status": "active"})
        return mandate

    def card(self, method_id: str) -> TestCard:
        """The test card behind a method."""
        document = self._account.store.get(_CARD, method_id) or {"number": "4242424242424242"}
        return CARDS[document["number"]]

    def switch(self, customer_id: str, behaviour: str) -> None:
        """From now on the customer's stored methods behave so when charged off-session.

        Raises: ValueError for a behaviour nobody knows.
        """
        if behaviour not in BEHAVIOURS:
            raise ValueError(f"unknown behaviour {behaviour!r}; known: {', '.join(sorted(BEHAVIOURS))}")
        self._account.store.put(_BEHAVIOUR, customer_id, {"customer": customer_id, "behaviour": behaviour})

    def off_session(self, method: Document) -> str:
        """What charging this method without its owner leads to: a key of DECLINES, or ok."""
        switched: dict[str, Any] | None = self._account.store.get(_BEHAVIOUR, method["customer"] or "")
        return str(switched["behaviour"]) if switched else self.card(method["id"]).later
