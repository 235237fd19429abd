"""Stripe as a payment gateway: hosted pages, stored cards charged off-session, subscriptions, refunds, look-ups.

Either we bill and Stripe takes the money, or Stripe bills a subscription and we mirror it. Every POST that makes
something carries an idempotency key made from the operation key, and what is made carries the operation key in
its metadata: Stripe forgets idempotency keys after a day, metadata never.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel

from ez_stripe.account import StripeAccount
from ez_stripe.bills import payment_of
from ez_stripe.errors import CardDeclined, Missing, unread
from ez_stripe.event_types import UNDERSTOOD
from ez_stripe.opening import Opening
from ez_stripe.params import CHECKOUT, capture_params, refund_params
from ez_stripe.reading import Doc, Unreadable, id_of, inner, text, text_or_none
from ez_stripe.results import (
    FLOW,
    OPERATION,
    REFERENCE,
    money,
    ours,
    result_of_intent,
    result_of_refund,
    result_of_session,
    said,
    stored_method,
)
from ez_stripe.settings import StripeSettings
from ezcore.plugin_api import PermanentFailure
from ezcore.plugin_api.ports.gateway import (
    Agreement,
    CaptureRequest,
    CheckoutRequest,
    CheckoutStarted,
    Gateway,
    GatewayCapability,
    GatewayEvent,
    PaymentResult,
    PortalRequest,
    RefundRequest,
    RefundResult,
    SetupRequest,
    StoredMethod,
    SubscriptionRequest,
)

_ENDED = ("canceled", "incomplete_expired")


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
            GatewayCapability.SETUP,
            GatewayCapability.DELETE_METHOD,
            GatewayCapability.EXPIRE,
            GatewayCapability.SUBSCRIBE,
            GatewayCapability.PORTAL,
            GatewayCapability.EVENTS,
            GatewayCapability.AGREEMENTS,
        }
    )
    settings_model: ClassVar[type[BaseModel] | None] = StripeSettings

    def __init__(self, account: StripeAccount) -> None:
        self._account = account
        self._opening = Opening(account)

    def start_checkout(self, request: CheckoutRequest) -> CheckoutStarted:
        """Open a Checkout page. Safe to repeat with the same operation key.

        Raises: RetryAfter, OutcomeUnknown, PermanentFailure.
        """
        with _believing(writes=True):
            return self._opening.payment(request)

    def start_setup(self, request: SetupRequest) -> CheckoutStarted:
        """Open a Checkout page that keeps a method and charges nothing. Safe to repeat with the same operation key.

        Raises: RetryAfter, OutcomeUnknown, PermanentFailure.
        """
        with _believing(writes=True):
            return self._opening.setup(request)

    def start_subscription(self, request: SubscriptionRequest) -> CheckoutStarted:
        """Open a Checkout page after which Stripe bills by itself. Safe to repeat with the same operation key.

        Raises: RetryAfter, OutcomeUnknown, PermanentFailure.
        """
        with _believing(writes=True):
            return self._opening.subscription(request)

    def portal_url(self, request: PortalRequest) -> str:
        """The address of Stripe's Customer Portal. Raises: Refused, RetryAfter, OutcomeUnknown, PermanentFailure."""
        with _believing(writes=True):
            return self._opening.portal(request)

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
                return self._session_result(session)
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
            for known in api.refunds_of(payment_intent=request.external_id):
                if ours(known, OPERATION) == request.operation_key:
                    return result_of_refund(known)
            return result_of_refund(
                api.create_refund(refund_params(request), _key(request.operation_key, "refund"))
            )

    def cancel_subscription(self, external_id: str, *, at_period_end: bool, operation_key: str) -> None:
        """Stop Stripe's billing, now or with the paid period. One that ended already is no error.

        Raises: RetryAfter, OutcomeUnknown, PermanentFailure.
        """
        api = self._account.api
        with _believing(writes=True):
            known = api.subscription(external_id)
            if _has_ended(known) or (at_period_end and _will_end(known)):
                return
            try:
                if at_period_end:
                    api.end_subscription_later(external_id, _key(operation_key, "cancel"))
                else:
                    api.end_subscription(external_id)
            except (Missing, PermanentFailure):
                # It may have ended between our look and our wish.
                if not _has_ended(api.subscription(external_id)):
                    raise

    def delete_method(self, method: StoredMethod) -> None:
        """Forget a stored method. One that is gone already is no error.

        Raises: RetryAfter, OutcomeUnknown, PermanentFailure.
        """
        api = self._account.api
        with _believing(writes=True):
            try:
                api.detach_method(method.external_id)
            except Missing:
                return
            except PermanentFailure:
                if id_of(api.method(method.external_id), "customer") is not None:
                    raise

    def expire_checkout(self, external_id: str) -> PaymentResult:
        """Close an open page; says so when it was finished a moment before.

        Raises: RetryAfter, OutcomeUnknown, PermanentFailure.
        """
        api = self._account.api
        with _believing(writes=True):
            try:
                session = api.expire_session(external_id)
            except PermanentFailure:
                session = api.session(external_id)
                if text(session, "status") == "open":
                    raise
            return self._session_result(session)

    def list_events(self, since: datetime) -> Sequence[GatewayEvent]:
        """Every event of the types that our webhook endpoint asks for, oldest first; at most thirty days back.

        Raises: RetryAfter, PermanentFailure.
        """
        with _believing(writes=False):
            version = self._account.settings.api_version
            found = [_event(doc, version) for doc in self._account.api.events(since) if _is_asked_for(doc)]
            return found[::-1]

    def list_agreements(self) -> Sequence[Agreement]:
        """Every subscription of the account, ours or not. Raises: RetryAfter, PermanentFailure."""
        with _believing(writes=False):
            return [
                Agreement(
                    external_id=text(doc, "id"),
                    reference=ours(doc, REFERENCE),
                    lives=not _has_ended(doc) and text(doc, "status") != "incomplete",
                    status=text(doc, "status"),
                )
                for doc in self._account.api.subscriptions()
            ]

    def _session_result(self, session: Doc) -> PaymentResult:
        invoice_id = id_of(session, "invoice")
        if text(session, "status") != "complete" or invoice_id is None:
            return result_of_session(session)
        # A subscription began: what was paid is the payment of its first invoice.
        intent = payment_of(self._account.api, invoice_id)
        if intent is not None:
            return result_of_intent(intent, open_page=False)
        paid = text(session, "payment_status") != "unpaid"
        return PaymentResult(
            status="succeeded" if paid else "pending",
            amount=money(session, "amount_total") if paid else None,
            customer_id=id_of(session, "customer"),
        )

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
        raise unread(str(odd), writes=writes) from odd
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
        method=stored_method(inner(inner(declined.intent, "last_payment_error"), "payment_method")),
    )


def _has_ended(subscription: Doc) -> bool:
    return text(subscription, "status") in _ENDED


def _will_end(subscription: Doc) -> bool:
    return subscription.get("cancel_at_period_end") is True


def _is_asked_for(event: Doc) -> bool:
    elsewhere = text_or_none(event, "account") or text_or_none(event, "context")
    return not elsewhere and text_or_none(event, "type") in UNDERSTOOD


def _event(event: Doc, version: str) -> GatewayEvent:
    """As our endpoint would have sent it.

    Stripe lists events in the version that the account spoke at the time, and sends them in the endpoint's. We read
    nothing of them but ids, which are the same in all versions.
    """
    body = json.dumps({**event, "api_version": version}).encode()
    return GatewayEvent(external_id=text(event, "id"), body=body)


def _of(documents: list[Doc], operation_key: str) -> Doc | None:
    return next((doc for doc in documents if ours(doc, OPERATION) == operation_key), None)


def _key(operation_key: str, verb: str) -> str:
    return f"{operation_key}.{verb}"
