"""What happens to tickets."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event


@dataclass(frozen=True)
class TicketOpened(Event):
    """A ticket was opened: by the client, by staff, or by the system (`by`). A guest's has no client."""

    ticket_id: int
    client_id: int | None
    by: str


@dataclass(frozen=True)
class TicketAnswered(Event):
    """The client was written to in a ticket."""

    ticket_id: int
    client_id: int | None
    message_id: int


@dataclass(frozen=True)
class TicketReplied(Event):
    """The client wrote into a ticket."""

    ticket_id: int
    client_id: int | None
    message_id: int


@dataclass(frozen=True)
class TicketClosed(Event):
    """A ticket is closed; a reply opens it again."""

    ticket_id: int
    client_id: int | None


@dataclass(frozen=True)
class TicketEscalated(Event):
    """A ticket waited `hours` for us and was raised by one priority."""

    ticket_id: int
    client_id: int | None
    hours: int
