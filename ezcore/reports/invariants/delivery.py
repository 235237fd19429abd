"""I19: what is paid for the first time is delivered, or somebody works on it, or a person was asked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import select

from ezcore.billing.invoices.models import Invoice, InvoiceLine, InvoiceStatus
from ezcore.jobs.models import OPEN_STATES, Job, StaffTask
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork

PATIENCE: Final = timedelta(minutes=10)


def undelivered(uow: UnitOfWork) -> Iterator[str]:
    """Services whose invoice was paid more than ten minutes ago, that wait, and that nobody knows of."""
    worked_on = (
        select(Job.id)
        .where(Job.subject_kind == "service", Job.subject_id == Service.id, Job.state.in_(OPEN_STATES))
        .exists()
    )
    asked = (
        select(StaffTask.id)
        .where(StaffTask.client_id == Service.client_id, StaffTask.closed_at.is_(None))
        .exists()
    )
    waiting = uow.session.scalars(
        select(Service.id)
        .join(InvoiceLine, InvoiceLine.service_id == Service.id)
        .join(Invoice, Invoice.id == InvoiceLine.invoice_id)
        .where(
            Service.state == ServiceState.PENDING,
            Invoice.status == InvoiceStatus.PAID,
            Invoice.paid_at < uow.now() - PATIENCE,
            ~worked_on,
            ~asked,
        )
        .distinct()
        .order_by(Service.id)
    )
    yield from (f"service {number} is paid and not there" for number in waiting)
