"""Port of payment gateways: start a checkout, charge a stored method, refund, and look up what happened."""

from __future__ import annotations

from abc import ABC
from datetime import datetime
from enum import StrEnum
from typing import ClassVar, Literal

from pydantic import BaseModel

from ezcore.kernel.money import Money
from ezcore.plugin_api.values import ClientFacts, Facts


class GatewayCapability(StrEnum):
    """Optional verbs. The UI shows only what is declared."""

    CHECKOUT = "checkout"  # sends the client to a hosted page
    OFFLINE = "offline"  # shows instructions; staff record the payment
    CAPTURE = "capture"  # charges a stored method without the client
    REFUND = "refund"
    FIND = "find"  # can tell the outcome by our operation key


class StoredMethod(Facts):
    """A payment method kept by the gateway for later charges. We hold its name, never its number."""

    external_id: str
    customer_id: str
    label: str
    expires: str | None = None


class CheckoutRequest(Facts):
    """Ask for a hosted payment page. `operation_key` is ours, unique per try; `reference` comes back in webhooks."""

    operation_key: str
    reference: str
    amount: Money
    description: str
    client: ClientFacts
    return_url: str
    cancel_url: str
    save_method: bool = True
    mode: Literal["auto", "light", "dark"] = "auto"


class CheckoutStarted(Facts):
    """Where the client goes next: a hosted page (`url`) or instructions to read (offline)."""

    url: str | None = None
    external_id: str | None = None
    customer_id: str | None = None
    instructions: str | None = None
    expires_at: datetime | None = None


class CaptureRequest(Facts):
    """Charge a stored method while the client is away."""

    operation_key: str
    reference: str
    amount: Money
    description: str
    client: ClientFacts
    method: StoredMethod


class PaymentResult(Facts):
    """What the gateway says of one payment. `amount` is what really moved; `fee` is the gateway's own, if told."""

    status: Literal["succeeded", "pending", "declined", "requires_action", "expired"]
    external_id: str | None = None
    amount: Money | None = None
    fee: Money | None = None
    method: StoredMethod | None = None
    customer_id: str | None = None
    reason: str | None = None


class RefundRequest(Facts):
    """Give money back for the payment `external_id`."""

    operation_key: str
    external_id: str
    amount: Money
    reason: str


class RefundResult(Facts):
    """What the gateway says of a refund; card refunds may fail days later (then a webhook tells)."""

    status: Literal["succeeded", "pending", "failed"]
    external_id: str
    amount: Money
    reason: str | None = None


class Gateway(ABC):
    """Takes payments. Only `start_checkout` may be called in a web request; everything else is a job step.

    Verbs raise RetryAfter, OutcomeUnknown or PermanentFailure; a decline is a result, not an error.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    capabilities: ClassVar[frozenset[GatewayCapability]]
    settings_model: ClassVar[type[BaseModel] | None] = None

    def start_checkout(self, request: CheckoutRequest) -> CheckoutStarted:
        """Open a hosted payment page, or give instructions. Safe to repeat with the same operation key."""
        raise NotImplementedError

    def capture(self, request: CaptureRequest) -> PaymentResult:
        """Charge a stored method. Safe to repeat with the same operation key."""
        raise NotImplementedError

    def find(self, operation_key: str, checkout_id: str | None = None) -> PaymentResult | None:
        """What became of the payment we asked for with this key? None when the gateway never heard of it."""
        raise NotImplementedError

    def refund(self, request: RefundRequest) -> RefundResult:
        """Give money back. Safe to repeat with the same operation key."""
        raise NotImplementedError
