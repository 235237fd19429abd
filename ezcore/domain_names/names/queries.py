"""Reads of domain names."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from ezcore.billing.invoices.models import Invoice, InvoiceLine, InvoiceStatus
from ezcore.domain_names.names.models import LIVE, DomainName, DomainState
from ezcore.jobs.models import Job, JobStep
from ezcore.kernel.errors import NotFound
from ezcore.work import UnitOfWork

HALF_YEAR = timedelta(days=183)


@dataclass(frozen=True)
class ActionProgress:
    """The latest change of a name (or zone) with its steps."""

    job: Job
    steps: Sequence[JobStep]

    @property
    def done(self) -> int:
        """How many steps are behind us."""
        return sum(step.state == "done" for step in self.steps)

    @property
    def is_open(self) -> bool:
        """Does it still run, or wait?"""
        return self.job.state in ("queued", "running", "needs_info")


def by_id(uow: UnitOfWork, domain_id: int, client_id: int | None = None) -> DomainName:
    """A name, of this client when one is given. Raises: NotFound, also for another client's."""
    found = uow.session.get(DomainName, domain_id)
    if found is None or (client_id is not None and found.client_id != client_id):
        raise NotFound("there is no such domain name")
    return found


def of_service(uow: UnitOfWork, service_id: int) -> DomainName | None:
    """The name that a service is."""
    return uow.session.scalars(select(DomainName).where(DomainName.service_id == service_id)).first()


def live(uow: UnitOfWork, name: str) -> DomainName | None:
    """The name while we care for it."""
    return uow.session.scalars(select(DomainName).where(DomainName.live_key == name)).first()


def live_among(uow: UnitOfWork, names: Collection[str]) -> set[str]:
    """Which of these are in our care."""
    return set(uow.session.scalars(select(DomainName.live_key).where(DomainName.live_key.in_(names)))) - {
        None
    }  # type: ignore[return-value]


def of_client(uow: UnitOfWork, client_id: int) -> Sequence[DomainName]:
    """All names of a client: those we care for by expiry, then the others."""
    rows = uow.session.scalars(select(DomainName).where(DomainName.client_id == client_id)).all()
    return sorted(rows, key=lambda row: (not row.is_live, row.expires_on or date.max, row.name))


def at_registrar(uow: UnitOfWork, registrar: str) -> Sequence[DomainName]:
    """The names that a registrar should have."""
    query = select(DomainName).where(DomainName.registrar == registrar, DomainName.state.in_(LIVE))
    return uow.session.scalars(query.order_by(DomainName.id)).all()


def paid_until(uow: UnitOfWork, service_id: int) -> date | None:
    """Up to which day (exclusive) periods of the service are paid, by the invoices."""
    found: date | None = uow.session.scalar(
        select(func.max(InvoiceLine.period_end))
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(
            InvoiceLine.service_id == service_id,
            InvoiceLine.kind == "period",
            Invoice.status == InvoiceStatus.PAID,
        )
    )
    return found


def years_to_renew(expires_on: date, paid: date | None) -> int:
    """How many years were paid for and are not registered yet (I31). Days of difference are no year."""
    if paid is None or paid - expires_on < HALF_YEAR:
        return 0
    return round((paid - expires_on).days / 365.25)


def under_way(uow: UnitOfWork, domain: DomainName) -> ActionProgress | None:
    """The latest change of a name; while it is being registered or brought in, the set-up of its service."""
    own = progress(uow, "domain_name", domain.id)
    arrives = domain.state in (DomainState.PENDING, DomainState.TRANSFERRING_IN)
    if own is None and arrives and domain.service_id is not None:
        return progress(uow, "service", domain.service_id)
    return own


def progress(uow: UnitOfWork, kind: str, subject_id: int) -> ActionProgress | None:
    """The latest job of this `domain_name`, `dns_zone` or `service`."""
    job = uow.session.scalars(
        select(Job)
        .where(Job.subject_kind == kind, Job.subject_id == subject_id)
        .order_by(Job.id.desc())
        .limit(1)
    ).first()
    if job is None:
        return None
    rows = select(JobStep).where(JobStep.job_id == job.id).order_by(JobStep.position)
    return ActionProgress(job, uow.session.scalars(rows).all())
