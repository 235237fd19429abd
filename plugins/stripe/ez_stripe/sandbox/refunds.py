"""/v1/refunds and /v1/charges of the imitated Stripe: money back, at once, later, or not after all."""

from __future__ import annotations

from ez_stripe.sandbox import parameters, shapes
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.call import Call
from ez_stripe.sandbox.lists import page, whole
from ez_stripe.sandbox.methods import Methods
from ez_stripe.sandbox.payments import movement
from ez_stripe.sandbox.refusals import invalid, missing
from ezcore.plugin_api.sandbox import Document

_LATER = 5


class Refunds:
    """Refunds and the charges they belong to."""

    def __init__(self, account: Account, methods: Methods) -> None:
        self._account = account
        self._methods = methods

    def create(self, call: Call) -> Document:
        """POST /v1/refunds."""
        call.only(parameters.REFUND)
        charge = self._charge(call)
        left = charge["amount"] - charge["amount_refunded"]
        amount = whole(call.params.get("amount", left), "amount")
        _check(charge, amount, left)
        first, last, seconds = self._course(charge)
        refund = self._account.make(
            shapes.refund(
                amount=amount,
                charge=charge["id"],
                currency=charge["currency"],
                customer=charge["customer"],
                metadata=call.metadata(),
                payment_intent=charge["payment_intent"],
                reason=call.text("reason"),
                status=first,
            )
        )
        self._account.emit("refund.created", refund)
        refund = self._moved(refund, charge)
        if last != first:
            self._account.schedule.later(seconds, "settle_refund", refund_id=refund["id"], status=last)
        return refund

    def retrieve(self, call: Call) -> Document:
        """GET /v1/refunds/{id}."""
        return self._account.load("refund", call.id)

    def list(self, call: Call) -> Document:
        """GET /v1/refunds."""
        wanted = {"payment_intent": call.text("payment_intent"), "charge": call.text("charge")}
        for kind, id_ in wanted.items():
            if id_:
                self._account.load(kind, id_, kind, 400)
        return page(self._account, "refund", call.params, "/v1/refunds", **wanted)

    def retrieve_charge(self, call: Call) -> Document:
        """GET /v1/charges/{id}."""
        return self._account.load("charge", call.id)

    def list_charges(self, call: Call) -> Document:
        """GET /v1/charges."""
        wanted = {"payment_intent": call.text("payment_intent"), "customer": call.text("customer")}
        return page(self._account, "charge", call.params, "/v1/charges", **wanted)

    def settle(self, refund_id: str, status: str) -> Document:
        """The bank's answer to a refund has come: succeeded, or failed and the money is ours again."""
        refund = self._account.load("refund", refund_id)
        before = {"status": refund["status"]}
        if refund["status"] in ("failed", "canceled", status):
            return refund
        if status == "failed":
            return self._failed(refund, before)
        refund = self._account.save({**refund, "status": status, "pending_reason": None})
        self._account.emit("refund.updated", refund, before)
        return refund

    def _failed(self, refund: Document, before: Document) -> Document:
        charge = self._account.load("charge", refund["charge"])
        back = movement(self._account, refund["id"], "refund_failure", refund["amount"], refund["currency"])
        changes = {"status": "failed", "failure_reason": "expired_or_canceled_card"}
        refund = self._account.save({**refund, **changes, "failure_balance_transaction": back["id"]})
        left = charge["amount_refunded"] - refund["amount"]
        self._account.save({**charge, "amount_refunded": left, "refunded": False})
        self._account.emit("refund.updated", refund, before)
        self._account.emit("refund.failed", refund)
        return refund

    def _moved(self, refund: Document, charge: Document) -> Document:
        out = movement(self._account, refund["id"], "refund", -refund["amount"], refund["currency"])
        pending = {"pending_reason": "processing"} if refund["status"] == "pending" else {}
        refund = self._account.save({**refund, **pending, "balance_transaction": out["id"]})
        before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
        total = charge["amount_refunded"] + refund["amount"]
        charge = self._account.save(
            {**charge, "amount_refunded": total, "refunded": total == charge["amount"]}
        )
        self._account.emit("charge.refunded", charge, before)
        return refund

    def _course(self, charge: Document) -> tuple[str, str, float]:
        fault = self._account.faults.take("refunds.create", "late_failure")
        if fault:
            first = str(fault.args.get("status", "succeeded"))
            return first, str(fault.args.get("final", "failed")), float(fault.args.get("seconds", _LATER))
        card = self._methods.card(charge["payment_method"])
        if card.bank or card.refund == "pending":
            return "pending", "succeeded", _LATER
        return "succeeded", "failed" if card.refund == "fails" else "succeeded", _LATER

    def _charge(self, call: Call) -> Document:
        if intent_id := call.text("payment_intent"):
            intent = self._account.load("payment_intent", intent_id, "payment_intent", 400)
            if intent["status"] != "succeeded":
                raise invalid(
                    f"This PaymentIntent ({intent_id}) does not have a successful charge to refund.",
                    "payment_intent",
                )
            return self._account.load("charge", intent["latest_charge"])
        if charge_id := call.text("charge"):
            return self._account.load("charge", charge_id, "charge", 400)
        raise missing("payment_intent")


def _check(charge: Document, amount: int, left: int) -> None:
    if left == 0:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount < 1:
        raise invalid("Invalid positive integer", "amount", "parameter_invalid_integer")
    if amount > left:
        raise invalid(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", "amount"
        )
