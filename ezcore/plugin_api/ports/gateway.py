"""Port of payment gateways: start a checkout, charge a stored method, refund, and look up what happened."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
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
    SETUP = "setup"  # stores a method without charging it
    DELETE_METHOD = "delete_method"
    EXPIRE = "expire"  # closes a checkout that is still open
    SUBSCRIBE = "subscribe"  # bills by itself: a checkout in subscription mode
    PORTAL = "portal"  # a page of its own where the client changes card and subscription
    EVENTS = "events"  # can list its events, so that missed webhooks are found
    AGREEMENTS = "agreements"  # can list the subscriptions it bills: for the drift report


class StoredMethod(Facts):
    """A payment method kept by the gateway for later charges. We hold its name, never its number."""

    external_id: str
    customer_id: str
    label: str
    expires: str | None = None


class Agreement(Facts):
    """A subscription as the gateway has it. `reference` is ours, when it carries one; `lives`: it bills."""

    external_id: str
    reference: str | None = None
    lives: bool
    status: str


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
    """What the gateway says of one payment. `amount` is what really moved; `fee` is the gateway's own, if told.

    `requires_action`: nothing moved, and the payer must prove who they are. The stored `method` is still good: send the
    client to a checkout of the same invoice. The try itself is over and is never charged later.
    """

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


class SetupRequest(Facts):
    """Ask for a hosted page that stores a payment method and charges nothing."""

    operation_key: str
    reference: str
    currency: str
    client: ClientFacts
    return_url: str
    cancel_url: str


class SubscriptionItem(Facts):
    """What the gateway bills every cycle ("1 month"); `amount` is per piece, tax included."""

    description: str
    amount: Money
    cycle: str
    quantity: int = 1


class SubscriptionRequest(Facts):
    """Ask for a hosted page after which the gateway bills by itself. `once` are extra lines of the first bill."""

    operation_key: str
    reference: str
    items: tuple[SubscriptionItem, ...]
    once: tuple[tuple[str, Money], ...] = ()
    client: ClientFacts
    return_url: str
    cancel_url: str


class PortalRequest(Facts):
    """Ask for the gateway's own page of a client it knows by `client.customer_id`."""

    client: ClientFacts
    return_url: str


class GatewayEvent(Facts):
    """A message the gateway has on record: the raw body its webhook would have carried."""

    external_id: str
    body: bytes


class Gateway(ABC):
    """Takes payments.

    Only the verbs that give a page (`start_checkout`, `start_setup`, `start_subscription`, `portal_url`) may be called
    in a web request; everything else is a job step.

    Verbs raise RetryAfter, OutcomeUnknown or PermanentFailure; a decline is a result, not an error.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    capabilities: ClassVar[frozenset[GatewayCapability]]
    settings_model: ClassVar[type[BaseModel] | None] = None

    def takes(self, currency: str) -> bool:  # noqa: ARG002 - for gateways that do not take every currency
        """Can money in this currency be paid here? Answers from what is known here, without asking the vendor."""
        return True

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

    def start_setup(self, request: SetupRequest) -> CheckoutStarted:
        """Open a hosted page that stores a method. Safe to repeat with the same operation key."""
        raise NotImplementedError

    def start_subscription(self, request: SubscriptionRequest) -> CheckoutStarted:
        """Open a hosted page that begins a subscription. Safe to repeat with the same operation key."""
        raise NotImplementedError

    def cancel_subscription(self, external_id: str, *, at_period_end: bool, operation_key: str) -> None:
        """Stop billing, now or when the paid period ends. Safe to repeat; one that ended already is no error."""
        raise NotImplementedError

    def portal_url(self, request: PortalRequest) -> str:
        """The address of the gateway's page for this client, good for some minutes.

        Raises: Refused for a client whom the gateway does not know.
        """
        raise NotImplementedError

    def delete_method(self, method: StoredMethod) -> None:
        """Forget a stored method. One that is gone already is no error."""
        raise NotImplementedError

    def expire_checkout(self, external_id: str) -> PaymentResult:
        """Close an open checkout; the result tells when it was paid a moment before. Safe to repeat."""
        raise NotImplementedError

    def list_events(self, since: datetime) -> Sequence[GatewayEvent]:
        """Every event since then that its webhook is meant to send, oldest first; the source parses each body."""
        raise NotImplementedError

    def list_agreements(self) -> Sequence[Agreement]:
        """Every subscription that it bills or billed, ours or not (capability AGREEMENTS)."""
        raise NotImplementedError
