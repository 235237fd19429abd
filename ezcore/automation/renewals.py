"""Invoices the next period of services whose time has come, and schedules nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import or_, select

from ezcore.automation.run import Outcome
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.rules import LineDraft
from ezcore.catalog.products.models import Product
from ezcore.services.services.models import Service, ServiceState
from ezcore.services.services.rules import next_period
from ezcore.work import UnitOfWork, Work

CHUNK = 200


def run(work: Work, on: date, preview: bool) -> Outcome:
    """Invoice every service that starts a new period within the lead time. Safe to run twice: a period line is unique.

    A service that ends is not invoiced beyond its end; a terminated one not at all.
    """
    outcome = Outcome()
    after = 0
    while True:
        with work.read() as uow:
            due = [service.id for service in due_services(uow, on, after)]
        if not due:
            return outcome
        after = due[-1]
        if preview:
            _preview(work, due, outcome)
        else:
            _invoice(work, due, on, outcome)


def due_services(uow: UnitOfWork, on: date, after: int = 0) -> Sequence[Service]:
    """A chunk of services to invoice, by id."""
    horizon = on + timedelta(days=uow.settings.billing.lead_days)
    return uow.session.scalars(
        select(Service)
        .where(
            Service.id > after,
            Service.state.in_((ServiceState.ACTIVE, ServiceState.SUSPENDED)),
            Service.billed_until.is_not(None),
            Service.billed_until <= horizon,
            or_(Service.cancel_on.is_(None), Service.cancel_on > Service.billed_until),
            # Who has not paid the running period is not billed for the next one.
            Service.paid_until == Service.billed_until,
        )
        .order_by(Service.id)
        .limit(CHUNK)
    ).all()


def invoice_next(uow: UnitOfWork, service: Service) -> str:
    """Invoice the next period of one service; returns what was done, in words."""
    product = uow.session.get_one(Product, service.product_id)
    if service.billed_until is None:
        raise ValueError("a one-time service has no next period")
    period = next_period(service.billed_until, service.cycle, service.anchor_day)
    line = LineDraft(f"{product.name} · {service.label}", service.price, "", 1, service.id, period)
    invoice = invoices.issue(uow, service.client_id, service.currency, [line], due_on=period.start)
    service.billed_until = period.end
    return f"invoice {invoice.number}: {service.label} {period.start} to {period.end}, {invoice.total}"


def _invoice(work: Work, ids: Sequence[int], on: date, outcome: Outcome) -> None:
    for service_id in ids:
        with outcome.apart(f"service {service_id}"), work.write() as uow:
            service = uow.session.get_one(Service, service_id, with_for_update=True)
            if any(row.id == service_id for row in due_services(uow, on, service_id - 1)):
                outcome.lines.append(invoice_next(uow, service))


def _preview(work: Work, ids: Sequence[int], outcome: Outcome) -> None:
    with work.read() as uow:
        for service in uow.session.scalars(select(Service).where(Service.id.in_(ids)).order_by(Service.id)):
            outcome.lines.append(
                f"would invoice {service.label}: {service.price} from {service.billed_until}"
            )
