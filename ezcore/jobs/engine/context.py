"""What a core step is handed, and the kind of step that settles its result in the same transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ezcore.jobs.models import Job, JobLog
from ezcore.plugin_api.jobs import Step
from ezcore.plugin_api.protocols import Ports
from ezcore.work import UnitOfWork, Work


@dataclass(frozen=True)
class StepContext:
    """What a step of ours may use. `operation_key` is fixed for the job, `step_key` for job and step."""

    job: Job
    step_name: str
    work: Work
    ports: Ports
    results: Mapping[str, Any]
    handle: Any

    @property
    def operation_key(self) -> str:
        """The key under which a vendor knows this whole job."""
        return self.job.key

    @property
    def step_key(self) -> str:
        """The key under which a vendor knows this one step."""
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

    def log(self, request: str, answer: str, status: int | None = None) -> None:
        """Keep what was said to a vendor, for staff. The caller masks secrets by key."""
        with self.work.write() as uow:
            uow.session.add(
                JobLog(
                    job_id=self.job.id,
                    step=self.step_name,
                    at=uow.now(),
                    request=request[:4000],
                    answer=answer[:4000],
                    status=status,
                )
            )


@dataclass(frozen=True)
class Settled(Step[StepContext]):
    """A step whose effect on our own tables is written in the transaction that marks the step done.

    So our own change happens exactly once: a worker that lost its lease cannot settle, and a step that
    settled never runs again. `run` may be None for a step that only changes our tables.
    """

    settle: Callable[[UnitOfWork, StepContext, Any], None] | None = None
