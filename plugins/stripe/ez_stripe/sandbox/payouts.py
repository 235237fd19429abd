"""/v1/payouts of the imitated Stripe: our balance on its way to our bank, and back when the bank refuses."""

from __future__ import annotations

from ez_stripe.sandbox import billing_shapes as shapes
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.call import Call
from ez_stripe.sandbox.lists import page, whole
from ez_stripe.sandbox.payments import movement
from ez_stripe.sandbox.refusals import invalid
from ezcore.plugin_api.sandbox import Document

_DAY = 24 * 3600
_ENDS = {"paid": "payout.paid", "failed": "payout.failed", "canceled": "payout.canceled"}
_BACK = {"failed": "payout_failure", "canceled": "payout_cancel"}


class Payouts:
    """Transfers to the bank account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def balance(self, currency: str) -> int:
        """What is ours, in minor units: every movement after its fee."""
        movements = self._account.store.all("balance_transaction")
        return sum(int(one["net"]) for one in movements if one["currency"] == currency)

    def send(self, currency: str, amount: int | None = None, *, automatic: bool = True) -> Document:
        """On its way; everything when no amount is said. Raises: StripeRefusal."""
        there = self.balance(currency)
        amount = there if amount is None else amount
        if not 0 < amount <= there:
            raise invalid(
                "You have insufficient funds in your Stripe account for this payout.",
                code="balance_insufficient",
            )
        midnight = self._account.now() // _DAY * _DAY
        payout = self._account.make(
            shapes.payout(
                amount=amount,
                arrival_date=midnight + 2 * _DAY,
                automatic=automatic,
                currency=currency,
                destination="ba_sandbox",
            )
        )
        out = movement(self._account, payout["id"], "payout", -amount, currency)
        payout = self._account.save({**payout, "balance_transaction": out["id"]})
        self._account.emit("payout.created", payout)
        return payout

    def settle(self, payout_id: str, status: str) -> Document:
        """The bank took it, or sent it back: also one that it took before. Raises: StripeRefusal."""
        payout = self._account.load("payout", payout_id)
        if status not in _ENDS or payout["status"] in ("failed", "canceled", status):
            raise invalid(f"This payout cannot become {status}.", "status")
        before, changes = {"status": payout["status"]}, {"status": status}
        if status in _BACK:
            back = movement(self._account, payout_id, _BACK[status], payout["amount"], payout["currency"])
            changes["failure_balance_transaction"] = back["id"]
        if status == "failed":
            changes |= {
                "failure_code": "account_closed",
                "failure_message": "The bank account has been closed.",
            }
        payout = self._account.save({**payout, **changes})
        self._account.emit("payout.updated", payout, before)
        self._account.emit(_ENDS[status], payout)
        return payout

    def create(self, call: Call) -> Document:
        """POST /v1/payouts."""
        amount = whole(call.need("amount"), "amount")
        return self.send(str(call.need("currency")).lower(), amount, automatic=False)

    def retrieve(self, call: Call) -> Document:
        """GET /v1/payouts/{id}."""
        return self._account.load("payout", call.id, "payout")

    def list(self, call: Call) -> Document:
        """GET /v1/payouts."""
        return page(self._account, "payout", call.params, "/v1/payouts", status=call.text("status"))

    def retrieve_mandate(self, call: Call) -> Document:
        """GET /v1/mandates/{id}."""
        return self._account.load("mandate", call.id, "mandate")
