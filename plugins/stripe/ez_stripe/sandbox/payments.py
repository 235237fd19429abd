"""What a confirmed payment leads to: charged, declined, asked to authenticate, or settled later."""

from __future__ import annotations

from typing import Any, NoReturn

from ez_stripe.sandbox import shapes
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.cards import DECLINES
from ez_stripe.sandbox.methods import Methods
from ez_stripe.sandbox.refusals import card_error
from ezcore.plugin_api.sandbox import Document

_BANK_SECONDS = 5
_FIXED_FEE = 25
DISPUTE_FEE = 1500


def fee_of(amount: int) -> int:
    """What Stripe keeps of an amount in minor units: 1.5 % and 25, rounded down, at most all of it."""
    return min(amount, amount * 15 // 1000 + _FIXED_FEE)


class Payments:
    """Confirms payment intents."""

    def __init__(self, account: Account, methods: Methods) -> None:
        self._account = account
        self._methods = methods

    def confirm_off_session(self, intent: Document, method: Document) -> Document:
        """Charge a stored method without its owner. Raises: StripeRefusal (card_error)."""
        card, outcome = self._methods.card(method["id"]), self._methods.off_session(method)
        if outcome != "ok":
            self.decline(intent, method, outcome)
        return self.debit(intent, method, card.bank) if card.bank else self.succeed(intent, method)

    def confirm_on_session(self, intent: Document, method: Document) -> Document:
        """Charge with the owner present; may end as requires_action. Raises: StripeRefusal."""
        card = self._methods.card(method["id"])
        if card.charge != "ok":
            self.decline(intent, method, card.charge)
        if card.authenticate:
            return self.require_action(intent, method)
        return self.debit(intent, method, card.bank) if card.bank else self.succeed(intent, method)

    def succeed(self, intent: Document, method: Document) -> Document:
        """The money moved."""
        charge = self._charge(intent, method, status="succeeded", paid=True, captured=True)
        charge = self._settled(charge)
        self._account.emit("charge.succeeded", charge)
        intent = self._paid(intent, method, charge)
        self._account.emit("payment_intent.succeeded", intent)
        if self._methods.card(method["id"]).dispute:
            self.dispute(charge)
        return intent

    def decline(self, intent: Document, method: Document, why: str) -> NoReturn:
        """The bank says no: a failed charge stays, the intent waits for another method."""
        reason = DECLINES[why]
        charge = self._charge(
            intent, method, failure_code=reason.code, failure_message=reason.message, status="failed"
        )
        self._account.emit("charge.failed", charge)
        bare = {"code": reason.code, "message": reason.message, "type": "card_error", "charge": charge["id"]}
        error: Document = {**bare, "decline_code": reason.decline_code, "payment_method": method}
        changes: Document = {"status": "requires_payment_method", "payment_method": None, "next_action": None}
        intent = self._account.save(
            {**intent, **changes, "last_payment_error": error, "latest_charge": charge["id"]}
        )
        self._account.emit("payment_intent.payment_failed", intent)
        objects = {"charge": charge["id"], "payment_intent": intent, "payment_method": method}
        raise card_error(reason.code, reason.decline_code, reason.message, **objects)

    def require_action(self, intent: Document, method: Document) -> Document:
        """The payer has to prove who they are first."""
        action = {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
        changes = {"status": "requires_action", "next_action": action, "payment_method": method["id"]}
        intent = self._account.save({**intent, **changes})
        self._account.emit("payment_intent.requires_action", intent)
        return intent

    def debit(self, intent: Document, method: Document, outcome: str) -> Document:
        """The bank was asked and answers later."""
        charge = self._charge(intent, method, status="pending")
        changes = {"status": "processing", "payment_method": method["id"], "latest_charge": charge["id"]}
        intent = self._account.save({**intent, **changes})
        self._account.emit("payment_intent.processing", intent)
        self._account.schedule.later(_BANK_SECONDS, "settle_debit", intent_id=intent["id"], outcome=outcome)
        return intent

    def settle_debit(self, intent_id: str, outcome: str) -> Document:
        """The bank's answer to a debit has come."""
        intent = self._account.load("payment_intent", intent_id)
        method = self._account.load("payment_method", intent["payment_method"])
        charge = self._account.load("charge", intent["latest_charge"])
        if outcome == "fails":
            return self._debit_failed(intent, charge)
        charge = self._settled({**charge, "status": "succeeded", "paid": True, "captured": True})
        self._account.emit("charge.succeeded", charge)
        intent = self._paid(intent, method, charge)
        self._account.emit("payment_intent.succeeded", intent)
        return intent

    def dispute(self, charge: Document, reason: str = "fraudulent", *, inquiry: bool = False) -> Document:
        """The payer's bank takes the money back for now; or, as an inquiry, only asks."""
        case = {"case_type": "inquiry" if inquiry else "chargeback", "network_reason_code": "10.4"}
        due = {"due_by": self._account.now() + 7 * 86400, "has_evidence": False, "past_due": False}
        dispute = self._account.make(
            shapes.dispute(
                amount=charge["amount"],
                balance_transactions=[] if inquiry else [self._held(charge)],
                charge=charge["id"],
                currency=charge["currency"],
                payment_intent=charge["payment_intent"],
                payment_method_details={"type": "card", "card": {**case, "brand": "visa", "network": "visa"}},
                evidence_details={**due, "submission_count": 0},
                is_charge_refundable=inquiry,
                reason=reason,
                status="warning_needs_response" if inquiry else "needs_response",
            )
        )
        self._account.save({**charge, "disputed": True})
        self._account.emit("charge.dispute.created", dispute)
        if not inquiry:
            self._account.emit("charge.dispute.funds_withdrawn", dispute)
        return dispute

    def _debit_failed(self, intent: Document, charge: Document) -> Document:
        message = "The customer's bank account could not be debited: insufficient funds."
        failure: Document = {
            "failure_code": "insufficient_funds",
            "failure_message": message,
            "status": "failed",
        }
        charge = self._account.save({**charge, **failure})
        self._account.emit("charge.failed", charge)
        error = {
            "code": "payment_intent_payment_attempt_failed",
            "message": message,
            "type": "invalid_request_error",
        }
        changes: Document = {
            "status": "requires_payment_method",
            "payment_method": None,
            "last_payment_error": error,
        }
        intent = self._account.save({**intent, **changes})
        self._account.emit("payment_intent.payment_failed", intent)
        return intent

    def _charge(self, intent: Document, method: Document, **fields: Any) -> Document:
        kind = method["type"]
        failed = fields["status"] == "failed"
        outcome = {
            "advice_code": None,
            "network_advice_code": None,
            "network_decline_code": "05" if failed else None,
            "network_status": "declined_by_network" if failed else "approved_by_network",
            "reason": fields.get("failure_code"),
            "seller_message": "The bank did not authorize the charge." if failed else "Payment complete.",
            "type": "issuer_declined" if failed else "authorized",
        }
        details = {
            "type": kind,
            kind: {k: v for k, v in method[kind].items() if k not in ("networks", "generated_from")},
        }
        same = {name: intent[name] for name in ("amount", "currency", "customer", "description", "metadata")}
        links = {
            "payment_intent": intent["id"],
            "payment_method": method["id"],
            "payment_method_details": details,
        }
        return self._account.make(shapes.charge(**same, **links, outcome=outcome, **fields))

    def _settled(self, charge: Document) -> Document:
        fee = fee_of(charge["amount"])
        movement = self._movement(charge["id"], "charge", charge["amount"], charge["currency"], fee)
        return self._account.save(
            {**charge, "balance_transaction": movement["id"], "amount_captured": charge["amount"]}
        )

    def _paid(self, intent: Document, method: Document, charge: Document) -> Document:
        if intent["customer"] and intent["setup_future_usage"]:
            self._methods.attach(method, intent["customer"])
        changes: Document = {"status": "succeeded", "amount_received": intent["amount"], "next_action": None}
        links = {"payment_method": method["id"], "latest_charge": charge["id"], "last_payment_error": None}
        return self._account.save({**intent, **changes, **links})

    def _held(self, charge: Document) -> Document:
        return self._movement(charge["id"], "adjustment", -charge["amount"], charge["currency"], DISPUTE_FEE)

    def _movement(self, source: str, kind: str, amount: int, currency: str, fee: int) -> Document:
        return movement(self._account, source, kind, amount, currency, fee)


def movement(account: Account, source: str, kind: str, amount: int, currency: str, fee: int = 0) -> Document:
    """One line on our balance; `amount` before the fee, both in minor units of `currency`."""
    details = {
        "amount": fee,
        "application": None,
        "currency": currency,
        "description": "Stripe processing fees",
    }
    return account.make(
        shapes.balance_transaction(
            amount=amount,
            available_on=account.now() + 2 * 86400,
            currency=currency,
            fee=fee,
            fee_details=[{**details, "type": "stripe_fee"}] if fee else [],
            net=amount - fee,
            reporting_category=kind,
            source=source,
            type=kind,
        )
    )
