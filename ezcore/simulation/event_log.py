"""The ordered log of a simulated shop's events, and its fingerprint."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, select

from ezcore.jobs.outbox.models import OutboxEvent
from ezcore.work import Work

_NEWER = (
    select(OutboxEvent.id, OutboxEvent.name, OutboxEvent.payload, OutboxEvent.at)
    .where(OutboxEvent.id > bindparam("last"))
    .order_by(OutboxEvent.id)
)


@dataclass(frozen=True)
class Happened:
    """One row of the outbox."""

    name: str
    payload: Mapping[str, Any]
    at: datetime


@dataclass
class EventLog:
    """Reads what was committed since the last look; rows are read before housekeeping throws them away."""

    work: Work
    counts: Counter[str] = field(default_factory=Counter)
    _last: int = 0
    _digest: Any = field(default_factory=sha256)

    def read_on(self) -> list[Happened]:
        """New events, in the order in which they were committed (one thread writes, so ids rise with it)."""
        with self.work.read() as uow:
            rows = uow.session.execute(_NEWER, {"last": self._last}).all()
        found = [Happened(row.name, row.payload, row.at) for row in rows]
        for event in found:
            line = [event.name, event.payload, event.at.isoformat()]
            self._digest.update(json.dumps(line, sort_keys=True, separators=(",", ":")).encode() + b"\n")
            self.counts[event.name] += 1
        self._last = rows[-1].id if rows else self._last
        return found

    @property
    def sha256(self) -> str:
        """Of every line so far: name, payload with sorted keys, moment."""
        return str(self._digest.hexdigest())
