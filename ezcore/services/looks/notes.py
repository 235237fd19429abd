"""What is kept of a look: that it was asked for, what was seen, or why nothing was."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import update

from ezcore.db.once import insert_once
from ezcore.plugin_api.ports.looks import Look
from ezcore.services.looks.models import ServiceLook
from ezcore.work import UnitOfWork


def note_look(uow: UnitOfWork, service_id: int, look: Look, asked: datetime) -> None:
    """Keep what was seen; a look that was asked for earlier than the kept one was taken is too old to count."""
    note_asked(uow, service_id, asked)
    row = uow.session.get_one(ServiceLook, service_id, with_for_update=True)
    if row.taken_at is not None and row.taken_at > asked:
        return
    row.document, row.taken_at = look.model_dump(mode="json"), uow.now()
    row.problem, row.failed_at = None, None


def note_problem(uow: UnitOfWork, service_id: int, problem: str, asked: datetime) -> None:
    """Keep why nothing was seen; what was seen last stays."""
    note_asked(uow, service_id, asked)
    row = uow.session.get_one(ServiceLook, service_id, with_for_update=True)
    row.problem, row.failed_at = problem, uow.now()


def note_asked(uow: UnitOfWork, service_id: int, asked: datetime) -> None:
    """Somebody asked for a look at this moment."""
    values = {"service_id": service_id, "asked_at": asked}
    if insert_once(uow.session, ServiceLook, values, returning="service_id") is None:
        uow.session.execute(
            update(ServiceLook)
            .where(ServiceLook.service_id == service_id, ServiceLook.asked_at < asked)
            .values(asked_at=asked)
        )
