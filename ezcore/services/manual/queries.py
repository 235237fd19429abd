"""Reads of human work: lists, one request, and what a client may ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, func, select

from ezcore.accounts.models import Client, User
from ezcore.catalog.entitlements.models import Entitlement
from ezcore.jobs.models import Job
from ezcore.kernel.errors import NotFound
from ezcore.services.manual.models import WorkItem, WorkRequest, WorkState, WorkTime
from ezcore.services.manual.rules import ManualProduct
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork

MODULE: Final = "manual"


@dataclass(frozen=True)
class Allowance:
    """What may be asked for now. `slots` are the free places of this month; one None where nobody counts."""

    service: Service
    slots: tuple[str | None, ...]
    quota: int | None
    why_not: str | None = None

    @property
    def left(self) -> int | None:
        """Requests left this month; None: no limit."""
        return None if self.quota is None else len(self.slots)


def product_of(service: Service) -> ManualProduct:
    """What the service's product says, as it was sold."""
    return ManualProduct.model_validate(service.settings)


def by_id(uow: UnitOfWork, request_id: int, client_id: int | None = None) -> WorkRequest:
    """A request, of this client when given. Raises: NotFound, also for another client's."""
    found = uow.session.get(WorkRequest, request_id)
    if found is None or (client_id is not None and found.client_id != client_id):
        raise NotFound("There is no such work")
    return found


def job_of_key(uow: UnitOfWork, key: str) -> int:
    """The number of the set-up job with this key."""
    return uow.session.scalars(select(Job.id).where(Job.key == key)).one()


def of_client(uow: UnitOfWork, client_id: int) -> Sequence[tuple[WorkRequest, Service]]:
    """Work of a client, last moved first."""
    query = (
        select(WorkRequest, Service)
        .join(Service, Service.id == WorkRequest.service_id)
        .where(WorkRequest.client_id == client_id)
        .order_by(WorkRequest.moved_at.desc(), WorkRequest.id.desc())
        .limit(200)
    )
    return [(work, service) for work, service in uow.session.execute(query)]


def queue() -> Select[WorkRequest, str, str, str]:
    """All work with service, client and assignee; last moved first."""
    return (
        select(WorkRequest, Service.label, Client.name, User.name)
        .join(Service, Service.id == WorkRequest.service_id)
        .join(Client, Client.id == WorkRequest.client_id)
        .outerjoin(User, User.id == WorkRequest.assignee_id)
        .order_by(WorkRequest.moved_at.desc(), WorkRequest.id.desc())
    )


def items_of(uow: UnitOfWork, request_id: int) -> Sequence[WorkItem]:
    """The checklist."""
    query = select(WorkItem).where(WorkItem.request_id == request_id).order_by(WorkItem.position)
    return uow.session.scalars(query).all()


def times_of(uow: UnitOfWork, request_id: int) -> Sequence[WorkTime]:
    """The time that was noted."""
    query = select(WorkTime).where(WorkTime.request_id == request_id).order_by(WorkTime.id)
    return uow.session.scalars(query).all()


def left_to_do(uow: UnitOfWork, request_id: int) -> int:
    """Open lines of the checklist."""
    query = select(func.count()).where(WorkItem.request_id == request_id, WorkItem.done_at.is_(None))
    return uow.session.scalar(query) or 0


def open_of_service(uow: UnitOfWork, service_id: int) -> Sequence[WorkRequest]:
    """What is not finished."""
    states = (WorkState.QUEUED, WorkState.RUNNING, WorkState.NEEDS_INFO)
    query = select(WorkRequest).where(WorkRequest.service_id == service_id, WorkRequest.state.in_(states))
    return uow.session.scalars(query.order_by(WorkRequest.id)).all()


def allowances(uow: UnitOfWork, client_id: int) -> list[Allowance]:
    """The services by which a client may ask for work, with what is left of their quotas."""
    return [allowance(uow, one) for one in plans_of(uow, client_id)]


def plans_of(uow: UnitOfWork, client_id: int) -> list[Service]:
    """The running services of a client by which work may be asked for."""
    query = select(Service).where(Service.client_id == client_id, Service.module == MODULE)
    found = uow.session.scalars(query.order_by(Service.id)).all()
    running = (ServiceState.ACTIVE, ServiceState.SUSPENDED)
    return [one for one in found if product_of(one).kind == "requests" and one.state in running]


def allowance(uow: UnitOfWork, service: Service) -> Allowance:
    """What this service allows now: it must be a plan of requests, active, and entitled by a payment."""
    product = product_of(service)
    live = select(Entitlement.id).where(Entitlement.live_key == f"service:{service.id}")
    why_not = None
    if service.module != MODULE or product.kind != "requests":
        why_not = "this service has no requests"
    elif service.state != ServiceState.ACTIVE:
        why_not = f"the service is {service.state}"
    elif uow.session.execute(live).first() is None:
        why_not = "nothing is paid that allows this"
    if why_not is not None or product.requests_per_month is None:
        return Allowance(service, () if why_not else (None,), product.requests_per_month, why_not)
    month = f"{service.id}:{uow.today():%Y-%m}:"
    places = [f"{month}{number}" for number in range(1, product.requests_per_month + 1)]
    taken = set(uow.session.scalars(select(WorkRequest.slot).where(WorkRequest.slot.in_(places))))
    free = tuple(place for place in places if place not in taken)
    return Allowance(
        service, free, product.requests_per_month, None if free else "the requests of this month are used up"
    )
