"""Stripe as a payment gateway: hosted checkout that stores the card, charges off-session, refunds, look-ups.

We are the billing engine: only Customers, Checkout Sessions, PaymentIntents and Refunds are used. Every POST
carries an idempotency key made from the operation key, and everything made carries the operation key in its
metadata: Stripe forgets idempotency keys after a day, metadata never.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import ClassVar

from pydantic import BaseModel

from ez_stripe.account import StripeAccount
from ez_stripe.errors import CardDeclined, Missing
from ez_stripe.params import CHECKOUT, capture_params, checkout_params, customer_params, refund_params
from ez_stripe.reading import Doc, Unreadable, number, text, text_or_none
from ez_stripe.results import (
    FLOW,
    OPERATION,
    ours,
    result_of_intent,
    result_of_refund,
    result_of_session,
    said,
)
from ez_stripe.settings import StripeSettings
from ezcore.plugin_api import OutcomeUnknown, PermanentFailure, RetryAfter
from ezcore.plugin_api.ports.gateway import (
    CaptureRequest,
    CheckoutRequest,
    CheckoutStarted,
    Gateway,
    GatewayCapability,
    PaymentResult,
    RefundRequest,
    RefundResult,
)


class StripeGateway(Gateway):
    """Takes cards (and whatever else the Stripe account offers on its page)."""

    name: ClassVar[str] = "stripe"
    label: ClassVar[str] = "Card (Stripe)"
    capabilities: ClassVar[frozenset[GatewayCapability]] = frozenset(
        {
            GatewayCapability.CHECKOUT,
            GatewayCapability.CAPTURE,
            GatewayCapability.REFUND,
            GatewayCapability.FIND,
        }
    )
    settings_model: ClassVar[type[BaseModel] | None] = StripeSettings

    def __init__(self, account: StripeAccount) -> None:
        self._account = account

    def start_checkout(self, request: CheckoutRequest) -> CheckoutStarted:
        """Open a Checkout page. Safe to repeat with the same operation key.

        Raises: RetryAfter, OutcomeUnknown, PermanentFailure.
        """
        with _believing(writes=True):
            customer = request.client.customer_id or self._new_customer(request)
            try:
                session = self._new_session(request, customer)
            except Missing as missing:
                if missing.param != "customer":
                    raise
                # Somebody deleted the customer at Stripe: the shop goes on with a new one.
                session = self._new_session(request, self._new_customer(request))
            return CheckoutStarted(
                url=text(session, "url"),
                external_id=text(session, "id"),
                customer_id=text(session, "customer"),
                expires_at=datetime.fromtimestamp(number(session, "expires_at"), UTC),
            )

    def capture(self, request: CaptureRequest) -> PaymentResult:
        """Charge a stored method. Safe to repeat, also after Stripe forgot the key.

        Raises: RetryAfter, OutcomeUnknown, PermanentFailure.
        """
        with _believing(writes=True):
            try:
                known = self._charged_before(request)
                if known is not None:
                    return result_of_intent(known, open_page=False)
                intent = self._account.api.create_intent(
                    capture_params(request), _key(request.operation_key, "capture")
                )
            except CardDeclined as declined:
                return _declined(declined)
            except Missing as missing:
                return PaymentResult(status="declined", reason=f"the stored card is gone: {missing}")
            return result_of_intent(intent, open_page=False)

    def find(self, operation_key: str, checkout_id: str | None = None) -> PaymentResult | None:
        """What became of it, by our key; None when Stripe never heard of it.

        Raises: RetryAfter, PermanentFailure.
        """
        with _believing(writes=False):
            session = self._session(operation_key, checkout_id)
            if session is not None:
                return result_of_session(session)
            intent = self._intent(operation_key)
            if intent is None:
                return None
            return result_of_intent(intent, open_page=ours(intent, FLOW) == CHECKOUT)

    def refund(self, request: RefundRequest) -> RefundResult:
        """Give money back. Safe to repeat, also after Stripe forgot the key.

        Raises: RetryAfter, OutcomeUnknown, PermanentFailure.
        """
        api = self._account.api
        with _believing(writes=True):
            for known in api.refunds_of(request.external_id):
                if ours(known, OPERATION) == request.operation_key:
                    return result_of_refund(known)
            return result_of_refund(
                api.create_refund(refund_params(request), _key(request.operation_key, "refund"))
            )

    def _new_customer(self, request: CheckoutRequest) -> str:
        key = _key(request.operation_key, "customer")
        return text(self._account.api.create_customer(customer_params(request.client), key), "id")

    def _new_session(self, request: CheckoutRequest, customer: str) -> Doc:
        params = checkout_params(request, customer)
        return self._account.api.create_session(params, _key(request.operation_key, "checkout"))

    def _charged_before(self, request: CaptureRequest) -> Doc | None:
        newest = self._account.api.intents(customer=request.method.customer_id)
        return self._whole(_of(newest, request.operation_key))

    def _session(self, operation_key: str, checkout_id: str | None) -> Doc | None:
        api = self._account.api
        if checkout_id is None:
            found = _of(api.sessions(), operation_key)
            return api.session(text(found, "id")) if found else None
        try:
            session = api.session(checkout_id)
        except Missing:
            return None
        return session if ours(session, OPERATION) == operation_key else None

    def _intent(self, operation_key: str) -> Doc | None:
        # Searching reaches any age but lags; the newest hundred are always up to date.
        api = self._account.api
        return self._whole(
            _of(api.intents(), operation_key)
            or _of(api.search_intents(OPERATION, operation_key), operation_key)
        )

    def _whole(self, intent: Doc | None) -> Doc | None:
        return self._account.api.intent(text(intent, "id")) if intent else None


@contextmanager
def _believing(*, writes: bool) -> Iterator[None]:
    """What cannot be read is not believed: after a write nobody knows, after a read we ask again."""
    try:
        yield
    except Unreadable as odd:
        raise (OutcomeUnknown(str(odd)) if writes else RetryAfter(60, str(odd))) from odd
    except Missing as missing:
        raise PermanentFailure(f"Stripe does not know what we named: {missing}") from missing
    except CardDeclined as declined:
        raise PermanentFailure(f"Stripe refuses: {declined.message}") from declined


def _declined(declined: CardDeclined) -> PaymentResult:
    code = declined.decline_code or declined.code
    return PaymentResult(
        status="requires_action" if declined.code == "authentication_required" else "declined",
        external_id=text_or_none(declined.intent, "id"),
        customer_id=text_or_none(declined.intent, "customer"),
        reason=said(declined.message, code),
    )


def _of(documents: list[Doc], operation_key: str) -> Doc | None:
    return next((doc for doc in documents if ours(doc, OPERATION) == operation_key), None)


def _key(operation_key: str, verb: str) -> str:
    return f"{operation_key}.{verb}"
