"""The imitated Stripe in the simulation: spoken to in process, its webhooks carried by hand, its pages clicked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import urlencode, urlsplit

from ez_stripe.currencies import from_stripe
from ez_stripe.event_types import UNDERSTOOD
from ez_stripe.plugin import StripePlugin
from ez_stripe.sandbox import clicks
from ez_stripe.sandbox.app import StripeSandbox
from ez_stripe.sandbox.transport import InProcessClient
from ezcore.plugin_api import Money, PluginBase
from ezcore.plugin_api.sandbox import (
    CardKind,
    GatewayInProcess,
    InProcess,
    LoseAnswer,
    Pause,
    SandboxApp,
    SandboxRequest,
    SandboxResponse,
    Send,
)

CARDS: Mapping[CardKind, str] = {
    "good": clicks.VISA,
    "declined": clicks.DECLINED,
    "declined_later": clicks.DECLINED_LATER,
    "authenticate": clicks.AUTHENTICATE,
    "bank": clicks.BANK,
    "bank_fails": clicks.BANK_FAILS,
}
_FORM = {"content-type": "application/x-www-form-urlencoded"}
_GOOD, _SENT_ON = range(200, 300), range(300, 400)


class SimulatedStripe(GatewayInProcess):
    """An account whose pages are clicked without a browser."""

    def __init__(self, app: StripeSandbox) -> None:
        super().__init__(app)
        self._stripe = app

    def work_off(self, send: Send) -> int:
        """Settle debits and refunds, expire pages, deliver webhooks."""
        return self._stripe.tick() + self._stripe.account.webhooks.deliver_due(send)

    def next_due(self) -> datetime | None:
        """The next delivery, or the next thing that Stripe does by itself."""
        store = self._stripe.store
        times = [float(item["due"]) for item in store.all("_due")]
        times += [float(item["due"]) for item in store.all("_delivery") if item["state"] == "waiting"]
        return datetime.fromtimestamp(min(times), UTC) if times else None

    def release(self) -> None:
        """As `POST /_control/webhooks/release`."""
        self._stripe.account.webhooks.release()

    def pay(self, page: str, card: CardKind) -> bool:
        """Choose a card on a Checkout page; where the bank asks, say yes. A page that does not load is no payment."""
        try:
            answer = self._post(page, {"card": CARDS[card], "action": "pay"})
            sent_to = dict(answer.headers).get("Location", "")
            if "/c/authenticate/" in sent_to:
                answer = self._post(sent_to, {"outcome": "complete"})
        except LoseAnswer:
            return False
        return answer.status in _SENT_ON

    def spoil(self, customer: str, behaviour: str) -> None:
        """As `POST /_control/card`."""
        with self._stripe.store.lock():
            self._stripe.methods.switch(customer, behaviour)

    def dispute(self, payment: str) -> str:
        """As `POST /_control/dispute`."""
        answer = self._control("dispute", {"payment_intent": payment})
        if answer.status not in _GOOD:
            raise LookupError(answer.body.decode())
        return str(json.loads(answer.body)["id"])

    def decide(self, dispute: str, *, won: bool) -> None:
        """As `POST /_control/dispute/{id}/close`."""
        self._control(f"dispute/{dispute}/close", {"status": "won" if won else "lost"})

    def fail_refund(self, refund: str) -> None:
        """As `POST /_control/refund`."""
        self._control("refund", {"refund": refund, "status": "failed"})

    def captured(self) -> dict[str, Money]:
        """Every payment that succeeded."""
        return {
            intent["id"]: from_stripe(intent["amount_received"], intent["currency"])
            for intent in self._stripe.store.all("payment_intent")
            if intent["status"] == "succeeded"
        }

    def _control(self, what: str, told: dict[str, str]) -> SandboxResponse:
        body = json.dumps(told).encode()
        return self._stripe.handle(
            SandboxRequest("POST", f"/_control/{what}", "", {}, body, "http://127.0.0.1")
        )

    def _post(self, page: str, fields: dict[str, str]) -> SandboxResponse:
        parts = urlsplit(page)
        base = f"{parts.scheme}://{parts.netloc}"
        body = urlencode(fields).encode()
        return self._stripe.handle(SandboxRequest("POST", parts.path, parts.query, _FORM, body, base))


def attach(plugin: PluginBase, app: SandboxApp, pause: Pause) -> InProcess:
    """Replace the plugin's HTTP. Raises: TypeError for another plugin or application."""
    if not isinstance(plugin, StripePlugin) or not isinstance(app, StripeSandbox):
        raise TypeError(f"{type(plugin).__name__} and {type(app).__name__} do not belong together")
    plugin.account.transport = lambda: InProcessClient(app)
    plugin.account.forget()
    app.sleep = pause
    app.account.webhooks.only(UNDERSTOOD)  # as the README has the endpoint set up
    return SimulatedStripe(app)
