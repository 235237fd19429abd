"""Throws away what has served: finished jobs and their logs, handed events, old webhook bodies."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, exists

from ezcore.jobs.inbox.models import WebhookBody
from ezcore.jobs.models import Job, JobState, ScheduledRun, StaffTask, WorkerProcess
from ezcore.jobs.outbox.models import OutboxDelivery, OutboxEvent
from ezcore.work import UnitOfWork

OVER = (JobState.COMPLETE, JobState.CANCELLED, JobState.FAILED)


def keep_house(uow: UnitOfWork) -> dict[str, int]:
    """Delete by age; deduplication rows of the inbox stay for ever. Returns counts per table.

    What still waits for somebody stays, however old: failed jobs with an open question, undelivered events.
    """
    rules = uow.settings.jobs
    old = uow.now() - timedelta(days=rules.keep_finished_days)
    bodies = uow.now() - timedelta(days=rules.keep_webhook_bodies_days)
    asked = exists().where(StaffTask.job_id == Job.id, StaffTask.closed_at.is_(None))
    owed = exists().where(OutboxDelivery.event_id == OutboxEvent.id, OutboxDelivery.done_at.is_(None))
    statements = {
        "jobs": delete(Job).where(Job.state.in_(OVER), Job.finished_at < old, ~asked),
        "events": delete(OutboxEvent).where(OutboxEvent.handed_at < old, ~owed),
        "webhook_bodies": delete(WebhookBody).where(WebhookBody.received_at < bodies),
        "runs": delete(ScheduledRun).where(ScheduledRun.started_at < old),
        "workers": delete(WorkerProcess).where(
            WorkerProcess.seen_at < uow.database_now() - timedelta(days=1)
        ),
    }
    counts: dict[str, int] = {}
    for name, statement in statements.items():
        done = uow.session.execute(statement.execution_options(synchronize_session=False))
        counts[name] = done.rowcount  # type: ignore[attr-defined]  # a DELETE gives a CursorResult
    return counts
