"""Engine: claims due jobs and runs their steps, recording each result; safe to kill at any line."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ezcore.jobs.engine import steps as rows
from ezcore.jobs.engine.calls import Calls
from ezcore.jobs.engine.claim import MAX_LOST_LEASES, claim
from ezcore.jobs.engine.context import Settled, StepContext
from ezcore.jobs.engine.ending import end as end_plainly
from ezcore.jobs.engine.ending import ends_plainly
from ezcore.jobs.engine.grasp import grasp
from ezcore.jobs.engine.outcome import Outcomes, tell_breaker
from ezcore.jobs.engine.undo import undo_all
from ezcore.jobs.models import Job, JobState, JobStep, StepState
from ezcore.kernel.crashpoint import crashpoint
from ezcore.plugin_api.errors import StepSignal
from ezcore.plugin_api.jobs import JobKind, Step
from ezcore.plugin_api.protocols import Ports
from ezcore.work import UnitOfWork, Work

log = logging.getLogger(__name__)

CLOSELY_EVERY = 1.0
OnEnd = Callable[[UnitOfWork, Job], None]


@dataclass
class Engine:
    """Runs jobs of the known kinds. `on_end` is told, in the same transaction, when a job fails for good.

    `stopping` is asked between steps: a worker that shuts down hands the rest of a job to the next one.
    `calls` keeps the total deadline of each call; a process in which too many hang takes no job of a provider.
    """

    work: Work
    kinds: Mapping[str, JobKind]
    ports: Ports
    owner: str
    lease_seconds: float
    on_end: OnEnd
    active: set[int] = field(default_factory=set)
    stopping: Callable[[], bool] = lambda: False
    calls: Calls = field(init=False)
    looks_closely_at: float = 0.0

    def __post_init__(self) -> None:
        """With a virtual clock nothing hangs, and everything runs in one thread, one after the other."""
        self.calls = Calls(in_threads=not self.work.virtual_time)

    def run_one(self) -> bool:
        """Claim and run one due job; False when nothing is due."""
        job = self.take()
        if job is None:
            return False
        if job.id in self.active:
            return (
                True  # our own, claimed again: its first run finds out by the fence, and its lease frees it
            )
        self.active.add(job.id)
        crashpoint("jobs.claimed")
        try:
            self._run(job)
        except rows.LostLease:
            log.warning("lost the lease of job %s; its next owner goes on", job.id)
        finally:
            self.active.discard(job.id)
        return True

    def take(self) -> Job | None:
        """The job to run next, or None: the short way, and once a second the long one, which finds lost leases too."""
        vendors, now = not self.calls.too_many, time.monotonic()
        if now < self.looks_closely_at:
            quick = grasp(self.work, self.owner, self.lease_seconds, vendors=vendors)
            if quick is not None:
                return quick
        self.looks_closely_at = now + CLOSELY_EVERY
        return claim(self.work, self.owner, self.lease_seconds, vendors=vendors)

    def _run(self, job: Job) -> None:
        outcomes = Outcomes(self.work, job, self.kinds.get(job.kind), self.on_end)
        if job.lost_leases >= MAX_LOST_LEASES:
            outcomes.ask_person(
                f"{job.lost_leases} workers died while running this job; look before it runs again"
            )
            return
        try:
            steps = self._steps(job)
            if not steps and job.attempts == 1:
                self._settle(job, None, None, None, outcomes)
                return
            with self.work.write() as uow:
                rows.hold(uow, job, lost_leases=job.lost_leases)
                now = uow.database_now()  # before there are new rows, which asking would write
                lines = rows.rows_of(uow, job, steps)
                begun = rows.begin_first(now, steps, lines)
        except rows.LostLease:
            raise
        except Exception as error:  # noqa: BLE001 - written down with its stack, whatever it was
            _what_went_wrong(outcomes, error, None)
            return
        if any(line.state == StepState.FAILED for line in lines):
            undo_all(self, job, steps, lines, outcomes)
            return
        self._go_on(job, steps, lines, outcomes, begun)

    def _steps(self, job: Job) -> Sequence[Step[Any]]:
        kind = self.kinds.get(job.kind)
        if kind is None:
            raise LookupError(f"no active plugin knows jobs of kind {job.kind}")
        return kind.steps(self.context(job, None, [])) if callable(kind.steps) else kind.steps

    def _go_on(
        self,
        job: Job,
        steps: Sequence[Step[Any]],
        lines: list[JobStep],
        outcomes: Outcomes,
        begun: JobStep | None,
    ) -> None:
        bound = job.provider
        todo = [number for number, line in enumerate(lines) if line.state != StepState.DONE]
        if not todo:  # no step at all, or a release took away those that were left
            self._settle(job, None, None, None, outcomes)
        for number in todo:
            # A job that was bound to a server meanwhile is claimed anew: pause, breaker and room are that server's.
            if number != todo[0] and (self.stopping() or job.provider != bound):
                outcomes.hand_over()
                return
            step = steps[number]
            try:
                if step.run is not None and lines[number] is not begun:
                    with self.work.write() as uow:
                        rows.begin(uow, job, lines[number])
                lines[number] = self._run_step(job, step, lines[number], lines, outcomes, number == todo[-1])
            except rows.LostLease:
                raise
            except StepSignal as signal:
                if outcomes.signalled(signal, step, lines[number]):
                    undo_all(self, job, steps, lines, outcomes)
                return
            except Exception as error:  # noqa: BLE001 - as above
                _what_went_wrong(outcomes, error, lines[number])
                return

    def _run_step(
        self,
        job: Job,
        step: Step[Any],
        line: JobStep,
        lines: Sequence[JobStep],
        outcomes: Outcomes,
        last: bool,  # noqa: FBT001 - private, named at the one call
    ) -> JobStep:
        context = self.context(job, line, lines)
        result = None
        if step.run is not None:
            crashpoint(f"{job.kind}.{step.name}.before")
            result = rows.as_json(self.calls.run(step.run, context, step.call_limit))
            crashpoint(f"{job.kind}.{step.name}.after")
        done = self._settle(job, step, line, (context, result), outcomes if last else None)
        crashpoint(f"{job.kind}.{step.name}.settled")
        assert done is not None
        return done

    def _settle(
        self,
        job: Job,
        step: Step[Any] | None,
        line: JobStep | None,
        outcome: tuple[StepContext, Any] | None,
        end: Outcomes | None,
    ) -> JobStep | None:
        """One transaction: our own change, the step's result, and the job's end when this was the last."""
        if end is not None and ends_plainly(self.work, job, step):
            return end_plainly(self.work, job, line, outcome[1] if outcome is not None else None)
        with self.work.write() as uow:
            over = {} if end is None else _over(uow)
            rows.hold(uow, job, cause=None, failures=0, first_failed_at=None, **over)
            done = None
            if line is not None and outcome is not None:
                if isinstance(step, Settled) and step.settle is not None:
                    step.settle(uow, *outcome)
                done = rows.record(uow, line, outcome[1])
                if step is not None and step.run is not None:
                    tell_breaker(uow, job.provider, outcome[0].heard)
            if end is not None:
                end.close_tasks(uow)
        return done

    def context(self, job: Job, line: JobStep | None, lines: Sequence[JobStep]) -> StepContext:
        """What a step of this job is handed."""
        done = {other.name: other.result for other in lines if other.state == StepState.DONE}
        return StepContext(
            job, line.name if line else "", self.work, self.ports, done, line.handle if line else None
        )


def _over(uow: UnitOfWork) -> dict[str, Any]:
    """The job's columns when its last step is settled; taken back with everything else if settling fails."""
    return {"state": JobState.COMPLETE, "finished_at": uow.now(), "lease_until": None, "question": None}


def _what_went_wrong(outcomes: Outcomes, error: Exception, line: JobStep | None) -> None:
    """A missing plugin waits, everything else is a failed try."""
    if isinstance(error, LookupError) and not isinstance(error, KeyError | IndexError):
        outcomes.wait_for_plugin(str(error))
        return
    log.error("job %s, step %s failed", outcomes.job.id, line.name if line else "-", exc_info=error)
    # What the operating system says of a connection is said of the provider; anything else is a defect of ours.
    away = isinstance(error, OSError) and line is not None
    outcomes.failed(f"{type(error).__name__}: {error}", line, away=away)
