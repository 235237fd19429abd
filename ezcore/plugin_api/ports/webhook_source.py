"""Port of webhook sources: verify the raw bytes, parse, say what the message means. The core does everything else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import ClassVar, Literal

from ezcore.kernel.money import Money
from ezcore.plugin_api.ports.gateway import PaymentResult
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
    """A refund of the payment `payment_id` reached this state."""

    fact: Literal["refund"] = "refund"
    payment_id: str
    refund_id: str
    status: Literal["succeeded", "pending", "failed"]
    amount: Money


Fact = PaymentFact | RefundFact


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
