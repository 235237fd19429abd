"""What happens to zones."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event


@dataclass(frozen=True)
class ZoneChanged(Event):
    """Durable work on a zone is done: `verb` is create, set, change, dnssec, import, refresh or delete."""

    zone_id: int
    client_id: int
    verb: str
    job_id: int
