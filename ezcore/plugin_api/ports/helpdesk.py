"""Port of help desks: another system in which staff answer. A ticket stays ours; its talk stands in both.

Whatever is told there carries a key of ours, so that a lost answer is looked up and nothing is written twice. Every
verb may raise the signals of `ezcore.plugin_api.errors`; what already is as wished is done, not an error.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator

from ezcore.plugin_api.ports.vendor_call import VendorCall
from ezcore.plugin_api.values import Facts

Told = Annotated[str, AfterValidator(lambda text: text.replace("\0", ""))]
"""Text of a vendor; what no database keeps is taken out."""
DeskState = Literal["open", "on_hold", "closed"]
"""What both systems have a word for; whose turn it is, each finds out from the messages."""


class HelpdeskTicket(Facts):
    """A ticket of ours. `reference` is unique and never changes: it is how the vendor's ticket is found again.

    `address` is our page of it, for staff.
    """

    reference: str
    subject: str
    customer_name: str
    customer_email: str
    department: str
    priority: Literal["low", "normal", "high", "urgent"]
    address: str


class HelpdeskMessage(Facts):
    """A message that was written here, plain text. `key` is unique: letters, digits, `-`. Internal ones are notes."""

    key: str
    author: Literal["client", "staff", "system"]
    author_name: str
    body: str
    internal: bool
    at: datetime


class HelpdeskReply(Facts):
    """A message that was written there, plain text, by a person; `external_id` is unique at the vendor.

    `files` are names of what stays there.
    """

    external_id: Told
    author: Literal["client", "staff"]
    author_name: Told
    body: Told
    internal: bool
    at: datetime
    files: tuple[Told, ...] = ()


class HelpdeskTalk(Facts):
    """The vendor's ticket as it stands: its state, and what was written there and not by us, oldest first."""

    state: DeskState
    replies: tuple[HelpdeskReply, ...]


class Helpdesk(ABC):
    """A help desk that staff answer in, at one vendor; described by its plugin's settings."""

    name: ClassVar[str]
    label: ClassVar[str]
    limits: ClassVar[tuple[str, ...]] = ()
    """Sentences that staff are told."""

    @abstractmethod
    def test_connection(self) -> str:
        """Is the vendor reachable and are we let in? A sentence for staff. Raises: PermanentFailure, RetryAfter."""

    @abstractmethod
    def open_ticket(self, call: VendorCall, ticket: HelpdeskTicket, first: HelpdeskMessage) -> str:
        """Open it with its first message, or find the one that carries its reference; the vendor's id of it.

        Raises: PermanentFailure, NeedsInfo, RetryAfter, OutcomeUnknown.
        """

    @abstractmethod
    def post(self, call: VendorCall, external_id: str, message: HelpdeskMessage) -> str:
        """Write it, or find what carries its key; the vendor's id of the message. Raises: as `open_ticket`."""

    @abstractmethod
    def set_state(self, call: VendorCall, external_id: str, state: DeskState) -> None:
        """Put the ticket into a state. Raises: as `open_ticket`."""

    @abstractmethod
    def talk(self, external_id: str) -> HelpdeskTalk | None:
        """What stands there, every page of it; None when the ticket is gone. Raises: RetryAfter, NeedsInfo."""

    @abstractmethod
    def changed(self, since: datetime) -> Sequence[str]:
        """Ids of tickets that changed since then, other people's too. Raises: RetryAfter, NeedsInfo."""

    @abstractmethod
    def page(self, external_id: str) -> str:
        """Where staff see it at the vendor: an https address."""
