"""What the simulation asks of an imitated vendor that runs in its own process, on its one thread.

A plugin's `SandboxSpec.in_process` leads the loaded plugin to the application without a socket and gives one of
these. Everything a vendor does by itself (webhooks, bank debits, pages that expire) happens in `work_off`, when the
virtual clock has reached `next_due`.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from ezcore.kernel.money import Money

if TYPE_CHECKING:
    from ezcore.plugin_api.sandbox.wsgi import SandboxApp

CardKind = Literal["good", "declined", "declined_later", "authenticate", "bank", "bank_fails"]
"""What a payer holds in their hand; a plugin maps each to a test card of its vendor."""


class Post(Protocol):
    """A signed webhook on its way to us."""

    @property
    def url(self) -> str:
        """Where it goes."""
        ...

    @property
    def body(self) -> bytes:
        """What was signed."""
        ...

    @property
    def headers(self) -> Mapping[str, str]:
        """With the signature."""
        ...


Send = Callable[[Post], int]
"""Delivers a post and gives the HTTP status; 0 when nobody answered."""
Pause = Callable[[float], None]
"""Lets so many seconds pass on the virtual clock."""


class InProcess:
    """An imitated vendor with a plugin attached to it."""

    def __init__(self, app: SandboxApp) -> None:
        self.app = app

    def work_off(self, send: Send) -> int:  # noqa: ARG002 - most vendors do nothing by themselves
        """Do what is due by now; webhooks leave through `send`. Says how much that was."""
        return 0

    def next_due(self) -> datetime | None:
        """When `work_off` has something to do next, aware; None when nothing waits."""
        return None

    def release(self) -> None:
        """Let go of webhooks that a fault holds back."""

    def inventory(self) -> Sequence[str] | None:
        """External ids of the resources of ours that stand at the vendor; None for who rents nothing out."""
        return None


class GatewayInProcess(InProcess):
    """An imitated gateway: its hosted pages can be used, its cards spoilt, its books read."""

    @abstractmethod
    def pay(self, page: str, card: CardKind) -> bool:
        """Pay on a hosted page, authenticating where asked; False when the page is over or the bank says no."""

    @abstractmethod
    def spoil(self, customer: str, behaviour: str) -> None:
        """Let the stored methods of a customer be declined from now on (`insufficient_funds`, ...) or be `ok`."""

    @abstractmethod
    def dispute(self, payment: str) -> str:
        """The payer's bank takes the money of a payment back; the name of the dispute. Raises: LookupError."""

    @abstractmethod
    def decide(self, dispute: str, *, won: bool) -> None:
        """The bank decides a dispute; one that is over already stays as it is."""

    @abstractmethod
    def fail_refund(self, refund: str) -> None:
        """A refund comes back days later. One that is unknown, or over, stays as it is."""

    @abstractmethod
    def captured(self) -> Mapping[str, Money]:
        """External id -> amount of every payment that succeeded at the gateway."""
