"""What a gateway plugin tells the conformance suite about itself: one fixture returns one of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import (
    CaptureRequest,
    CheckoutRequest,
    Gateway,
    PortalRequest,
    RefundRequest,
    SetupRequest,
    StoredMethod,
    SubscriptionItem,
    SubscriptionRequest,
)
from ezcore.plugin_api.ports.webhook_source import WebhookSource
from ezcore.plugin_api.sandbox.faults import Fault
from ezcore.plugin_api.sandbox.wsgi import SandboxApp
from ezcore.plugin_api.values import ClientFacts


@dataclass(frozen=True)
class SignedWebhooks:
    """A source, and the way its vendor signs. `sign(body, at)` gives the headers (lower-case names)."""

    source: WebhookSource
    sign: Callable[[bytes, datetime], Mapping[str, str]]
    body: bytes
    now: datetime = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@dataclass
class GatewayCase:
    """A gateway under test.

    `sandbox` is the imitation the gateway really talks to (None for a gateway that talks to nobody).
    `calls` names, per verb, the sandbox's call that has the effect: {"capture": "payment_intents.create"}.
    `effects(verb)` counts what the vendor holds now: checkouts, payments or refunds.
    `method` is a stored method that can be charged; needed when CAPTURE, DELETE_METHOD or PORTAL is declared.
    `pay(url)` is a client who pays on the page at `url`; needed when EXPIRE or SUBSCRIBE is declared.
    `running()` gives the ids of the subscriptions that the vendor goes on to bill; needed when SUBSCRIBE is declared.
    `webhooks` is needed when EVENTS is declared: its source must read what is listed.
    `secrets` are texts that may never be seen in a log or an error.
    """

    gateway: Gateway
    sandbox: SandboxApp | None = None
    calls: Mapping[str, str] = field(default_factory=dict)
    effects: Callable[[str], int] = lambda _verb: 0
    method: StoredMethod | None = None
    pay: Callable[[str], object] | None = None
    running: Callable[[], Sequence[str]] | None = None
    webhooks: SignedWebhooks | None = None
    secrets: Sequence[str] = ()
    amount: Money = field(default_factory=lambda: Money(1250, "EUR"))
    client: ClientFacts = field(
        default_factory=lambda: ClientFacts(id=7, name="Ana Client", email="ana@example.test", country="EE")
    )

    def checkout(self, key: str) -> CheckoutRequest:
        """A request to open a payment page."""
        return CheckoutRequest(
            operation_key=key,
            reference=f"invoice-{key}",
            amount=self.amount,
            description="Invoice 2026-00001",
            client=self.client,
            return_url="https://shop.example.test/billing/return/",
            cancel_url="https://shop.example.test/billing/",
        )

    def capture(self, key: str) -> CaptureRequest:
        """A request to charge the stored method."""
        assert self.method is not None, "a gateway that declares CAPTURE gives a stored method to its case"
        return CaptureRequest(
            operation_key=key,
            reference=f"invoice-{key}",
            amount=self.amount,
            description="Invoice 2026-00001",
            client=self.client,
            method=self.method,
        )

    def refund(self, key: str, external_id: str) -> RefundRequest:
        """A request to give the whole amount back."""
        return RefundRequest(
            operation_key=key,
            external_id=external_id,
            amount=self.amount,
            reason="the client changed her mind",
        )

    def setup(self, key: str) -> SetupRequest:
        """A request to store a method without charging it."""
        return SetupRequest(
            operation_key=key,
            reference=f"setup-{key}",
            currency=self.amount.currency,
            client=self.client,
            return_url="https://shop.example.test/methods/",
            cancel_url="https://shop.example.test/methods/",
        )

    def subscribe(self, key: str) -> SubscriptionRequest:
        """A request to bill the amount every month, with as much once on the first bill."""
        return SubscriptionRequest(
            operation_key=key,
            reference=f"service-{key}",
            items=(SubscriptionItem(description="VPS S", amount=self.amount, cycle="1 month"),),
            once=(("Setup", self.amount),),
            client=self.client,
            return_url="https://shop.example.test/services/",
            cancel_url="https://shop.example.test/services/",
        )

    def portal(self) -> PortalRequest:
        """A request for the portal of the client who owns the stored method."""
        assert self.method is not None, "a gateway that declares PORTAL gives a stored method to its case"
        client = self.client.model_copy(update={"customer_id": self.method.customer_id})
        return PortalRequest(client=client, return_url="https://shop.example.test/billing/")

    def paid(self, url: str | None) -> None:
        """The client pays on the page at `url`."""
        assert self.pay is not None, "a gateway that declares EXPIRE or SUBSCRIBE gives `pay` to its case"
        assert url
        self.pay(url)

    def still_billed(self) -> Sequence[str]:
        """The subscriptions that the vendor goes on to bill."""
        assert self.running is not None, "a gateway that declares SUBSCRIBE gives `running` to its case"
        return self.running()

    def misbehave(self, verb: str, kind: str, **args: object) -> None:
        """Script a fault for the next call that has the effect of `verb`."""
        assert self.sandbox is not None, "a gateway that talks to a vendor gives its sandbox to its case"
        self.sandbox.faults.script(Fault(self.calls[verb], kind, args=dict(args)))
