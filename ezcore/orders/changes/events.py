"""What happens to changes of services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ezcore.kernel.events import Event


@dataclass(frozen=True)
class ServiceChanged(Event):
    """A service is another product, or has other options, from now on; its cycle and price hold from `renews_on`."""

    service_id: int
    client_id: int
    change_id: int
    renews_on: date
