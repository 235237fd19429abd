"""What happens to domain names."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event


@dataclass(frozen=True)
class DomainRegistered(Event):
    """A name is ours now: registered, or its transfer has come to an end."""

    domain_id: int
    service_id: int
    client_id: int
    name: str
    kind: str


@dataclass(frozen=True)
class DomainStateChanged(Event):
    """A name entered grace or redemption, expired, or was transferred away."""

    domain_id: int
    service_id: int
    client_id: int
    state: str


@dataclass(frozen=True)
class DomainActionDone(Event):
    """A change at the registry was carried out: a lock, nameservers, a code that was asked for."""

    domain_id: int
    client_id: int
    action: str
