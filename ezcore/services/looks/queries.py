"""The last look at a service, as pages draw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from ezcore.plugin_api.ports.looks import Look
from ezcore.services.looks.models import ServiceLook
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class Seen:
    """What was seen last and when; why a later look failed. `is_asked`: somebody asked and no answer came yet."""

    look: Look | None
    taken_at: datetime | None
    problem: str | None
    is_asked: bool


def last_look(uow: UnitOfWork, service_id: int) -> Seen | None:
    """The last look at a service; None when nobody ever asked for one."""
    row = uow.session.get(ServiceLook, service_id)
    if row is None:
        return None
    answered = max(filter(None, (row.taken_at, row.failed_at)), default=None)
    is_asked = answered is None or answered < row.asked_at
    try:
        look = Look.model_validate(row.document) if row.document is not None else None
    except ValidationError:
        # Written by another version of the house: it is taken anew by and by.
        look = None
    return Seen(look, row.taken_at if look else None, row.problem, is_asked)
