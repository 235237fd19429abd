"""Engine: claims due jobs and runs their steps, recording each result; safe to kill at any line."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ezcore.jobs.engine import steps as rows
from ezcore.jobs.engine.claim import MAX_LOST_LEASES, claim
from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.jobs.engine.outcome import Outcomes
from ezcore.jobs.engine.undo import undo_all
from ezcore.jobs.models import Job, JobState, JobStep, StepState
from ezcore.kernel.crashpoint import crashpoint
from ezcore.plugin_api.errors import StepSignal
from ezcore.plugin_api.jobs import JobKind, Step
from ezcore.plugin_api.protocols import Ports
from ezcore.work import UnitOfWork, Work

log = logging.getLogger(__name__)

OnEnd = Callable[[UnitOfWork, Job], None]


@dataclass
class Engine:
    """Runs jobs of the known kinds. `on_end` is told, in the same transaction, when a job fails for good."""

    work: Work
    kinds: Mapping[str, JobKind]
    ports: Ports
    owner: str
    lease_seconds: float
    on_end: OnEnd
    active: set[int] = field(default_factory=set)

    def run_one(self) -> bool:
        """Claim and run one due job; False when nothing is due."""
        job = claim(self.work, self.owner, self.lease_seconds)
        if job is None:
            return False
        crashpoint("jobs.claimed")
        self.active.add(job.id)
        try:
            self._run(job)
        except rows.LostLease:
            log.warning("lost the lease of job %s; its next owner goes on", job.id)
        finally:
            self.active.discard(job.id)
        return True

    def _run(self, job: Job) -> None:
        outcomes = Outcomes(self.work, job, self.kinds.get(job.kind), self.on_end)
        try:
            steps = self._steps(job)
        except LookupError as error:
            outcomes.wait_for_plugin(str(error).strip("'\""))
            return
        if job.lost_leases >= MAX_LOST_LEASES:
            outcomes.ask_person(
                f"{job.lost_leases} workers died while running this job; look before it runs again"
            )
            return
        with self.work.write() as uow:
            rows.hold(uow, job, lost_leases=job.lost_leases)
            lines = rows.rows_of(uow, job, steps)
        if any(line.state == StepState.FAILED for line in lines):
            undo_all(self, job, steps, lines, outcomes)
            return
        self._go_on(job, steps, lines, outcomes)

    def _steps(self, job: Job) -> Sequence[Step[Any]]:
        kind = self.kinds.get(job.kind)
        if kind is None:
            raise LookupError(f"no active plugin knows jobs of kind {job.kind}")
        return kind.steps(self.context(job, None, [])) if callable(kind.steps) else kind.steps

    def _go_on(self, job: Job, steps: Sequence[Step[Any]], lines: list[JobStep], outcomes: Outcomes) -> None:
        for position, (step, line) in enumerate(zip(steps, lines, strict=True)):
            if line.state == StepState.DONE:
                continue
            try:
                self._run_step(job, step, line, lines, last=position == len(steps) - 1)
            except rows.LostLease:
                raise
            except StepSignal as signal:
                if outcomes.signalled(signal, step, line):
                    undo_all(self, job, steps, lines, outcomes)
                return
            except Exception as error:
                log.exception("job %s, step %s failed", job.id, step.name)
                outcomes.failed(f"{type(error).__name__}: {error}", line)
                return

    def _run_step(
        self, job: Job, step: Step[Any], line: JobStep, lines: list[JobStep], *, last: bool
    ) -> None:
        context = self.context(job, line, lines)
        result = None
        if step.run is not None:
            with self.work.write() as uow:
                rows.hold(uow, job, lost_leases=job.lost_leases)
                rows.begin(uow, line := uow.session.merge(line, load=True))
            crashpoint(f"{job.kind}.{step.name}.before")
            result = rows.as_json(step.run(context))
            crashpoint(f"{job.kind}.{step.name}.after")
        with self.work.write() as uow:
            rows.hold(uow, job, cause=None, failures=0, first_failed_at=None)
            settle = step.settle if isinstance(step, Settled) else None
            if settle is not None:
                settle(uow, context, result)
            self._record(uow, line, lines, result)
            if last:
                self._complete(uow, job)
        crashpoint(f"{job.kind}.{step.name}.settled")

    def _record(self, uow: UnitOfWork, line: JobStep, lines: list[JobStep], result: Any) -> None:
        stored = uow.session.get_one(JobStep, line.id)
        stored.started_at = stored.started_at or uow.database_now()
        stored.state, stored.result, stored.finished_at = StepState.DONE, result, uow.database_now()
        stored.note, stored.handle = None, None
        lines[stored.position] = stored

    def _complete(self, uow: UnitOfWork, job: Job) -> None:
        from_now = {
            "state": JobState.COMPLETE,
            "finished_at": uow.now(),
            "lease_until": None,
            "question": None,
        }
        rows.hold(uow, job, **from_now)
        Outcomes(self.work, job, None, self.on_end).close_tasks(uow)

    def context(self, job: Job, line: JobStep | None, lines: Sequence[JobStep]) -> StepContext:
        """What a step of this job is handed."""
        done = {other.name: other.result for other in lines if other.state == StepState.DONE}
        return StepContext(
            job, line.name if line else "", self.work, self.ports, done, line.handle if line else None
        )
