"""Throws away what has served: finished jobs and their logs, handed events, old webhook bodies."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete

from ezcore.jobs.inbox.models import WebhookBody
from ezcore.jobs.models import Job, JobState, WorkerProcess
from ezcore.jobs.outbox.models import OutboxEvent
from ezcore.work import UnitOfWork


def keep_house(uow: UnitOfWork) -> dict[str, int]:
    """Delete by age; deduplication rows of the inbox stay for ever. Returns counts per table."""
    rules = uow.settings.jobs
    old = uow.now() - timedelta(days=rules.keep_finished_days)
    bodies = uow.now() - timedelta(days=rules.keep_webhook_bodies_days)
    over = (JobState.COMPLETE, JobState.CANCELLED)
    statements = {
        "jobs": delete(Job).where(Job.state.in_(over), Job.finished_at < old),
        "events": delete(OutboxEvent).where(OutboxEvent.handed_at < old),
        "webhook_bodies": delete(WebhookBody).where(WebhookBody.received_at < bodies),
        "workers": delete(WorkerProcess).where(
            WorkerProcess.seen_at < uow.database_now() - timedelta(days=1)
        ),
    }
    return {name: uow.session.execute(statement).rowcount for name, statement in statements.items()}  # type: ignore[attr-defined]
