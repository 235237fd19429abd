"""What happens to accounts, for reactions and subscribers."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event


@dataclass(frozen=True)
class ClientCreated(Event):
    """A new client exists; its first user may not have confirmed the address yet."""

    client_id: int
    user_id: int


@dataclass(frozen=True)
class EmailConfirmed(Event):
    """A user proved that the address is theirs; paid things are open to them now."""

    user_id: int
    client_id: int | None


@dataclass(frozen=True)
class PasswordChanged(Event):
    """A user has another password; every other session of theirs is over."""

    user_id: int


@dataclass(frozen=True)
class TaxNumberChanged(Event):
    """A client has another tax number, or the same in another country; nobody has checked it yet."""

    client_id: int
