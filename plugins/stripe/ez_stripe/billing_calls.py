"""The calls about what Stripe bills by itself, and about what it did with our money: subscriptions to payouts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import stripe

from ez_stripe.reading import Doc, Unreadable, inner, items, text
from ez_stripe.speaking import plain, speaking

_PAGE = 100


class BillingCalls:
    """A part of StripeApi; raises what that raises."""

    _client: stripe.StripeClient

    def subscription(self, subscription_id: str) -> Doc:
        """A subscription as it is now, also one that ended. Raises: Missing, the signals."""
        with speaking(writes=False):
            return plain(self._client.v1.subscriptions.retrieve(subscription_id))

    def subscriptions(self) -> Iterator[Doc]:
        """Every subscription of the account, those that ended too, newest first. Raises: the signals."""
        with speaking(writes=False):
            yield from _every(lambda after: self._client.v1.subscriptions.list(_paged(after, status="all")))

    def end_subscription(self, subscription_id: str) -> Doc:
        """End it now, without a last bill. Raises: Missing (also for one that ended), the signals."""
        with speaking(writes=True):
            return plain(self._client.v1.subscriptions.cancel(subscription_id))

    def end_subscription_later(self, subscription_id: str, key: str) -> Doc:
        """End it with the period that is paid. Raises: Missing, the signals."""
        with speaking(writes=True):
            return plain(
                self._client.v1.subscriptions.update(
                    subscription_id, {"cancel_at_period_end": True}, {"idempotency_key": key}
                )
            )

    def invoice(self, invoice_id: str) -> Doc:
        """An invoice of Stripe as it is now, with every line. Raises: Missing, the signals."""
        with speaking(writes=False):
            invoice = plain(self._client.v1.invoices.retrieve(invoice_id))
            if inner(invoice, "lines").get("has_more") is not True:
                return invoice
            pages = self._client.v1.invoices.line_items
            listed = _every(lambda after: pages.list(invoice_id, _paged(after)))
            return {**invoice, "lines": {"data": list(listed), "has_more": False}}

    def invoice_payments(self, **wanted: Any) -> list[Doc]:
        """The payments of an invoice, or the invoices of a payment; newest first. Raises: the signals."""
        params: Any = {**wanted, "limit": _PAGE}
        with speaking(writes=False):
            return items(plain(self._client.v1.invoice_payments.list(params)))

    def invoice_payment(self, payment_id: str) -> Doc:
        """The bond between an invoice and a payment. Raises: Missing, the signals."""
        with speaking(writes=False):
            return plain(self._client.v1.invoice_payments.retrieve(payment_id))

    def create_portal(self, params: Any) -> Doc:
        """A page where a customer manages cards and subscriptions. Raises: Missing, the signals."""
        with speaking(writes=True):
            return plain(self._client.v1.billing_portal.sessions.create(params))

    def dispute(self, dispute_id: str) -> Doc:
        """A dispute as it is now, its payment expanded. Raises: Missing, the signals."""
        with speaking(writes=False):
            return plain(self._client.v1.disputes.retrieve(dispute_id, {"expand": ["payment_intent"]}))

    def warning(self, warning_id: str) -> Doc:
        """An early warning of fraud, its payment expanded. Raises: Missing, the signals."""
        expand: Any = {"expand": ["payment_intent"]}
        with speaking(writes=False):
            return plain(self._client.v1.radar.early_fraud_warnings.retrieve(warning_id, expand))

    def payout(self, payout_id: str) -> Doc:
        """A transfer to our bank account as it is now. Raises: Missing, the signals."""
        with speaking(writes=False):
            return plain(self._client.v1.payouts.retrieve(payout_id))

    def mandate(self, mandate_id: str) -> Doc:
        """A client's consent to be debited, the method expanded. Raises: Missing, the signals."""
        with speaking(writes=False):
            return plain(self._client.v1.mandates.retrieve(mandate_id, {"expand": ["payment_method"]}))

    def events(self, since: datetime) -> Iterator[Doc]:
        """Every event since then, newest first; Stripe keeps them for thirty days. Raises: the signals."""
        created = {"gte": int(since.timestamp())}
        with speaking(writes=False):
            yield from _every(lambda after: self._client.v1.events.list(_paged(after, created=created)))


def _paged(after: str | None, **wanted: Any) -> Any:
    return {**wanted, "limit": _PAGE} | ({"starting_after": after} if after else {})


def _every(page: Any) -> Iterator[Doc]:
    after: str | None = None
    while True:
        answer = plain(page(after))
        found = items(answer)
        yield from found
        if answer.get("has_more") is not True:
            return
        if not found or text(found[-1], "id") == after:
            raise Unreadable("Stripe's list has no end")
        after = text(found[-1], "id")
