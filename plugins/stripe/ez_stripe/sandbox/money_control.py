"""Control endpoints about money that moves without us: disputes, refunds, payouts, warnings, methods.

POST /_control/dispute {"payment_intent", "reason", "inquiry"}   the payer's bank takes the money back, or asks
POST /_control/dispute/{id}/answer                               evidence was sent: under review
POST /_control/dispute/{id}/close {"status": "won" | "lost" | "warning_closed" | "prevented"}
POST /_control/fraud_warning {"payment_intent"}                  the payer's bank suspects fraud
POST /_control/refund {"refund", "status": "failed" | "succeeded"}   the bank's answer to a refund
POST /_control/payout {"currency", "amount"}                     the balance goes to our bank
POST /_control/payout/{id} {"status": "paid" | "failed" | "canceled"}
POST /_control/method/{id}/renew {"month", "year"}               the bank sent a new card
POST /_control/method/{id}/mandate                               the payer ended the consent to be debited
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ez_stripe.sandbox.refusals import StripeRefusal
from ezcore.plugin_api.sandbox import Document, SandboxRequest, SandboxResponse, json_response

if TYPE_CHECKING:
    from ez_stripe.sandbox.app import StripeSandbox

Told = dict[str, Any]


class MoneyControl:
    """The handlers, over one sandbox."""

    def __init__(self, app: StripeSandbox) -> None:
        self._app = app

    def add_routes(self) -> None:
        """Give the sandbox these endpoints."""
        for path, handler in (
            ("dispute", self._dispute),
            ("dispute/{id}/answer", lambda told: self._app.disputes.answer(told["id"])),
            (
                "dispute/{id}/close",
                lambda told: self._app.disputes.close(told["id"], str(told.get("status"))),
            ),
            ("fraud_warning", lambda told: self._app.disputes.warn(self._charge(told))),
            ("refund", self._refund),
            ("payout", self._payout),
            ("payout/{id}", lambda told: self._app.payouts.settle(told["id"], str(told.get("status")))),
            ("method/{id}/renew", self._renew),
            ("method/{id}/mandate", lambda told: self._app.methods.consent_ended(self._method(told))),
        ):
            self._app.route("POST", f"/_control/{path}", self._answering(handler))

    def _answering(self, handler: Callable[[Told], Document]) -> Callable[[SandboxRequest], SandboxResponse]:
        def answer(request: SandboxRequest) -> SandboxResponse:
            with self._app.store.lock():
                try:
                    return json_response(handler({**_told(request), **request.args}))
                except StripeRefusal as refusal:
                    return json_response({"error": str(refusal)}, refusal.status)
                except (KeyError, TypeError, ValueError) as odd:
                    return json_response({"error": str(odd)}, 422)

        return answer

    def _dispute(self, told: Told) -> Document:
        reason, inquiry = str(told.get("reason", "fraudulent")), bool(told.get("inquiry"))
        return self._app.payments.dispute(self._charge(told), reason, inquiry=inquiry)

    def _refund(self, told: Told) -> Document:
        return self._app.refunds.settle(str(told.get("refund")), str(told.get("status", "failed")))

    def _payout(self, told: Told) -> Document:
        amount = told.get("amount")
        currency = str(told.get("currency", "eur")).lower()
        return self._app.payouts.send(currency, None if amount is None else int(amount))

    def _renew(self, told: Told) -> Document:
        return self._app.methods.renewed(self._method(told), int(told["month"]), int(told["year"]))

    def _method(self, told: Told) -> Document:
        return self._app.account.load("payment_method", told["id"])

    def _charge(self, told: Told) -> Document:
        intent = self._app.account.load("payment_intent", str(told.get("payment_intent")))
        return self._app.account.load("charge", intent["latest_charge"] or "")


def _told(request: SandboxRequest) -> Told:
    try:
        value = request.json()
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
