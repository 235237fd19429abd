"""Port of webhook sources: verify the raw bytes, parse, say what the message means. The core does everything else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar, Literal

from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import PaymentResult, StoredMethod
from ezcore.plugin_api.values import Facts


class WebhookMessage(Facts):
    """A verified message.

    `park_reason` set means: store it, answer 2xx, apply nothing (wrong version, mode, object).
    """

    external_id: str
    kind: str
    api_version: str | None = None
    livemode: bool = False
    object_id: str | None = None
    created: int | None = None
    park_reason: str | None = None


class PaymentFact(Facts):
    """A payment we asked for reached this state. `reference` is the one of our checkout or capture request."""

    fact: Literal["payment"] = "payment"
    reference: str
    result: PaymentResult


class RefundFact(Facts):
    """A refund of the payment `payment_id` reached this state; `reference` is our operation key, if we asked for it."""

    fact: Literal["refund"] = "refund"
    payment_id: str
    refund_id: str
    status: Literal["succeeded", "pending", "failed"]
    amount: Money
    reference: str | None = None
    reason: str | None = None


class DisputeFact(Facts):
    """The payer's bank disputes the payment `payment_id`.

    `withdrawn` is what the gateway has taken from our balance for it as of now (zero before, and after a win); `fee` is
    what the gateway keeps for the trouble. Both are in the currency of our balance, which may differ from `amount`'s.
    An inquiry that was closed is `won`.
    """

    fact: Literal["dispute"] = "dispute"
    payment_id: str
    dispute_id: str
    status: Literal["inquiry", "needs_response", "under_review", "won", "lost"]
    amount: Money
    withdrawn: Money
    fee: Money | None = None
    reason: str = ""
    answer_by: datetime | None = None


class SubscriptionFact(Facts):
    """A subscription billed by the gateway is in this state. Dates are days in the shop's zone, the end exclusive.

    `cancel_at` is the day on which it ends, or ended.
    """

    fact: Literal["subscription"] = "subscription"
    subscription_id: str
    reference: str | None
    customer_id: str | None
    status: Literal["incomplete", "trialing", "active", "past_due", "paused", "unpaid", "ended"]
    period_start: date | None = None
    period_end: date | None = None
    cancel_at: date | None = None


class GatewayBillLine(Facts):
    """A line of a gateway's own invoice, tax left out."""

    description: str
    amount: Money
    period_start: date | None = None
    period_end: date | None = None


class GatewayBillFact(Facts):
    """An invoice that the gateway made for a subscription; to be mirrored into ours.

    The amounts of `lines` plus `tax` are `total`. `payment_id` and `fee` belong to the payment that paid it (none where
    nothing had to be paid); `failure` is why an open one is not paid yet.
    """

    fact: Literal["bill"] = "bill"
    bill_id: str
    subscription_id: str
    reference: str | None
    status: Literal["open", "paid", "void", "uncollectible"]
    total: Money
    tax: Money
    lines: tuple[GatewayBillLine, ...]
    payment_id: str | None = None
    fee: Money | None = None
    failure: str | None = None


class PayoutFact(Facts):
    """The gateway sent money to our bank account, or could not."""

    fact: Literal["payout"] = "payout"
    payout_id: str
    amount: Money
    status: Literal["pending", "paid", "failed"]
    arrives_on: date | None = None
    reason: str | None = None


class MethodFact(Facts):
    """A client's stored method came, changed (`method`) or went (`removed_id`, where `customer_id` may be empty).

    `reference` is the one of our setup request, if it came that way. `is_default`: the client chose it at the gateway
    for what comes. `customer_gone`: the gateway forgot the client, and with them every method.
    """

    fact: Literal["method"] = "method"
    customer_id: str
    method: StoredMethod | None = None
    removed_id: str | None = None
    reference: str | None = None
    is_default: bool = False
    customer_gone: bool = False


class NoticeFact(Facts):
    """Something a person must decide about a payment, such as a bank's early warning of fraud."""

    fact: Literal["notice"] = "notice"
    payment_id: str | None
    title: str
    cause: str


class HelpdeskFact(Facts):
    """Something changed in this ticket at a help desk: the core reads from the vendor what, so order is no matter."""

    fact: Literal["helpdesk"] = "helpdesk"
    external_id: str


Fact = (
    PaymentFact
    | RefundFact
    | DisputeFact
    | SubscriptionFact
    | GatewayBillFact
    | PayoutFact
    | MethodFact
    | NoticeFact
    | HelpdeskFact
)


class Parked(Exception):
    """Raised by `interpret`: understood, but not ours or not now. Stored with the reason; staff can replay."""


class WebhookSource(ABC):
    """Speaks one vendor's webhook language at /webhooks/<name>/[<account>/]."""

    name: ClassVar[str]

    @abstractmethod
    def verify(self, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
        """Check the signature over the raw bytes and its age. Header names arrive in lower case.

        Raises: BadSignature.
        """

    @abstractmethod
    def parse(self, body: bytes) -> WebhookMessage:
        """Read the verified body. Raises: Malformed."""

    @abstractmethod
    def interpret(self, message: WebhookMessage, body: bytes) -> Sequence[Fact]:
        """Say what happened, re-reading the object from the vendor where order matters. Runs in a job step.

        An empty answer means: nothing to do (the row is marked ignored). Raises: Parked, RetryAfter, OutcomeUnknown.
        """
