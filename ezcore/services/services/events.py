"""What happens to services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ezcore.kernel.events import Event


@dataclass(frozen=True)
class ActionDone(Event):
    """A lifecycle action was completed at the vendor and in our books."""

    service_id: int
    client_id: int
    verb: str
    job_key: str


@dataclass(frozen=True)
class ActionFailed(Event):
    """A lifecycle action failed for good; a staff task is open."""

    service_id: int
    client_id: int
    verb: str
    job_key: str
    cause: str


@dataclass(frozen=True)
class PeriodPaid(Event):
    """A period of the service was paid; it runs on until `paid_until` (exclusive)."""

    service_id: int
    client_id: int
    paid_until: date


@dataclass(frozen=True)
class CancellationScheduled(Event):
    """The client asked to end the service on `on`."""

    service_id: int
    client_id: int
    on: date
