"""/v1/disputes and early fraud warnings of the imitated Stripe: answered, won, lost."""

from __future__ import annotations

from ez_stripe.sandbox import billing_shapes as shapes
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.call import Call
from ez_stripe.sandbox.lists import page
from ez_stripe.sandbox.payments import movement
from ez_stripe.sandbox.refusals import invalid
from ezcore.plugin_api.sandbox import Document

CLOSED = ("won", "lost", "warning_closed", "prevented")
_WARNING = "radar.early_fraud_warning"


class Disputes:
    """What becomes of a payment that its payer's bank does not believe in."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def answer(self, dispute_id: str) -> Document:
        """We sent evidence: the bank thinks about it. Raises: StripeRefusal."""
        dispute = self._open(dispute_id)
        inquiry = dispute["status"].startswith("warning_")
        before = {"status": dispute["status"]}
        details = {**dispute["evidence_details"], "has_evidence": True, "submission_count": 1}
        status = "warning_under_review" if inquiry else "under_review"
        dispute = self._account.save({**dispute, "status": status, "evidence_details": details})
        self._account.emit("charge.dispute.updated", dispute, before)
        return dispute

    def close(self, dispute_id: str, status: str) -> Document:
        """The bank decided: `won` gives the money back, the fee stays. Raises: StripeRefusal."""
        dispute = self._open(dispute_id)
        if status not in CLOSED:
            raise invalid(f"Invalid status: must be one of {', '.join(CLOSED)}.", "status")
        if status == "won" and dispute["balance_transactions"]:
            back = movement(
                self._account, dispute["charge"], "adjustment", dispute["amount"], dispute["currency"]
            )
            dispute = {**dispute, "balance_transactions": [*dispute["balance_transactions"], back]}
        before = {"status": dispute["status"]}
        dispute = self._account.save({**dispute, "status": status})
        if status == "won":
            self._account.emit("charge.dispute.funds_reinstated", dispute)
        self._account.emit("charge.dispute.updated", dispute, before)
        self._account.emit("charge.dispute.closed", dispute)
        return dispute

    def warn(self, charge: Document) -> Document:
        """The payer's bank says that a payment may be fraud."""
        made = self._account.make(
            shapes.early_fraud_warning(charge=charge["id"], payment_intent=charge["payment_intent"])
        )
        self._account.emit("radar.early_fraud_warning.created", made)
        return made

    def retrieve(self, call: Call) -> Document:
        """GET /v1/disputes/{id}."""
        return self._account.load("dispute", call.id, "dispute")

    def list(self, call: Call) -> Document:
        """GET /v1/disputes."""
        wanted = {name: call.text(name) for name in ("charge", "payment_intent")}
        return page(self._account, "dispute", call.params, "/v1/disputes", **wanted)

    def accept(self, call: Call) -> Document:
        """POST /v1/disputes/{id}/close: we give up."""
        return self.close(call.id, "lost")

    def retrieve_warning(self, call: Call) -> Document:
        """GET /v1/radar/early_fraud_warnings/{id}; nothing to do any more once refunded or disputed."""
        found = self._account.load(_WARNING, call.id, "early_fraud_warning")
        charge = self._account.load("charge", found["charge"])
        return {**found, "actionable": not (charge["refunded"] or charge["disputed"])}

    def list_warnings(self, call: Call) -> Document:
        """GET /v1/radar/early_fraud_warnings."""
        wanted = {name: call.text(name) for name in ("charge", "payment_intent")}
        return page(self._account, _WARNING, call.params, "/v1/radar/early_fraud_warnings", **wanted)

    def _open(self, dispute_id: str) -> Document:
        dispute = self._account.load("dispute", dispute_id, "dispute")
        if dispute["status"] in CLOSED:
            raise invalid("This dispute is already closed.", code="dispute_already_closed")
        return dispute
