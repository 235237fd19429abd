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


@dataclass(frozen=True)
class JobGivenUp(Event):
    """A job failed for good, or waits for a person because its tries are used up; whoever asked for it is told.

    `kind` is the job's kind, `subject` what it is about (`service:7`), `cause` the words for staff.
    """

    job_id: int
    kind: str
    subject: str
    client_id: int | None
    cause: str


@dataclass(frozen=True)
class JobAsksClient(Event):
    """A job waits for an answer that the client can give; `subject` is what it is about (`service:7`)."""

    job_id: int
    kind: str
    subject: str
    client_id: int
