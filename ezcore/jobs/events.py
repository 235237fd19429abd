"""What people decide about jobs; the room that asked for the work hears it in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass

from ezcore.kernel.events import Event


@dataclass(frozen=True)
class JobClosed(Event):
    """Staff gave a job up (`cancelled`) or did its work by hand (`complete`)."""

    job_id: int
    kind: str
    state: str


@dataclass(frozen=True)
class JobReopened(Event):
    """A job that had failed for good runs again."""

    job_id: int
    kind: str
