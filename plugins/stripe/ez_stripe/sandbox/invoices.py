"""/v1/invoices and /v1/invoice_payments of the imitated Stripe: drafted, finalized, paid or not."""

from __future__ import annotations

from ez_stripe.sandbox import billing_shapes as shapes
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.call import Call
from ez_stripe.sandbox.intents import Intents
from ez_stripe.sandbox.lists import cut, page
from ez_stripe.sandbox.refusals import invalid
from ezcore.plugin_api.sandbox import Document

_SHOWN = 10
_LINES, _BOND = "_invoice_lines", "_invoice_bond"


class Invoices:
    """What Stripe bills."""

    def __init__(self, account: Account, intents: Intents) -> None:
        self._account = account
        self._intents = intents

    def draft(self, subscription: Document, lines: list[Document], reason: str) -> Document:
        """A draft over some lines, announced."""
        id_ = self._account.new_id("invoice")
        lines = [{**line, "id": self._account.new_id("line_item"), "invoice": id_} for line in lines]
        total = sum(line["amount"] for line in lines)
        url = f"/v1/invoices/{id_}/lines"
        details = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
        customer = self._account.store.get("customer", subscription["customer"]) or {}
        same = {
            "subtotal": total,
            "subtotal_excluding_tax": total,
            "total": total,
            "total_excluding_tax": total,
        }
        invoice = self._account.make(
            shapes.invoice(
                **same,
                amount_due=total,
                amount_remaining=total,
                billing_reason=reason,
                currency=subscription["currency"],
                customer=subscription["customer"],
                customer_email=customer.get("email"),
                customer_name=customer.get("name"),
                lines=shapes.listed(lines[:_SHOWN], url, has_more=len(lines) > _SHOWN),
                parent={
                    "quote_details": None,
                    "subscription_details": details,
                    "type": "subscription_details",
                },
                period_end=self._account.now(),
                period_start=self._account.now(),
            ),
            id=id_,
        )
        self._account.store.put(_LINES, id_, {"lines": lines})
        self._account.emit("invoice.created", invoice)
        return invoice

    def finalize(self, invoice: Document, intent: Document | None = None) -> Document:
        """From draft to open, with the payment that is to pay it: a given one, or a new one."""
        number = f"SANDBOX-{self._account.store.next_number('invoice_number'):04}"
        now = self._account.now()
        moments = {**invoice["status_transitions"], "finalized_at": now}
        changes = {"status": "open", "number": number, "effective_at": now, "status_transitions": moments}
        invoice = self._account.save({**invoice, **changes})
        self._account.emit("invoice.finalized", invoice)
        if invoice["amount_due"] > 0:
            self._bind(invoice, intent or self._new_intent(invoice))
        return invoice

    def paid(self, invoice: Document) -> Document:
        """The money came (or none was asked)."""
        now, due = self._account.now(), invoice["amount_due"]
        moments = {**invoice["status_transitions"], "paid_at": now}
        changes = {"status": "paid", "amount_paid": due, "amount_remaining": 0, "attempted": True}
        tries = invoice["attempt_count"] + (1 if due else 0)
        more = {"attempt_count": tries, "next_payment_attempt": None, "status_transitions": moments}
        invoice = self._account.save({**invoice, **changes, **more})
        self._account.emit("invoice.paid", invoice)
        self._account.emit("invoice.payment_succeeded", invoice)
        bond = self.bond(invoice)
        if bond:
            done = {"canceled_at": None, "paid_at": now}
            bond = self._account.save(
                {**bond, "status": "paid", "amount_paid": due, "status_transitions": done}
            )
            self._account.emit("invoice_payment.paid", bond)
        return invoice

    def failed(self, invoice: Document, next_try: int | None, *, wants_client: bool = False) -> Document:
        """The bank said no; Stripe tries again at `next_try`, or not any more."""
        changes = {
            "attempted": True,
            "attempt_count": invoice["attempt_count"] + 1,
            "next_payment_attempt": next_try,
        }
        invoice = self._account.save({**invoice, **changes, "auto_advance": next_try is not None})
        self._account.emit("invoice.payment_failed", invoice)
        if wants_client:
            self._account.emit("invoice.payment_action_required", invoice)
        return invoice

    def bond(self, invoice: Document) -> Document | None:
        """The bond with the payment that is to pay it."""
        known = self._account.store.get(_BOND, invoice["id"])
        return self._account.load("invoice_payment", known["bond"]) if known else None

    def of_intent(self, intent_id: str) -> Document | None:
        """The invoice that a payment is to pay."""
        known = self._account.store.get(_BOND, intent_id)
        return self._account.load("invoice", known["invoice"]) if known else None

    def retrieve(self, call: Call) -> Document:
        """GET /v1/invoices/{id}."""
        return self._account.load("invoice", call.id)

    def list(self, call: Call) -> Document:
        """GET /v1/invoices."""
        wanted = {name: call.text(name) for name in ("customer", "status")}
        subscription = call.text("subscription")
        found = page(self._account, "invoice", call.params, "/v1/invoices", **wanted)
        if subscription:
            found["data"] = [one for one in found["data"] if subscription_id(one) == subscription]
        return found

    def lines(self, call: Call) -> Document:
        """GET /v1/invoices/{id}/lines."""
        self.retrieve(call)
        kept = self._account.store.get(_LINES, call.id) or {"lines": []}
        return cut(kept["lines"], call.params, f"/v1/invoices/{call.id}/lines")

    def void(self, call: Call) -> Document:
        """POST /v1/invoices/{id}/void."""
        return self._closed(call, "void", "voided_at", "invoice.voided")

    def mark_uncollectible(self, call: Call) -> Document:
        """POST /v1/invoices/{id}/mark_uncollectible."""
        return self._closed(call, "uncollectible", "marked_uncollectible_at", "invoice.marked_uncollectible")

    def retrieve_payment(self, call: Call) -> Document:
        """GET /v1/invoice_payments/{id}."""
        return self._account.load("invoice_payment", call.id)

    def list_payments(self, call: Call) -> Document:
        """GET /v1/invoice_payments, by invoice or by payment."""
        url, wanted = "/v1/invoice_payments", {name: call.text(name) for name in ("invoice", "status")}
        payment = call.params.get("payment")
        if not payment:
            return page(self._account, "invoice_payment", call.params, url, **wanted)
        if not isinstance(payment, dict) or payment.get("type") != "payment_intent":
            raise invalid("Invalid payment[type].", "payment[type]")
        found = {"type": "payment_intent", "payment_intent": payment.get("payment_intent")}
        return page(self._account, "invoice_payment", call.params, url, payment=found, **wanted)

    def _closed(self, call: Call, status: str, moment: str, type_: str) -> Document:
        invoice = self.retrieve(call)
        if invoice["status"] not in ("open", "uncollectible"):
            raise invalid(f"This invoice has a status of {invoice['status']}: it cannot be changed.")
        moments = {**invoice["status_transitions"], moment: self._account.now()}
        changes = {"status": status, "status_transitions": moments, "next_payment_attempt": None}
        invoice = self._account.save({**invoice, **changes})
        self._account.emit(type_, invoice)
        return invoice

    def _new_intent(self, invoice: Document) -> Document:
        return self._intents.new(
            amount=invoice["amount_due"],
            currency=invoice["currency"],
            customer=invoice["customer"],
            description="Subscription update",
            setup_future_usage="off_session",
        )

    def _bind(self, invoice: Document, intent: Document) -> None:
        bond = self._account.make(
            shapes.invoice_payment(
                amount_requested=invoice["amount_due"],
                currency=invoice["currency"],
                invoice=invoice["id"],
                payment={"type": "payment_intent", "payment_intent": intent["id"]},
            )
        )
        for id_ in (invoice["id"], intent["id"]):
            self._account.store.put(_BOND, id_, {"bond": bond["id"], "invoice": invoice["id"]})


def subscription_id(invoice: Document) -> str | None:
    """The subscription that an invoice belongs to."""
    details = (invoice["parent"] or {}).get("subscription_details") or {}
    found = details.get("subscription")
    return str(found) if found else None
