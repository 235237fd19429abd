"""The few calls of Stripe that this plugin needs, as plain documents in and out.

Every call has a deadline; the library never retries by itself (our jobs do, and look first); every POST
carries our idempotency key. What is raised is one of the signals (RetryAfter, OutcomeUnknown,
PermanentFailure), CardDeclined or Missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe

from ez_stripe.classify import signal
from ez_stripe.errors import CardDeclined, Missing
from ez_stripe.reading import Doc, Unreadable, items
from ez_stripe.settings import StripeSettings
from ezcore.plugin_api import OutcomeUnknown, RetryAfter

_CONNECT = 5.0
_PAGE = 100
_INTENT = ["payment_method", "latest_charge.balance_transaction"]
_SESSION = [f"payment_intent.{path}" for path in _INTENT]


class StripeApi:
    """One Stripe account, spoken to over HTTP (or through `transport`, in the simulation)."""

    def __init__(self, settings: StripeSettings, transport: stripe.HTTPClient | None = None) -> None:
        self._client = stripe.StripeClient(
            settings.secret_key.get_secret_value(),
            base_addresses={"api": settings.api_base},
            http_client=transport or _transport(settings),
            max_network_retries=0,
            stripe_version=settings.api_version,
        )

    def create_customer(self, params: Any, key: str) -> Doc:
        """A customer. Raises: the signals."""
        with _speaking(writes=True):
            return _doc(self._client.v1.customers.create(params, {"idempotency_key": key}))

    def create_session(self, params: Any, key: str) -> Doc:
        """A Checkout Session. Raises: Missing, the signals."""
        with _speaking(writes=True):
            return _doc(self._client.v1.checkout.sessions.create(params, {"idempotency_key": key}))

    def session(self, session_id: str) -> Doc:
        """A Checkout Session as it is now, its payment expanded. Raises: Missing, the signals."""
        with _speaking(writes=False):
            return _doc(self._client.v1.checkout.sessions.retrieve(session_id, {"expand": _SESSION}))

    def sessions(self, **wanted: Any) -> list[Doc]:
        """The newest Checkout Sessions, at most a hundred. Raises: the signals."""
        params: Any = {**wanted, "limit": _PAGE}
        with _speaking(writes=False):
            return items(_doc(self._client.v1.checkout.sessions.list(params)))

    def create_intent(self, params: Any, key: str) -> Doc:
        """A payment, confirmed where asked. Raises: CardDeclined, Missing, the signals."""
        whole: Any = {**params, "expand": _INTENT}
        with _speaking(writes=True):
            return _doc(self._client.v1.payment_intents.create(whole, {"idempotency_key": key}))

    def intent(self, intent_id: str) -> Doc:
        """A payment as it is now. Raises: Missing, the signals."""
        with _speaking(writes=False):
            return _doc(self._client.v1.payment_intents.retrieve(intent_id, {"expand": _INTENT}))

    def intents(self, **wanted: Any) -> list[Doc]:
        """The newest payments, at most a hundred; always up to date. Raises: the signals."""
        params: Any = {**wanted, "limit": _PAGE}
        with _speaking(writes=False):
            return items(_doc(self._client.v1.payment_intents.list(params)))

    def search_intents(self, name: str, value: str) -> list[Doc]:
        """Payments of any age by one metadata field; may lag a minute behind. Raises: the signals."""
        query = f"metadata['{_quoted(name)}']:'{_quoted(value)}'"
        with _speaking(writes=False):
            return items(_doc(self._client.v1.payment_intents.search({"query": query, "limit": 10})))

    def create_refund(self, params: Any, key: str) -> Doc:
        """A refund. Raises: Missing, the signals."""
        with _speaking(writes=True):
            return _doc(self._client.v1.refunds.create(params, {"idempotency_key": key}))

    def refund(self, refund_id: str) -> Doc:
        """A refund as it is now. Raises: Missing, the signals."""
        with _speaking(writes=False):
            return _doc(self._client.v1.refunds.retrieve(refund_id))

    def refunds_of(self, intent_id: str) -> list[Doc]:
        """The refunds of one payment. Raises: the signals."""
        with _speaking(writes=False):
            return items(_doc(self._client.v1.refunds.list({"payment_intent": intent_id, "limit": _PAGE})))


def _transport(settings: StripeSettings) -> stripe.HTTPClient:
    client = stripe.RequestsClient(timeout=(_CONNECT, settings.timeout))
    if not settings.is_on_this_machine:
        return client
    # A proxy of the environment is for the world outside: a sandbox on loopback is not reached through it.
    session: Any = client.requests.Session()
    session.trust_env = False
    return stripe.RequestsClient(timeout=(_CONNECT, settings.timeout), session=session)


@contextmanager
def _speaking(*, writes: bool) -> Iterator[None]:
    try:
        yield
    except stripe.CardError as error:
        told = _doc(error.error) if error.error else {}
        intent = told.get("payment_intent")
        found = intent if isinstance(intent, dict) else {}
        raise CardDeclined(error.code, told.get("decline_code"), str(error.user_message), found) from error
    except stripe.InvalidRequestError as error:
        if error.code == "resource_missing" or error.param == "payment_method":
            raise Missing(error.param, str(error.user_message)) from error
        raise signal(error, writes=writes) from error
    except stripe.StripeError as error:
        raise signal(error, writes=writes) from error
    except (Unreadable, AttributeError, TypeError, ValueError) as error:
        # The library builds objects out of whatever came: a hostile answer ends here, its effect unknown.
        cause = f"Stripe's answer cannot be read: {error}"
        raise (OutcomeUnknown(cause) if writes else RetryAfter(60, cause)) from error


def _doc(answer: Any) -> Doc:
    document = answer.to_dict()
    if not isinstance(document, dict):
        raise Unreadable("Stripe answered no object")
    return document


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")
