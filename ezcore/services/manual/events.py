"""What happens to human work; the support desk writes it into the request's ticket."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event


@dataclass(frozen=True)
class WorkRequested(Event):
    """Work was asked for, or ordered."""

    request_id: int
    client_id: int
    title: str


@dataclass(frozen=True)
class WorkAsked(Event):
    """The people who work ask the client something."""

    request_id: int
    client_id: int
    question: str


@dataclass(frozen=True)
class WorkAnswered(Event):
    """The client answered."""

    request_id: int
    client_id: int
    answer: str


@dataclass(frozen=True)
class WorkFinished(Event):
    """The work is complete, failed or cancelled (`state`)."""

    request_id: int
    client_id: int
    state: str
    outcome: str
