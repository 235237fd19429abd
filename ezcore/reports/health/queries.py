"""Gathers the facts: a handful of questions to the database, and a look at this machine."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from sqlalchemy import func, or_, select

from ezcore.audit.models import AuditRow, AuditSeal
from ezcore.db.histories import core_history
from ezcore.db.migrate import current
from ezcore.jobs.inbox.models import InboxState, WebhookEvent
from ezcore.jobs.models import Installation, Job, JobState, ScheduledRun, WorkerProcess
from ezcore.jobs.outbox.models import OutboxEvent
from ezcore.jobs.providers.models import Breaker, Provider
from ezcore.messaging.models import Mail, MailState
from ezcore.reports.books import CHECK
from ezcore.reports.health.rules import SILENT, Seen, Waiting
from ezcore.work import UnitOfWork

DAY: Final = timedelta(days=1)
_ILL: Final = or_(Provider.paused_at.is_not(None), Provider.state != Breaker.CLOSED)


def look(uow: UnitOfWork, *, tables: bool = True, also: Sequence[Any] = ()) -> Seen:
    """How it is now, in two questions to the database; `tables` asks two more, which release they are of.

    `also`: labelled columns that somebody else wants to know in the same statement.
    """
    now, business = uow.database_now(), uow.now()
    facts = uow.session.execute(_facts(now, business).add_columns(*also)).mappings().one()
    unwell = _unwell(uow) if facts["unwell"] else []
    counts = facts["checked_counts"] or {}
    broken = [facts["checked_error"]] if facts["checked_error"] else counts.get("left_out", [])
    head = _head()
    return Seen(
        now=now, business_now=business, here=None if uow.virtual_time else business,
        at_revision=current(uow.session.connection(), core_history()) if tables else head, head=head,
        workers=facts["workers"], last_beat=facts["beat"], last_tick=facts["tick"],
        outbox=_waiting(facts, "outbox"), due_jobs=_waiting(facts, "due"), stuck_jobs=_waiting(facts, "stuck"),
        parked=_waiting(facts, "parked"), failed_mails=_waiting(facts, "mails"),
        unsealed=_waiting(facts, "unsealed"), unwell=unwell, checked_at=facts["checked_at"], broken=broken,
        held_at=facts["held_at"], held_why=facts["held_why"] or "", room=_room(uow),
        also={one.name: facts[one.name] for one in also},
    )  # fmt: skip


def _facts(now: datetime, business: datetime) -> Any:
    """One statement of many small answers."""
    sealed = select(func.coalesce(func.max(AuditSeal.last_id), 0)).scalar_subquery()
    asked = {
        "outbox": (OutboxEvent.id, OutboxEvent.at, OutboxEvent.handed_at.is_(None)),
        "due": (Job.id, Job.run_at, (Job.state == JobState.QUEUED) & (Job.run_at <= now)),
        "stuck": (Job.id, Job.created_at, Job.state.in_((JobState.FAILED, JobState.NEEDS_INFO))),
        "parked": (WebhookEvent.id, WebhookEvent.received_at, WebhookEvent.state == InboxState.PARKED),
        "mails": (
            Mail.id,
            Mail.queued_at,
            (Mail.state == MailState.FAILED) & (Mail.queued_at > business - DAY),
        ),
        "unsealed": (AuditRow.id, AuditRow.at, AuditRow.id > sealed),
    }
    checked = select(func.max(ScheduledRun.id)).where(ScheduledRun.task == CHECK.name).scalar_subquery()
    held = Installation.held_at.is_not(None)
    alive = WorkerProcess.seen_at > now - SILENT
    columns = [
        select(func.count()).select_from(WorkerProcess).where(alive).scalar_subquery().label("workers"),
        select(func.max(WorkerProcess.seen_at)).scalar_subquery().label("beat"),
        select(func.max(ScheduledRun.started_at)).scalar_subquery().label("tick"),
    ]
    for name, value in (
        ("checked_at", ScheduledRun.started_at),
        ("checked_error", ScheduledRun.error),
        ("checked_counts", ScheduledRun.counts),
    ):
        columns.append(select(value).where(ScheduledRun.id == checked).scalar_subquery().label(name))
    columns += [
        select(Installation.held_at).where(held).limit(1).scalar_subquery().label("held_at"),
        select(Installation.held_why).where(held).limit(1).scalar_subquery().label("held_why"),
        select(func.count(Provider.name)).where(_ILL).scalar_subquery().label("unwell"),
    ]
    for name, (number, at, fitting) in asked.items():
        columns.append(select(func.count(number)).where(fitting).scalar_subquery().label(f"{name}_count"))
        columns.append(select(func.min(at)).where(fitting).scalar_subquery().label(f"{name}_oldest"))
    return select(*columns)


def _waiting(facts: Any, name: str) -> Waiting:
    return Waiting(facts[f"{name}_count"], facts[f"{name}_oldest"])


def _unwell(uow: UnitOfWork) -> list[tuple[str, datetime | None]]:
    rows = uow.session.scalars(select(Provider).where(_ILL).order_by(Provider.name))
    return [(one.name, one.paused_at or one.opened_at) for one in rows]


@cache
def _head() -> str | None:
    """The newest revision of this release: files do not change under a running process."""
    return core_history().head()


def _room(uow: UnitOfWork) -> float | None:
    try:
        disk = shutil.disk_usage(uow.settings.state_dir)
    except OSError:
        return None
    return disk.free / disk.total if disk.total else None
