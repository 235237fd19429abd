"""What the end of an action means for its service: the state it arrives in, or the place that becomes free again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select, update

from ezcore.jobs.events import JobClosed, JobReopened
from ezcore.jobs.models import Job, JobState
from ezcore.kernel.errors import Refused
from ezcore.services.services import operations as services
from ezcore.services.services.events import ActionDone, ActionFailed
from ezcore.services.services.models import Service, ServiceResource, ServiceState
from ezcore.services.services.rules import VERBS
from ezcore.work import UnitOfWork

E = TypeVar("E", JobClosed, JobReopened)


def arrive(uow: UnitOfWork, service: Service, job: Job) -> None:
    """The action is done: the service takes its new state. Emits: ActionDone. Raises: Refused, IllegalMove."""
    verb, reason = job.payload["verb"], job.payload["reason"]
    target = VERBS[verb][1] if verb in VERBS else None  # an action of the module leaves the state as it is
    if service.open_action != verb:
        raise Refused(f"the service waits for {service.open_action}, not for {verb}")
    service.open_action = None
    if job.payload.get("again"):
        return  # the vendor was asked again for what our books have already
    if verb == "create":
        service.activated_at = uow.now()
    elif verb == "suspend":
        service.suspended_on, service.suspend_reason = uow.today(), reason[:200]
    elif verb == "unsuspend":
        service.suspended_on, service.suspend_reason = None, None
    elif verb == "terminate":
        _close_books(uow, service)
    if target is not None and service.state != target:
        services.move(uow, service, ServiceState(target), reason)
    uow.emit(ActionDone(service.id, service.client_id, verb, job.key))


def failed(uow: UnitOfWork, job: Job) -> None:
    """The action is given up: the service's place is free. Emits: ActionFailed."""
    service = uow.session.get_one(Service, job.payload["service_id"], with_for_update=True)
    service.open_action = None
    uow.emit(ActionFailed(service.id, service.client_id, job.payload["verb"], job.key, job.cause or ""))


def closed_by_staff(uow: UnitOfWork, events: Sequence[JobClosed]) -> None:
    """Staff cancelled the job, or did its work by hand: then the service arrives as if the job had run."""
    for job, event in _of_services(uow, events):
        if event.state == JobState.COMPLETE:
            service = uow.session.get_one(Service, job.payload["service_id"], with_for_update=True)
            arrive(uow, service, job)
        else:
            failed(uow, job)


def reopened(uow: UnitOfWork, events: Sequence[JobReopened]) -> None:
    """A failed job runs again: it takes the service's one place. Raises: Refused when another action has it."""
    for job, _ in _of_services(uow, events):
        taken = uow.session.execute(
            update(Service)
            .where(Service.id == job.payload["service_id"], Service.open_action.is_(None))
            .values(open_action=job.payload["verb"])
        )
        if taken.rowcount != 1:  # type: ignore[attr-defined]
            raise Refused("another action is running on this service")


def _of_services(uow: UnitOfWork, events: Sequence[E]) -> list[tuple[Job, E]]:
    return [(uow.session.get_one(Job, e.job_id), e) for e in events if e.kind.startswith("services.")]


def _close_books(uow: UnitOfWork, service: Service) -> None:
    service.ended_at = uow.now()
    live = select(ServiceResource).where(
        ServiceResource.service_id == service.id, ServiceResource.removed_at.is_(None)
    )
    for resource in uow.session.scalars(live):
        resource.removed_at, resource.live_key = uow.now(), None
