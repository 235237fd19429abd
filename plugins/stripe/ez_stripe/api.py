"""The few calls of Stripe that this plugin needs, as plain documents in and out.

Every call has a deadline; the library never retries by itself (our jobs do, and look first); every POST
carries our idempotency key. What is raised is one of the signals (RetryAfter, OutcomeUnknown,
PermanentFailure), CardDeclined or Missing.
"""

from __future__ import annotations

from typing import Any

import stripe

from ez_stripe.billing_calls import BillingCalls
from ez_stripe.reading import Doc, items
from ez_stripe.settings import StripeSettings
from ez_stripe.speaking import plain, speaking
from ez_stripe.transport import transport

_PAGE = 100
_INTENT = ["payment_method", "latest_charge.balance_transaction"]
_SETUP = ["payment_method"]
_SESSION = [f"payment_intent.{path}" for path in _INTENT] + [f"setup_intent.{path}" for path in _SETUP]


class StripeApi(BillingCalls):
    """One Stripe account, spoken to over HTTP (or through `http`, in the simulation)."""

    def __init__(self, settings: StripeSettings, http: stripe.HTTPClient | None = None) -> None:
        self._client = stripe.StripeClient(
            settings.secret_key.get_secret_value(),
            base_addresses={"api": settings.api_base},
            http_client=http or transport(settings),
            max_network_retries=0,
            stripe_version=settings.api_version,
        )

    def create_customer(self, params: Any, key: str) -> Doc:
        """A customer. Raises: the signals."""
        with speaking(writes=True):
            return plain(self._client.v1.customers.create(params, {"idempotency_key": key}))

    def create_session(self, params: Any, key: str) -> Doc:
        """A Checkout Session. Raises: Missing, the signals."""
        with speaking(writes=True):
            return plain(self._client.v1.checkout.sessions.create(params, {"idempotency_key": key}))

    def session(self, session_id: str) -> Doc:
        """A Checkout Session as it is now, its payment or setup expanded. Raises: Missing, the signals."""
        with speaking(writes=False):
            return plain(self._client.v1.checkout.sessions.retrieve(session_id, {"expand": _SESSION}))

    def expire_session(self, session_id: str) -> Doc:
        """Close a Checkout page that is open. Raises: Missing, the signals."""
        key: Any = {"idempotency_key": f"{session_id}.expire"}
        with speaking(writes=True):
            return plain(self._client.v1.checkout.sessions.expire(session_id, {"expand": _SESSION}, key))

    def sessions(self, **wanted: Any) -> list[Doc]:
        """The newest Checkout Sessions, at most a hundred. Raises: the signals."""
        params: Any = {**wanted, "limit": _PAGE}
        with speaking(writes=False):
            return items(plain(self._client.v1.checkout.sessions.list(params)))

    def create_intent(self, params: Any, key: str) -> Doc:
        """A payment, confirmed where asked. Raises: CardDeclined, Missing, the signals."""
        whole: Any = {**params, "expand": _INTENT}
        with speaking(writes=True):
            return plain(self._client.v1.payment_intents.create(whole, {"idempotency_key": key}))

    def intent(self, intent_id: str) -> Doc:
        """A payment as it is now. Raises: Missing, the signals."""
        with speaking(writes=False):
            return plain(self._client.v1.payment_intents.retrieve(intent_id, {"expand": _INTENT}))

    def intents(self, **wanted: Any) -> list[Doc]:
        """The newest payments, at most a hundred; always up to date. Raises: the signals."""
        params: Any = {**wanted, "limit": _PAGE}
        with speaking(writes=False):
            return items(plain(self._client.v1.payment_intents.list(params)))

    def search_intents(self, name: str, value: str) -> list[Doc]:
        """Payments of any age by one metadata field; may lag a minute behind. Raises: the signals."""
        query = f"metadata['{_quoted(name)}']:'{_quoted(value)}'"
        with speaking(writes=False):
            return items(plain(self._client.v1.payment_intents.search({"query": query, "limit": 10})))

    def setup_intent(self, intent_id: str) -> Doc:
        """The storing of a method as it is now. Raises: Missing, the signals."""
        with speaking(writes=False):
            return plain(self._client.v1.setup_intents.retrieve(intent_id, {"expand": _SETUP}))

    def method(self, method_id: str) -> Doc:
        """A stored method as it is now, its owner expanded. Raises: Missing, the signals."""
        with speaking(writes=False):
            return plain(self._client.v1.payment_methods.retrieve(method_id, {"expand": ["customer"]}))

    def detach_method(self, method_id: str) -> Doc:
        """Forget a stored method. Raises: Missing (also for one that is attached to nobody), the signals."""
        key: Any = {"idempotency_key": f"{method_id}.detach"}
        with speaking(writes=True):
            return plain(self._client.v1.payment_methods.detach(method_id, {}, key))

    def customer(self, customer_id: str) -> Doc:
        """A customer as it is now, the default method expanded, or `deleted`. Raises: Missing, the signals."""
        expand: Any = {"expand": ["invoice_settings.default_payment_method"]}
        with speaking(writes=False):
            return plain(self._client.v1.customers.retrieve(customer_id, expand))

    def create_refund(self, params: Any, key: str) -> Doc:
        """A refund. Raises: Missing, the signals."""
        with speaking(writes=True):
            return plain(self._client.v1.refunds.create(params, {"idempotency_key": key}))

    def refund(self, refund_id: str) -> Doc:
        """A refund as it is now, its payment expanded. Raises: Missing, the signals."""
        with speaking(writes=False):
            return plain(self._client.v1.refunds.retrieve(refund_id, {"expand": ["payment_intent"]}))

    def refunds_of(self, **wanted: Any) -> list[Doc]:
        """The refunds of one payment or charge, payments expanded; newest first. Raises: the signals."""
        params: Any = {**wanted, "limit": _PAGE, "expand": ["data.payment_intent"]}
        with speaking(writes=False):
            return items(plain(self._client.v1.refunds.list(params)))


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
