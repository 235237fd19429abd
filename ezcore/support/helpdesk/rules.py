"""Pure rules of the exchange with a help desk: states in its words, and how a reply from there reads here."""

from __future__ import annotations

from typing import Final

from ezcore.plugin_api.ports.helpdesk import DeskState, HelpdeskReply
from ezcore.support.tickets.models import TicketState
from ezcore.support.tickets.rules import LONGEST_MESSAGE

ROOM: Final = 2000
"""Characters kept free for what we say below a message."""
MOST_SAID: Final = 10


def desk_state(state: str) -> DeskState:
    """Our state in the words that both systems have."""
    if state == TicketState.CLOSED:
        return "closed"
    return "on_hold" if state == TicketState.ON_HOLD else "open"


def key_of(message_id: int) -> str:
    """The key under which a message of ours is found at the vendor."""
    return f"ez-{message_id}"


def words_of(reply: HelpdeskReply) -> str:
    """The message as it is kept here: never empty, never too long, with the names of files that stay there."""
    words = reply.body.strip() or "(This message has no words.)"
    if len(words) > LONGEST_MESSAGE - ROOM:
        words = f"{words[: LONGEST_MESSAGE - ROOM]}\n\n(The message is longer; this is its beginning.)"
    if reply.files:
        names = "\n".join(f"- {one[:150]}" for one in reply.files[:MOST_SAID])
        words += f"\n\n(Files that stay at the help desk:\n{names})"
    return words
