"""Reads of services: lists, one service with its progress, the facts a module is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ezcore.accounts import queries as accounts
from ezcore.catalog.products.models import Product
from ezcore.jobs.models import Job, JobState, JobStep
from ezcore.kernel.errors import NotFound
from ezcore.plugin_api.values import Resource, ServiceFacts
from ezcore.services.services.models import Service, ServiceResource, ServiceSecret
from ezcore.work import UnitOfWork


@dataclass(frozen=True)
class StepLine:
    """A setup step as clients see it: state is todo, now, done, failed or undone; instants in UTC."""

    title: str
    state: str
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True)
class Progress:
    """The latest lifecycle job of a service and its steps."""

    job: Job
    steps: tuple[StepLine, ...]
    message: str | None = None
    """What an action of the module says when it is done."""

    @property
    def title(self) -> str:
        """The action's own name; empty for the verbs that every service has."""
        return str(self.job.payload.get("title", ""))

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(step.state == "done" for step in self.steps)


def of_client(uow: UnitOfWork, client_id: int) -> Sequence[tuple[Service, Product]]:
    """Services of a client with their products, by renewal date."""
    query = (
        select(Service, Product)
        .join(Product, Product.id == Service.product_id)
        .where(Service.client_id == client_id)
        .order_by(Service.paid_until, Service.id)
    )
    return [(service, product) for service, product in uow.session.execute(query)]


def by_id(uow: UnitOfWork, service_id: int, client_id: int | None = None) -> Service:
    """A service, of this client when given. Raises: NotFound (also for another client's)."""
    query = select(Service).where(Service.id == service_id)
    if client_id is not None:
        query = query.where(Service.client_id == client_id)
    found = uow.session.scalars(query).first()
    if found is None:
        raise NotFound("there is no such service")
    return found


def by_external_id(uow: UnitOfWork, module: str, external_id: str) -> Service | None:
    """The service whose live resource has this id at its module."""
    query = (
        select(Service)
        .join(ServiceResource, ServiceResource.service_id == Service.id)
        .where(
            ServiceResource.module == module,
            ServiceResource.external_id == external_id,
            ServiceResource.removed_at.is_(None),
        )
    )
    return uow.session.scalars(query).first()


def resource_of(uow: UnitOfWork, service_id: int) -> ServiceResource | None:
    """The live resource of a service."""
    return uow.session.scalars(
        select(ServiceResource).where(
            ServiceResource.service_id == service_id, ServiceResource.removed_at.is_(None)
        )
    ).first()


def resource_facts(uow: UnitOfWork, service_id: int) -> Resource | None:
    """The live resource as its module sees it."""
    row = resource_of(uow, service_id)
    return as_resource(row) if row is not None else None


def as_resource(row: ServiceResource) -> Resource:
    """A resource of our books as its module sees it."""
    return Resource(
        external_id=row.external_id,
        operation_key=row.operation_key,
        address=row.address,
        location=row.location,
        facts=row.facts,
    )


def facts(uow: UnitOfWork, service: Service) -> ServiceFacts:
    """The service as plugins see it."""
    product = uow.session.get_one(Product, service.product_id)
    return ServiceFacts(
        id=service.id,
        label=service.label,
        client=accounts.client_facts(uow, service.client_id),
        product=product.slug,
        params=service.params,
        options=dict(service.choices),
    )


def progress(uow: UnitOfWork, service_id: int) -> Progress | None:
    """The latest lifecycle job of the service with its steps."""
    job = uow.session.scalars(
        select(Job)
        .where(Job.subject_kind == "service", Job.subject_id == service_id)
        .order_by(Job.id.desc())
        .limit(1)
    ).first()
    if job is None:
        return None
    rows = uow.session.scalars(
        select(JobStep).where(JobStep.job_id == job.id).order_by(JobStep.position)
    ).all()
    steps = tuple(StepLine(row.title, row.state, row.started_at, row.finished_at) for row in rows)
    return Progress(job, steps, _message(rows) if job.state == JobState.COMPLETE else None)


def _message(rows: Sequence[JobStep]) -> str | None:
    said = [row.result.get("message") for row in rows if isinstance(row.result, dict)]
    return next((str(one)[:400] for one in reversed(said) if one), None)


def secrets_of(uow: UnitOfWork, service_id: int) -> Sequence[ServiceSecret]:
    """Secrets that can still be revealed once."""
    return uow.session.scalars(
        select(ServiceSecret).where(ServiceSecret.service_id == service_id, ServiceSecret.sealed.is_not(None))
    ).all()


def waiting_orders(uow: UnitOfWork) -> Sequence[Service]:
    """Services that are paid for but not active, for staff."""
    return uow.session.scalars(
        select(Service).where(Service.state == "pending", Service.paid_until.is_not(None))
    ).all()
