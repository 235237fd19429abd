"""Writes down what became of a try: wait and try again, ask a person, or give up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from ezcore.audit import operations as audit
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine import steps as rows
from ezcore.jobs.models import Job, JobState, JobStep, StepState
from ezcore.plugin_api.errors import (
    NeedsInfo,
    OutcomeUnknown,
    PermanentFailure,
    RetryAfter,
    StepSignal,
    StillRunning,
)
from ezcore.plugin_api.jobs import PROVISIONING, JobKind, Step
from ezcore.work import UnitOfWork, Work

PLUGIN_WAIT = 60


@dataclass
class Outcomes:
    """The ways a try can end other than well; every write is fenced."""

    work: Work
    job: Job
    kind: JobKind | None
    on_end: Callable[[UnitOfWork, Job], None]

    def signalled(self, signal: StepSignal, step: Step[Any], line: JobStep) -> bool:
        """Act on what a step said; True when earlier steps must be undone."""
        if isinstance(signal, StillRunning):
            self._still_running(signal, step, line)
        elif isinstance(signal, RetryAfter):
            self.failed(signal.cause, line, wait=signal.seconds)
        elif isinstance(signal, OutcomeUnknown):
            self.failed(f"outcome unknown: {signal.cause}", line)
        elif isinstance(signal, NeedsInfo):
            self.ask_person(signal.question)
        elif isinstance(signal, PermanentFailure):
            self._give_up(signal.reason, line)
            return True
        return False

    def failed(self, cause: str, line: JobStep | None, wait: float = 0.0) -> None:
        """A try failed: come back by the ladder, ask a person when it is used up."""
        ladder = self.kind.ladder if self.kind else PROVISIONING
        with self.work.write() as uow:
            now = uow.database_now()
            first = self.job.first_failed_at or now
            failures = self.job.failures + 1
            since = (now - first).total_seconds()
            delay = ladder.next_delay(failures, since)
            if delay is None:
                self._ask(uow, f"gave up after {failures} tries: {cause}")
                return
            rows.hold(
                uow,
                self.job,
                state=JobState.QUEUED,
                cause=cause[:4000],
                failures=failures,
                first_failed_at=first,
                run_at=now + timedelta(seconds=max(delay, wait)),
                lease_until=None,
                owner=None,
            )
            if line is not None:
                self._note(uow, line, cause)
            if ladder.wants_staff_task(failures, since):
                jobs.open_task(uow, self.job, f"{self._title()} keeps failing", cause)

    def wait_for_plugin(self, cause: str) -> None:
        """The plugin that runs this is missing or broken: no try is counted, the job waits."""
        with self.work.write() as uow:
            later = uow.database_now() + timedelta(seconds=PLUGIN_WAIT)
            rows.hold(
                uow,
                self.job,
                state=JobState.QUEUED,
                cause=cause[:4000],
                run_at=later,
                lease_until=None,
                owner=None,
                lost_leases=self.job.lost_leases,
            )

    def hand_over(self) -> None:
        """This worker shuts down between two steps: the next one goes on at once, no try is counted."""
        with self.work.write() as uow:
            rows.hold(uow, self.job, state=JobState.QUEUED, lease_until=None, owner=None)
            uow.ring()

    def ask_person(self, question: str) -> None:
        """Stand still until a person answers."""
        with self.work.write() as uow:
            self._ask(uow, question)

    def finish_failed(self, reason: str, left_behind: str | None) -> None:
        """Every effect is taken back (or `left_behind` says what is not): the job is over."""
        with self.work.write() as uow:
            if left_behind:
                self._ask(uow, f"{reason}. Left behind at the vendor: {left_behind}")
                return
            rows.hold(
                uow,
                self.job,
                state=JobState.FAILED,
                cause=reason[:4000],
                finished_at=uow.now(),
                lease_until=None,
            )
            jobs.open_task(uow, self.job, f"{self._title()} failed", reason)
            self._audit(uow, JobState.FAILED, reason)
            self.on_end(uow, self.job)

    def close_tasks(self, uow: UnitOfWork) -> None:
        """The job went well after all; its question is answered, and its end is on the record."""
        jobs.close_task(uow, self.job, "the job completed")
        self._audit(uow, JobState.COMPLETE, None)

    def _still_running(self, signal: StillRunning, step: Step[Any], line: JobStep) -> None:
        with self.work.write() as uow:
            now = uow.database_now()
            stored = uow.session.get_one(JobStep, line.id)
            if now - (stored.started_at or now) > step.deadline:
                self._ask(uow, f"{step.title}: not finished within {step.deadline}: {signal.cause}")
                return
            rows.hold(
                uow,
                self.job,
                state=JobState.QUEUED,
                cause=signal.cause,
                lease_until=None,
                owner=None,
                run_at=now + timedelta(seconds=signal.check_after),
            )
            stored.handle, stored.note = signal.handle, signal.cause

    def _give_up(self, reason: str, line: JobStep) -> None:
        with self.work.write() as uow:
            rows.hold(uow, self.job, cause=reason[:4000])
            stored = uow.session.get_one(JobStep, line.id)
            stored.state, stored.note, stored.finished_at = StepState.FAILED, reason, uow.database_now()
            line.state, line.note = StepState.FAILED, reason

    def _ask(self, uow: UnitOfWork, question: str) -> None:
        rows.hold(
            uow,
            self.job,
            state=JobState.NEEDS_INFO,
            question=question[:4000],
            cause=question[:4000],
            lease_until=None,
            owner=None,
        )
        jobs.open_task(uow, self.job, f"{self._title()} needs an answer", question)
        self._audit(uow, JobState.NEEDS_INFO, question)

    def _note(self, uow: UnitOfWork, line: JobStep, cause: str) -> None:
        stored = uow.session.get_one(JobStep, line.id)
        stored.note = cause[:4000]

    def _audit(self, uow: UnitOfWork, state: JobState, reason: str | None) -> None:
        audit.record(
            uow,
            f"job.{state}",
            "job",
            self.job.id,
            client_id=self.job.client_id,
            before={"state": "running"},
            after={"state": str(state)},
            reason=reason,
        )

    def _title(self) -> str:
        return self.kind.title if self.kind else self.job.kind
