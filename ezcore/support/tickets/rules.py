"""Pure rules of tickets: who writes as what, which state a message leads to, what a text may be."""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from ezcore.kernel.actor import Actor
from ezcore.kernel.errors import InvalidInput
from ezcore.support.tickets.models import AuthorKind, TicketState

LONGEST_MESSAGE: Final = 20_000
LONGEST_SUBJECT: Final = 200
_NUMBERS: Final = 1_000_000


def author_kind(actor: Actor) -> AuthorKind:
    """As what this actor writes; a guest as a client, a plugin as the system, under its own name."""
    if actor.kind in ("client", "visitor"):
        return AuthorKind.CLIENT
    return AuthorKind.STAFF if actor.kind == "staff" else AuthorKind.SYSTEM


def after_message(kind: AuthorKind, state: str) -> TicketState:
    """The state a public message leads to. What the system says changes nobody's turn, but opens nothing again."""
    if kind == AuthorKind.CLIENT:
        return TicketState.CUSTOMER_REPLY
    return TicketState.ANSWERED if kind == AuthorKind.STAFF else TicketState(state)


def reference_of(key: str, year: int) -> str:
    """`T-2026-048213` of a random key: short to say, and no count of tickets for anybody to read."""
    number = int.from_bytes(sha256(key.encode()).digest()[:8]) % _NUMBERS
    return f"T-{year}-{number:06d}"


def clean_subject(subject: str) -> str:
    """One line. Raises: InvalidInput."""
    found = " ".join(subject.split())
    if not found:
        raise InvalidInput("Say in a few words what it is about", field="subject")
    if len(found) > LONGEST_SUBJECT:
        raise InvalidInput(f"At most {LONGEST_SUBJECT} characters", field="subject")
    return found


def clean_message(body: str) -> str:
    """The text as it is kept. Raises: InvalidInput."""
    found = body.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not found:
        raise InvalidInput("Write a message", field="message")
    if len(found) > LONGEST_MESSAGE:
        raise InvalidInput(f"At most {LONGEST_MESSAGE} characters", field="message")
    return found
