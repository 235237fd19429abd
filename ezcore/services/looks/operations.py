"""Ask for looks: on demand, after every action, and by turns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from sqlalchemy import or_, select

from ezcore.jobs import operations as jobs
from ezcore.jobs.models import Job
from ezcore.kernel.errors import Refused
from ezcore.services.looks.jobs import LOOK
from ezcore.services.looks.models import ServiceLook
from ezcore.services.looks.notes import note_asked
from ezcore.services.services.events import ActionDone
from ezcore.services.services.models import Service, ServiceResource, ServiceState
from ezcore.work import UnitOfWork

EVERY: Final = timedelta(hours=6)
"""A service is looked at this often by itself; a page asks for more when somebody wants to know."""
PATIENCE: Final = timedelta(seconds=10)
"""Clicks within this time are one question."""
AT_ONCE: Final = 200
IN_A_JOB: Final = 20
LIVING: Final = (ServiceState.ACTIVE, ServiceState.SUSPENDED)


def refresh(uow: UnitOfWork, service: Service) -> Job:
    """Ask for a look now; clicks in a row are one question.

    Raises: NotAllowed; Refused while nothing stands at a vendor.
    """
    if uow.actor.kind == "client" and uow.actor.client_id == service.client_id:
        uow.actor.require("client.read")
    else:
        uow.actor.require("staff.read")
    if service.module is None or service.state not in LIVING:
        raise Refused("there is nothing to look at")
    slot = int(uow.now().timestamp() // PATIENCE.total_seconds())
    return _ask(uow, service.module, service.server_id, [service.id], f"look:{service.id}:{slot}")


def after_action(uow: UnitOfWork, events: Sequence[ActionDone]) -> None:
    """Something was done with these services: they look different now."""
    for event in events:
        service = uow.session.get_one(Service, event.service_id)
        if service.module is not None and service.state in LIVING:
            _ask(uow, service.module, service.server_id, [service.id], f"look:{service.id}:{event.job_key}")


def ask_due(uow: UnitOfWork) -> int:
    """Queue looks at services whose turn has come, some of them per job and server. Returns how many services."""
    due = uow.now() - EVERY
    rows = uow.session.execute(
        select(Service.id, Service.module, Service.server_id)
        .join(ServiceResource, ServiceResource.service_id == Service.id)
        .outerjoin(ServiceLook, ServiceLook.service_id == Service.id)
        .where(
            ServiceResource.removed_at.is_(None),
            Service.state.in_(LIVING),
            Service.module.is_not(None),
            or_(ServiceLook.service_id.is_(None), ServiceLook.asked_at < due),
        )
        .order_by(ServiceLook.asked_at.is_not(None), ServiceLook.asked_at, Service.id)
        .limit(AT_ONCE)
    ).all()
    by_server: dict[tuple[str | None, int | None], list[int]] = {}
    for row in rows:
        by_server.setdefault((row.module, row.server_id), []).append(row.id)
    for (module, server_id), ids in by_server.items():
        if module is None:
            continue
        for at in range(0, len(ids), IN_A_JOB):
            some = ids[at : at + IN_A_JOB]
            key = f"looks:{some[0]}:{some[-1]}:{int(uow.now().timestamp())}"
            _ask(uow, module, server_id, some, key)
    return len(rows)


def _ask(uow: UnitOfWork, module: str, server_id: int | None, ids: list[int], key: str) -> Job:
    provider = f"{module}:{server_id}" if server_id is not None else None
    for service_id in ids:
        note_asked(uow, service_id, uow.now())
    return jobs.enqueue(uow, LOOK, key, {"module": module, "services": ids}, provider=provider)
