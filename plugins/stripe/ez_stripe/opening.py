"""Opens Stripe's hosted pages: Checkout in its three modes, and the Customer Portal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ez_stripe.account import StripeAccount
from ez_stripe.errors import Missing
from ez_stripe.opening_params import portal_params, setup_params, subscription_params
from ez_stripe.params import checkout_params, customer_params
from ez_stripe.reading import number, text
from ezcore.plugin_api import Refused
from ezcore.plugin_api.ports.gateway import (
    CheckoutRequest,
    CheckoutStarted,
    PortalRequest,
    SetupRequest,
    SubscriptionRequest,
)
from ezcore.plugin_api.values import ClientFacts

_NOTHING_YET = "There is nothing to manage there yet: pay by card first."


class Opening:
    """The pages of one account. Raises: Missing, CardDeclined, Unreadable, the signals."""

    def __init__(self, account: StripeAccount) -> None:
        self._account = account

    def payment(self, request: CheckoutRequest) -> CheckoutStarted:
        """A page that takes a payment."""
        return self._opened(
            request.client, request.operation_key, lambda customer: checkout_params(request, customer)
        )

    def setup(self, request: SetupRequest) -> CheckoutStarted:
        """A page that stores a method."""
        return self._opened(
            request.client, request.operation_key, lambda customer: setup_params(request, customer)
        )

    def subscription(self, request: SubscriptionRequest) -> CheckoutStarted:
        """A page that begins a subscription."""
        return self._opened(
            request.client, request.operation_key, lambda customer: subscription_params(request, customer)
        )

    def portal(self, request: PortalRequest) -> str:
        """The address of the Customer Portal. Raises: Refused for a client whom Stripe does not know."""
        customer, settings = request.client.customer_id, self._account.settings
        if customer is None:
            raise Refused(_NOTHING_YET)
        params = portal_params(request, customer, settings.portal_configuration)
        try:
            return text(self._account.api.create_portal(params), "url")
        except Missing as missing:
            if missing.param != "customer":
                raise
            raise Refused(_NOTHING_YET) from missing

    def _opened(
        self, client: ClientFacts, operation_key: str, params: Callable[[str], dict[str, Any]]
    ) -> CheckoutStarted:
        api, key = self._account.api, f"{operation_key}.checkout"
        customer = client.customer_id or self._new_customer(client, operation_key)
        try:
            session = api.create_session(params(customer), key)
        except Missing as missing:
            if missing.param != "customer":
                raise
            # Somebody deleted the customer at Stripe: the shop goes on with a new one.
            session = api.create_session(params(self._new_customer(client, operation_key)), key)
        return CheckoutStarted(
            url=text(session, "url"),
            external_id=text(session, "id"),
            customer_id=text(session, "customer"),
            expires_at=datetime.fromtimestamp(number(session, "expires_at"), UTC),
        )

    def _new_customer(self, client: ClientFacts, operation_key: str) -> str:
        made = self._account.api.create_customer(customer_params(client), f"{operation_key}.customer")
        return text(made, "id")
