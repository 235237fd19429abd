"""The clockwork of subscriptions of the imitated Stripe: first bills, renewals, retries, ends.

A renewal drafts an invoice at the end of the period, finalizes it an hour later and charges the stored method; a bank
that says no is asked again after three, five and seven days, then the subscription ends.
"""

from __future__ import annotations

from ez_stripe.sandbox import billing_shapes as shapes
from ez_stripe.sandbox.account import Account
from ez_stripe.sandbox.cycles import end_of
from ez_stripe.sandbox.invoices import Invoices, subscription_id
from ez_stripe.sandbox.methods import Methods
from ez_stripe.sandbox.payments import Payments
from ez_stripe.sandbox.refusals import StripeRefusal
from ez_stripe.sandbox.subscription_lines import billed_item, billed_once, item_of
from ezcore.plugin_api.sandbox import Document

_HOUR, _DAY = 3600, 24 * 3600
_RETRIES = (3 * _DAY, 5 * _DAY, 7 * _DAY)
_FOREWARN = 7 * _DAY


class Subscriptions:
    """What Stripe bills by itself."""

    def __init__(self, account: Account, invoices: Invoices, methods: Methods, payments: Payments) -> None:
        self._account = account
        self._invoices = invoices
        self._methods = methods
        self._payments = payments

    def begin(
        self,
        customer: str,
        lines: list[Document],
        method: Document,
        intent: Document | None,
        metadata: dict[str, str],
    ) -> tuple[Document, Document]:
        """Start now, with the first invoice, which `intent` paid or is about to; gives both."""
        method = self._methods.attach(method, customer)
        now = self._account.now()
        recurring = [line for line in lines if line["price"]["recurring"]]
        end = end_of(now, recurring[0]["price"]["recurring"], 1)
        id_ = self._account.new_id("subscription")
        items = [item_of(self._account, line, id_, now, end) for line in recurring]
        subscription = self._account.make(
            shapes.subscription(
                billing_cycle_anchor=now,
                currency=recurring[0]["price"]["currency"],
                customer=customer,
                default_payment_method=method["id"],
                items=shapes.listed(items, f"/v1/subscription_items?subscription={id_}"),
                metadata=metadata,
                start_date=now,
            ),
            id=id_,
        )
        self._account.emit("customer.subscription.created", subscription)
        once = [line for line in lines if not line["price"]["recurring"]]
        drafted = [billed_item(self._account, item) for item in items]
        drafted += [billed_once(self._account, line, id_) for line in once]
        invoice = self._invoices.draft(subscription, drafted, "subscription_create")
        invoice = self._invoices.finalize(invoice, intent)
        subscription = self._account.save({**subscription, "latest_invoice": invoice["id"]})
        if intent is None or intent["status"] == "succeeded":
            invoice = self._invoices.paid(invoice)
        self._plan(subscription, end)
        return subscription, invoice

    def renew(self, subscription_id: str, end: int) -> None:
        """The period is over: the next one begins, or it ends as was wished. Late calls change nothing."""
        subscription = self._account.load("subscription", subscription_id)
        if subscription["status"] == "canceled" or _period(subscription)[1] != end:
            return
        if subscription["cancel_at_period_end"]:
            self.end(subscription, end)
            return
        items = subscription["items"]["data"]
        recurring, anchor = items[0]["price"]["recurring"], subscription["billing_cycle_anchor"]
        turn = 1
        while end_of(anchor, recurring, turn) <= end:
            turn += 1
        until = end_of(anchor, recurring, turn)
        moved = [{**item, "current_period_start": end, "current_period_end": until} for item in items]
        before = {"items": subscription["items"]}
        subscription = {**subscription, "items": {**subscription["items"], "data": moved}}
        lines = [billed_item(self._account, item) for item in moved]
        invoice = self._invoices.draft(subscription, lines, "subscription_cycle")
        subscription = self._account.save({**subscription, "latest_invoice": invoice["id"]})
        self._account.emit("customer.subscription.updated", subscription, before)
        self._account.schedule.at(end + _HOUR, "finalize_invoice", invoice_id=invoice["id"])
        self._plan(subscription, until)

    def finalize(self, invoice_id: str) -> None:
        """The draft waited its hour."""
        invoice = self._account.load("invoice", invoice_id)
        if invoice["status"] == "draft":
            self.charge(self._invoices.finalize(invoice))

    def charge_again(self, invoice_id: str) -> None:
        """Another try at an invoice that is still open."""
        invoice = self._account.load("invoice", invoice_id)
        if invoice["status"] == "open":
            self.charge(invoice)

    def charge(self, invoice: Document) -> None:
        """Take the money from the stored method."""
        subscription = self._account.load("subscription", subscription_id(invoice) or "")
        bond = self._invoices.bond(invoice)
        if subscription["status"] == "canceled":
            return
        if bond is None:
            self._invoices.paid(invoice)
            return
        intent = self._account.load("payment_intent", bond["payment"]["payment_intent"])
        method = self._method(subscription)
        if method is None:
            self._not_paid(invoice, subscription, wants_client=False)
            return
        try:
            intent = self._payments.confirm_off_session(intent, method)
        except StripeRefusal as refusal:
            wants_client = refusal.error.get("code") == "authentication_required"
            self._not_paid(invoice, subscription, wants_client=wants_client)
            return
        if intent["status"] == "succeeded":
            self._paid(invoice, subscription)

    def debit_settled(self, intent: Document) -> None:
        """A bank debit that was to pay an invoice came to its end."""
        invoice = self._invoices.of_intent(intent["id"])
        if invoice is None or invoice["status"] != "open":
            return
        subscription = self._account.load("subscription", subscription_id(invoice) or "")
        if intent["status"] == "succeeded":
            self._paid(invoice, subscription)
        else:
            self._not_paid(invoice, subscription, wants_client=False)

    def end(self, subscription: Document, at: int, reason: str = "cancellation_requested") -> Document:
        """It is over."""
        details = {**subscription["cancellation_details"], "reason": reason}
        changes = {"status": "canceled", "ended_at": at, "canceled_at": subscription["canceled_at"] or at}
        subscription = self._account.save({**subscription, **changes, "cancellation_details": details})
        self._account.emit("customer.subscription.deleted", subscription)
        return subscription

    def end_all(self, customer_id: str) -> None:
        """The customer was deleted."""
        for subscription in self._account.store.all("subscription"):
            if subscription["customer"] == customer_id and subscription["status"] != "canceled":
                self.end(subscription, self._account.now())

    def end_later(self, subscription: Document, *, wanted: bool) -> Document:
        """End it with its period, or go on after all."""
        names = ("cancel_at", "cancel_at_period_end", "canceled_at")
        before = {name: subscription[name] for name in names}
        changes: Document = {"cancel_at_period_end": wanted, "cancel_at": None, "canceled_at": None}
        if wanted:
            changes |= {"cancel_at": _period(subscription)[1], "canceled_at": self._account.now()}
        subscription = self._account.save({**subscription, **changes})
        self._account.emit("customer.subscription.updated", subscription, before)
        return subscription

    def foretell(self, subscription_id: str, end: int) -> None:
        """An invoice comes soon: an event about an invoice that has no id yet."""
        subscription = self._account.load("subscription", subscription_id)
        going = subscription["status"] != "canceled" and not subscription["cancel_at_period_end"]
        if not going or _period(subscription)[1] != end:
            return
        lines = [billed_item(self._account, item) for item in subscription["items"]["data"]]
        total = sum(line["amount"] for line in lines)
        about = {"customer": subscription["customer"], "currency": subscription["currency"], "total": total}
        invoice = shapes.invoice(
            **about, amount_due=total, billing_reason="upcoming", lines=shapes.listed(lines, "")
        )
        self._account.emit("invoice.upcoming", invoice)

    def _paid(self, invoice: Document, subscription: Document) -> None:
        self._invoices.paid(invoice)
        self._now(subscription, "active")

    def _not_paid(self, invoice: Document, subscription: Document, *, wants_client: bool) -> None:
        tried = invoice["attempt_count"]
        again = _RETRIES[tried] if tried < len(_RETRIES) else None
        at = None if again is None else self._account.now() + again
        self._invoices.failed(invoice, at, wants_client=wants_client)
        if at is None:
            self.end(subscription, self._account.now(), "payment_failed")
            return
        self._now(subscription, "past_due")
        self._account.schedule.at(at, "charge_again", invoice_id=invoice["id"])

    def _now(self, subscription: Document, status: str) -> None:
        if subscription["status"] == status:
            return
        before = {"status": subscription["status"]}
        subscription = self._account.save({**subscription, "status": status})
        self._account.emit("customer.subscription.updated", subscription, before)

    def _method(self, subscription: Document) -> Document | None:
        """The subscription's own method, or else the customer's."""
        customer = self._account.store.get("customer", subscription["customer"]) or {}
        settings = customer.get("invoice_settings") or {}
        for id_ in (subscription["default_payment_method"], settings.get("default_payment_method")):
            method = self._account.store.get("payment_method", id_ or "")
            if method and method["customer"] == subscription["customer"]:
                return method
        return None

    def _plan(self, subscription: Document, end: int) -> None:
        args = {"subscription_id": subscription["id"], "end": end}
        if end - self._account.now() > _FOREWARN:
            self._account.schedule.at(end - _FOREWARN, "foretell", **args)
        self._account.schedule.at(end, "renew", **args)


def _period(subscription: Document) -> tuple[int, int]:
    item = subscription["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]
