"""Verbs on providers: note trouble and answers, let one job probe; staff pause and resume."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update

from ezcore.audit import operations as audit
from ezcore.db.once import insert_once
from ezcore.jobs.models import Job, StaffTask
from ezcore.jobs.providers.models import Breaker, Provider
from ezcore.jobs.providers.rules import opens, pause_after
from ezcore.kernel.errors import InvalidInput, NotFound, Refused
from ezcore.work import UnitOfWork

MANAGE = "jobs.manage"
LONGEST_NAME = 120


def note_trouble(uow: UnitOfWork, name: str, cause: str) -> bool:
    """The provider did not answer, or lost its answer. After five in a row its jobs wait; True when that begins now."""
    row = _locked(uow, name)
    now, was = uow.database_now(), row.state
    row.failures += 1
    row.reason = cause
    if was == Breaker.OPEN or not opens(row.failures, probing=was == Breaker.HALF_OPEN):
        return False  # a job that was under way when it opened tells nothing new
    row.openings += 1
    row.state = Breaker.OPEN
    row.opened_at = row.opened_at or now
    row.next_try_at = now + timedelta(seconds=pause_after(row.openings))
    return was == Breaker.CLOSED


def note_answer(uow: UnitOfWork, name: str) -> None:
    """The provider answered: whoever waited for it goes on."""
    well = (Provider.failures > 0) | (Provider.state != Breaker.CLOSED)
    closing = (
        update(Provider)
        .where(Provider.name == name, well)
        .values(state=Breaker.CLOSED, failures=0, openings=0, opened_at=None, next_try_at=None, reason="")
    )
    if _rows(uow, closing):
        closed = {"closed_at": uow.now(), "resolution": "it answers again"}
        task = update(StaffTask).where(
            StaffTask.key == f"provider:{name}"[:160], StaffTask.closed_at.is_(None)
        )
        _rows(uow, task.values(**closed))
        uow.ring()


def note_nothing(uow: UnitOfWork, name: str) -> None:
    """The job ended without a word about the provider: if it was the probe, the next job may probe at once."""
    _rows(
        uow,
        update(Provider)
        .where(Provider.name == name, Provider.state == Breaker.HALF_OPEN)
        .values(next_try_at=uow.database_now()),
    )


def enter(uow: UnitOfWork, name: str, now: datetime, probe_seconds: float) -> bool:
    """May a job ask this provider now? Of a provider that is open, after its pause, one job at a time may."""
    row = uow.session.scalars(select(Provider).where(Provider.name == name)).first()
    if row is None or (row.paused_at is None and row.state == Breaker.CLOSED):
        return True
    probing = (
        update(Provider)
        .where(
            Provider.name == name,
            Provider.paused_at.is_(None),
            Provider.state != Breaker.CLOSED,
            Provider.next_try_at <= now,
        )
        .values(state=Breaker.HALF_OPEN, next_try_at=now + timedelta(seconds=probe_seconds))
    )
    return _rows(uow, probing) == 1


def bind(uow: UnitOfWork, job: Job, name: str) -> None:
    """Bind a job that runs to the provider that was chosen for it; to be called in a step's `settle`.

    The steps after it wait for the pause, the breaker and the room of that provider.
    """
    _rows(uow, update(Job).where(Job.id == job.id).values(provider=name))
    job.provider = name


def pause(uow: UnitOfWork, name: str, reason: str) -> None:
    """Let the jobs of a provider wait until somebody resumes it. No try is counted meanwhile.

    Raises: NotAllowed; InvalidInput(field="provider" | "reason"); Refused when it is paused.
    """
    uow.actor.require(MANAGE)
    _need_reason(reason)
    if not name.strip() or len(name) > LONGEST_NAME or not _known(uow, name):
        raise InvalidInput(f"no job has ever asked a provider {name[:LONGEST_NAME]!r}", field="provider")
    row = _locked(uow, name)
    if row.paused_at is not None:
        raise Refused(f"{name} is paused already, by {row.paused_by}")
    row.paused_at, row.paused_by, row.paused_why = uow.database_now(), uow.actor.name[:200], reason[:400]
    audit.record(uow, "provider.pause", "provider", name, reason=reason)


def resume(uow: UnitOfWork, name: str, reason: str = "") -> None:
    """End a pause, or let an open provider be asked at once; what waited goes on.

    Raises: NotAllowed; NotFound; Refused when nothing waits for it.
    """
    uow.actor.require(MANAGE)
    found = uow.session.scalars(select(Provider).where(Provider.name == name)).first()
    if found is None:
        raise NotFound(f"nothing is known of a provider {name[:LONGEST_NAME]!r}")
    row = _locked(uow, name)
    if row.paused_at is None and row.state == Breaker.CLOSED:
        raise Refused(f"{name} is neither paused nor given up")
    before = {"state": str(row.state), "paused": row.paused_at is not None}
    row.paused_at, row.paused_by, row.paused_why = None, "", ""
    if row.state != Breaker.CLOSED:
        row.next_try_at = uow.database_now()
    audit.record(uow, "provider.resume", "provider", name, before=before, reason=reason or None)
    uow.ring()


def _known(uow: UnitOfWork, name: str) -> bool:
    jobs = select(Job.id).where(Job.provider == name).limit(1)
    return bool(uow.session.scalar(jobs)) or uow.session.get(Provider, name) is not None


def _locked(uow: UnitOfWork, name: str) -> Provider:
    values: dict[str, Any] = {
        "name": name, "state": Breaker.CLOSED, "failures": 0, "openings": 0, "reason": "", "paused_by": "",
        "paused_why": "",
    }  # fmt: skip
    insert_once(uow.session, Provider, values, returning="name")
    return uow.session.get_one(Provider, name, with_for_update=True, populate_existing=True)


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("say why: the reason is kept in the audit log", field="reason")


def _rows(uow: UnitOfWork, statement: Any) -> int:
    done = uow.session.execute(statement.execution_options(synchronize_session=False))
    return int(done.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult
