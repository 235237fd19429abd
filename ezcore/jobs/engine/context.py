"""What a core step is handed, and the kind of step that settles its result in the same transaction."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ezcore.jobs.engine.heard import Heard
from ezcore.jobs.models import Job, JobLog
from ezcore.jobs.plain import plain
from ezcore.plugin_api.errors import OutcomeUnknown
from ezcore.plugin_api.jobs import Step
from ezcore.plugin_api.protocols import Ports
from ezcore.work import UnitOfWork, Work


@dataclass(frozen=True)
class StepContext:
    """What a step of ours may use. `operation_key` is fixed for the job, `step_key` for job and step.

    `cut` is set when the call passed its limit: nobody listens to it any more. A step that outlives failures of its
    provider tells them in `heard`.
    """

    job: Job
    step_name: str
    work: Work
    ports: Ports
    results: Mapping[str, Any]
    handle: Any
    cut: threading.Event = field(default_factory=threading.Event)
    heard: Heard = field(default_factory=Heard)

    @property
    def operation_key(self) -> str:
        """The key under which a vendor knows this whole job. Raises: OutcomeUnknown in a call that was given up."""
        self.still_wanted()
        return self.job.key

    @property
    def step_key(self) -> str:
        """The key under which a vendor knows this one step. Raises: OutcomeUnknown in a call that was given up."""
        self.still_wanted()
        return f"{self.job.key}/{self.step_name}"

    @property
    def payload(self) -> dict[str, Any]:
        """What was enqueued."""
        return self.job.payload

    @property
    def answer(self) -> str | None:
        """What a person answered to this job's last question."""
        return self.job.answer

    @property
    def attempt(self) -> int:
        """1 for the first try of the job, rising with each claim."""
        return self.job.attempts

    def still_wanted(self) -> None:
        """Ends a call that passed its limit before it does more, for another try may be under way.

        Raises: OutcomeUnknown.
        """
        if self.cut.is_set():
            raise OutcomeUnknown("this call passed its limit and nobody waits for it any more")

    def log(self, request: str, answer: str, status: int | None = None) -> None:
        """Keep what was said to a vendor, for staff: cut to size, secrets masked by key."""
        self.still_wanted()
        line = JobLog(
            job_id=self.job.id,
            step=self.step_name,
            request=plain(request),
            answer=plain(answer),
            status=status,
        )
        with self.work.write() as uow:
            line.at = uow.now()
            uow.session.add(line)


@dataclass(frozen=True)
class Settled(Step[StepContext]):
    """A step whose effect on our own tables is written in the transaction that marks the step done.

    So our own change happens exactly once: a worker that lost its lease cannot settle, and a step that
    settled never runs again. `run` may be None for a step that only changes our tables.
    """

    settle: Callable[[UnitOfWork, StepContext, Any], None] | None = None
