"""What happens to certificates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ezcore.kernel.events import Event


@dataclass(frozen=True)
class CertificateIssued(Event):
    """A certificate is there; `renewal` tells whether it follows another one."""

    certificate_id: int
    service_id: int
    client_id: int
    serial: str
    not_after: datetime
    renewal: bool


@dataclass(frozen=True)
class CertificateExpires(Event):
    """A certificate expires within days, and its renewal has not succeeded."""

    certificate_id: int
    service_id: int
    client_id: int
    not_after: datetime
