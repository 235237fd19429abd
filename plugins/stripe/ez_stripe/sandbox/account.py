"""The imitated Stripe account: ids, objects, events, and what is going to happen later."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from ez_stripe import API_VERSION
from ez_stripe.sandbox.refusals import no_such
from ez_stripe.sandbox.schedule import Schedule
from ez_stripe.sandbox.webhooks import Webhooks
from ezcore.plugin_api.sandbox import Document, Faults, SandboxClock, Store

_PREFIXES = {
    "customer": "cus",
    "payment_method": "pm",
    "payment_intent": "pi",
    "setup_intent": "seti",
    "charge": "ch",
    "refund": "re",
    "balance_transaction": "txn",
    "event": "evt",
    "dispute": "dp",
    "checkout.session": "cs_test",
    "webhook_endpoint": "we",
    "bank_account": "ba",
    "billing_portal.session": "bps",
    "invoice": "in",
    "invoice_payment": "inpay",
    "invoiceitem": "ii",
    "line_item": "il",
    "mandate": "mandate",
    "payout": "po",
    "price": "price",
    "product": "prod",
    "radar.early_fraud_warning": "issfr",
    "subscription": "sub",
    "subscription_item": "si",
    "request": "req",
}
EXPANDABLE = {
    "balance_transaction": "balance_transaction",
    "charge": "charge",
    "customer": "customer",
    "default_payment_method": "payment_method",
    "failure_balance_transaction": "balance_transaction",
    "invoice": "invoice",
    "latest_charge": "charge",
    "latest_invoice": "invoice",
    "payment_intent": "payment_intent",
    "payment_method": "payment_method",
    "setup_intent": "setup_intent",
    "subscription": "subscription",
}


class Account:
    """Everything that handlers share. Only ever used under the store's lock."""

    def __init__(self, store: Store, clock: SandboxClock, faults: Faults, seed: str | None = None) -> None:
        self.store = store
        self.clock = clock
        self.faults = faults
        self.schedule = Schedule(store, clock)
        self.webhooks = Webhooks(store, clock, faults)
        self.request: Document = {"id": None, "idempotency_key": None}
        self._seed = seed

    def new_id(self, kind: str) -> str:
        """An id that looks like Stripe's; never given twice, and different in every fresh sandbox."""
        turn = self.store.next_number("id")
        digest = hashlib.sha256(f"{self._salt()}/{kind}/{turn}".encode()).hexdigest()
        return f"{_PREFIXES[kind]}_{digest[:24]}"

    def make(self, shape: Document, **more: Any) -> Document:
        """Store a new object: id and time of creation are given here."""
        kind = shape["object"]
        document = {"id": self.new_id(kind), **shape, "created": self.now(), **more}
        return self.save(document)

    def save(self, document: Document) -> Document:
        """Store an object as it now is."""
        self.store.put(document["object"], document["id"], document)
        return document

    def load(self, kind: str, id_: str, param: str = "id", status: int = 404) -> Document:
        """An object by its id. Raises: StripeRefusal (resource_missing)."""
        document = self.store.get(kind, id_)
        if document is None:
            raise no_such(kind.replace(".", " "), id_, param, status)
        return document

    def emit(self, type_: str, document: Document, previous: Document | None = None) -> Document:
        """Write down that something happened, and send it to every endpoint."""
        data: Document = {"object": document}
        if previous is not None:
            data["previous_attributes"] = previous
        event = self.make(
            {
                "object": "event",
                "api_version": API_VERSION,
                "data": data,
                "livemode": False,
                "pending_webhooks": len(self.webhooks.endpoints()),
                "request": dict(self.request),
                "type": type_,
            }
        )
        self.webhooks.enqueue(event)
        return event

    def expanded(self, document: Document, paths: list[str]) -> Document:
        """A copy with the named ids replaced by their objects: `latest_charge.balance_transaction`."""
        document = dict(document)
        for path in paths:
            head, _, rest = path.partition(".")
            inner = document.get(head)
            if head == "data" and isinstance(inner, list):
                document["data"] = [self.expanded(item, [rest]) for item in inner]
                continue
            if isinstance(inner, str) and head in EXPANDABLE:
                inner = self.store.get(EXPANDABLE[head], inner) or inner
            if isinstance(inner, dict):
                document[head] = self.expanded(inner, [rest]) if rest else inner
        return document

    def now(self) -> int:
        """Seconds since 1970 in the sandbox's own time."""
        return self.clock.timestamp()

    def _salt(self) -> str:
        if self._seed is not None:
            return self._seed
        document = self.store.get("_salt", "salt")
        if document is None:
            # A fresh sandbox beside an old shop must not reuse ids that the shop has seen before.
            document = {"salt": secrets.token_hex(8)}
            self.store.put("_salt", "salt", document)
        return str(document["salt"])
