"""Writes down what became of a try: wait and try again, ask a person, or give up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from ezcore.audit import operations as audit
from ezcore.jobs import operations as jobs
from ezcore.jobs.engine import steps as rows
from ezcore.jobs.engine.heard import Heard
from ezcore.jobs.events import JobAsksClient, JobGivenUp
from ezcore.jobs.models import Job, JobState, JobStep, StepState
from ezcore.jobs.plain import plain
from ezcore.jobs.providers import operations as providers
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


def tell_breaker(uow: UnitOfWork, provider: str | None, heard: Heard) -> None:
    """Tell a provider's breaker what was heard of it; staff are asked when that makes its jobs wait."""
    if provider is None:
        return
    if heard.answered:
        providers.note_answer(uow, provider)
    elif not heard.troubles:
        providers.note_nothing(uow, provider)
    for cause in heard.troubles:
        if providers.note_trouble(uow, provider, plain(cause, 400)):
            title = f"{provider} is not answering; its jobs wait"
            jobs.ask_staff(uow, f"provider:{provider}"[:160], title, plain(cause))


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
            self.failed(signal.cause, line, wait=signal.seconds, away=signal.unreachable)
        elif isinstance(signal, OutcomeUnknown):
            self.failed(f"outcome unknown: {signal.cause}", line, away=signal.unreachable)
        elif isinstance(signal, NeedsInfo):
            self.ask_person(signal.question, signal)
        elif isinstance(signal, PermanentFailure):
            self._give_up(signal.reason, line)
            return True
        return False

    def failed(
        self, cause: str, line: JobStep | None, wait: float = 0.0, *, away: bool | None = None
    ) -> None:
        """A try failed: come back by the ladder, ask a person when it is used up.

        `away` says whether the provider failed to answer (None: the failure tells nothing about it).
        """
        cause = plain(cause)
        with self.work.write() as uow:
            self._tell_breaker(uow, cause, away=away)
            if not self._again(uow, cause, line, wait):
                self._ask(uow, f"gave up after {self.job.failures + 1} tries: {cause}")
                self._tell_given_up(uow, cause)

    def undo_signalled(self, signal: StepSignal, step: Step[Any], line: JobStep) -> bool:
        """Act on what an undo said; False when the job waits for its next try."""
        if isinstance(signal, StillRunning):
            return self._undo_goes_on(signal, step, line)
        if isinstance(signal, NeedsInfo | PermanentFailure):
            self._leave_behind(str(signal), step, line)
            return True
        return self.undo_failed(signal, step, line)

    def undo_failed(self, error: Exception, step: Step[Any], line: JobStep) -> bool:
        """An undo failed: False when it is tried again by the ladder, True when it was given up and written down."""
        if isinstance(error, LookupError) and not isinstance(error, KeyError | IndexError):
            self.wait_for_plugin(str(error))
            return False
        words = str(error) if isinstance(error, StepSignal) else f"{type(error).__name__}: {error}"
        away = getattr(error, "unreachable", isinstance(error, OSError) or None)
        cause, wait = plain(words), error.seconds if isinstance(error, RetryAfter) else 0.0
        with self.work.write() as uow:
            self._tell_breaker(uow, cause, away=away)
            if self._again(uow, f"taking back “{step.title}”: {cause}", None, wait):
                return False
        self._leave_behind(cause, step, line)
        return True

    def wait_for_plugin(self, cause: str) -> None:
        """The plugin that runs this is missing or broken: no try is counted, the job waits."""
        with self.work.write() as uow:
            later = uow.database_now() + timedelta(seconds=PLUGIN_WAIT)
            rows.hold(
                uow,
                self.job,
                state=JobState.QUEUED,
                cause=plain(cause),
                run_at=later,
                lease_until=None,
                owner=None,
                lost_leases=self.job.lost_leases,
            )

    def hand_over(self) -> None:
        """Between two steps: whoever claims it next goes on at once, no try is counted."""
        with self.work.write() as uow:
            rows.hold(uow, self.job, state=JobState.QUEUED, lease_until=None, owner=None)
            uow.ring()

    def ask_person(self, question: str, signal: NeedsInfo | None = None) -> None:
        """Stand still until a person answers: staff, or the client where the step asks so. Emits: JobAsksClient."""
        with self.work.write() as uow:
            self._tell_breaker(uow, "", away=None)
            self._ask(uow, question, signal)
            if signal is not None and signal.ask == "client" and self.job.client_id is not None:
                uow.emit(JobAsksClient(self.job.id, self.job.kind, self._subject(), self.job.client_id))

    def finish_failed(self, reason: str) -> None:
        """Every effect is taken back, or what is not stands on the job: it is over. Emits: JobGivenUp."""
        left = "; ".join(f"{entry['title']}: {entry['cause']}" for entry in self.job.left_behind)
        with self.work.write() as uow:
            if left:
                self._ask(uow, f"{reason}. Left behind at the vendor: {left}")
                self._tell_given_up(uow, reason)
                return
            rows.hold(
                uow,
                self.job,
                state=JobState.FAILED,
                cause=plain(reason),
                finished_at=uow.now(),
                lease_until=None,
            )
            jobs.open_task(uow, self.job, f"{self._title()} failed", plain(reason))
            self._audit(uow, JobState.FAILED, plain(reason, 400))
            self._tell_given_up(uow, reason)
            # Our copy of the row is older than what was just written.
            self.on_end(uow, uow.session.get_one(Job, self.job.id, populate_existing=True))

    def close_tasks(self, uow: UnitOfWork) -> None:
        """The job went well after all; its question is answered, and its end is on the record."""
        if self.job.attempts > 1:  # at the first try nobody can have been asked anything yet
            jobs.close_task(uow, self.job, "the job completed")
        self._audit(uow, JobState.COMPLETE, None)

    def _again(self, uow: UnitOfWork, cause: str, line: JobStep | None, wait: float) -> bool:
        """Count a failure and queue the job for its next try; False when the ladder is used up."""
        ladder = self.kind.ladder if self.kind else PROVISIONING
        now = uow.database_now()
        first = self.job.first_failed_at or now
        failures = self.job.failures + 1
        since = (now - first).total_seconds()
        delay = ladder.next_delay(failures, since)
        if delay is None:
            return False
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
            uow.session.get_one(JobStep, line.id).note = cause[:4000]
        if ladder.wants_staff_task(failures, since):
            jobs.open_task(uow, self.job, f"{self._title()} keeps failing", cause)
        return True

    def _still_running(self, signal: StillRunning, step: Step[Any], line: JobStep) -> None:
        with self.work.write() as uow:
            self._tell_breaker(uow, "", away=False)
            stored = uow.session.get_one(JobStep, line.id)
            if uow.database_now() - (stored.started_at or uow.database_now()) > step.deadline:
                self._ask(uow, f"{step.title}: not finished within {step.deadline}: {signal.cause}")
                self._tell_given_up(uow, f"{step.title}: not finished within {step.deadline}")
                return
            self._check_later(uow, signal, stored)

    def _undo_goes_on(self, signal: StillRunning, step: Step[Any], line: JobStep) -> bool:
        """The vendor takes it back and is not done: look again later, until the step's deadline has passed."""
        with self.work.write() as uow:
            self._tell_breaker(uow, "", away=False)
            now = uow.database_now()
            first = self.job.first_failed_at or now
            if now - first <= step.deadline:
                stored = uow.session.get_one(JobStep, line.id)
                note = stored.note  # of the failed step it says why the saga broke
                self._check_later(uow, signal, stored, first_failed_at=first)
                stored.note = note if stored.state == StepState.FAILED else stored.note
                return False
        self._leave_behind(f"not finished within {step.deadline}: {signal.cause}", step, line)
        return True

    def _check_later(self, uow: UnitOfWork, signal: StillRunning, stored: JobStep, **more: Any) -> None:
        rows.hold(
            uow,
            self.job,
            state=JobState.QUEUED,
            cause=plain(signal.cause),
            lease_until=None,
            owner=None,
            run_at=uow.database_now() + timedelta(seconds=signal.check_after),
            **more,
        )
        stored.handle, stored.note = signal.handle, plain(signal.cause)

    def _leave_behind(self, cause: str, step: Step[Any], line: JobStep) -> None:
        """Write down what stays at the vendor; the next undo begins its ladder anew."""
        left = [
            *self.job.left_behind,
            {"step": line.name, "title": step.title, "cause": plain(cause, 1000)},
        ]
        with self.work.write() as uow:
            rows.hold(uow, self.job, left_behind=left, failures=0, first_failed_at=None)
        self.job.left_behind, self.job.failures, self.job.first_failed_at = left, 0, None

    def _give_up(self, reason: str, line: JobStep) -> None:
        with self.work.write() as uow:
            self._tell_breaker(uow, "", away=None)
            rows.hold(uow, self.job, cause=plain(reason), failures=0, first_failed_at=None)
            stored = uow.session.get_one(JobStep, line.id)
            stored.state, stored.note, stored.finished_at = (
                StepState.FAILED,
                plain(reason),
                uow.database_now(),
            )
            line.state, line.note = StepState.FAILED, plain(reason)
        self.job.failures, self.job.first_failed_at = 0, None

    def _ask(self, uow: UnitOfWork, question: str, signal: NeedsInfo | None = None) -> None:
        question = plain(question)
        asks = signal.ask if signal is not None and self.job.client_id is not None else "staff"
        rows.hold(
            uow,
            self.job,
            state=JobState.NEEDS_INFO,
            question=question,
            cause=question,
            asks=asks,
            ask_fields=[asdict(one) for one in signal.fields] if signal else [],
            lease_until=None,
            owner=None,
        )
        waits = "waits for the client's answer" if asks == "client" else "needs an answer"
        jobs.open_task(uow, self.job, f"{self._title()} {waits}", question)
        self._audit(uow, JobState.NEEDS_INFO, plain(question, 400))

    def _tell_breaker(self, uow: UnitOfWork, cause: str, *, away: bool | None) -> None:
        """Tell the provider's breaker whether it answered (None: nobody knows)."""
        heard = Heard(answered=away is False, troubles=[cause] if away else [])
        tell_breaker(uow, self.job.provider, heard)

    def _tell_given_up(self, uow: UnitOfWork, cause: str) -> None:
        job = self.job
        uow.emit(JobGivenUp(job.id, job.kind, self._subject(), job.client_id, plain(cause)))

    def _subject(self) -> str:
        return f"{self.job.subject_kind}:{self.job.subject_id}" if self.job.subject_id else ""

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
