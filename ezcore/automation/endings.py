"""Ends services: cancellations whose day has come, and terminations after grace, with their guards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from ezcore.automation.dunning import OVERDUE, has_overdue
from ezcore.automation.run import Outcome
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice, InvoiceLine, InvoiceStatus
from ezcore.jobs.models import Job
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork, Work

NOT_PAID = "not paid"
Still = Callable[[UnitOfWork, Service], bool]


def cancel(work: Work, on: date, preview: bool) -> Outcome:
    """Terminate services whose scheduled end has come."""
    outcome = Outcome()
    with work.read() as uow:
        ids = uow.session.scalars(
            select(Service.id)
            .where(
                Service.cancel_on <= on,
                Service.state.in_((ServiceState.ACTIVE, ServiceState.SUSPENDED)),
                Service.open_action.is_(None),
            )
            .order_by(Service.id)
        ).all()

    def still(_uow: UnitOfWork, service: Service) -> bool:
        alive = service.state in (ServiceState.ACTIVE, ServiceState.SUSPENDED)
        return alive and service.cancel_on is not None and service.cancel_on <= on

    _terminate(work, ids, "cancelled by the client", outcome, preview, still)
    return outcome


def terminate(work: Work, on: date, preview: bool) -> Outcome:
    """Terminate for non-payment, after the grace and never more than the daily cap; 0 days means never.

    Only from suspended, and only for an overdue invoice that is still unpaid (H13, I21).
    """
    outcome = Outcome()
    with work.read() as uow:
        rules = uow.settings.dunning
        if rules.terminate_after_days == 0:
            return outcome
        limit = on - timedelta(days=rules.terminate_after_days)
        candidates = uow.session.scalars(
            select(Service)
            .where(
                Service.state == ServiceState.SUSPENDED,
                Service.suspend_reason == OVERDUE,
                Service.suspended_on <= limit,
                Service.open_action.is_(None),
            )
            .order_by(Service.id)
        ).all()
        ids = [service.id for service in candidates if has_overdue(uow, service, limit)]
        room = max(0, rules.terminate_daily_cap - _terminated_today(uow))
    outcome.skipped.extend(f"service {i}: daily cap reached" for i in ids[room:])

    def still(uow: UnitOfWork, service: Service) -> bool:
        for_money = service.state == ServiceState.SUSPENDED and service.suspend_reason == OVERDUE
        return for_money and has_overdue(uow, service, limit)

    _terminate(work, ids[:room], NOT_PAID, outcome, preview, still)
    return outcome


def _terminated_today(uow: UnitOfWork) -> int:
    """Terminations for non-payment that were asked for since midnight, whoever ran the task."""
    midnight = datetime.combine(uow.today(), time(), ZoneInfo(uow.settings.shop.time_zone))
    payloads = select(Job.payload).where(Job.kind == "services.terminate", Job.created_at >= midnight)
    return sum(payload.get("reason") == NOT_PAID for payload in uow.session.scalars(payloads))


def _terminate(
    work: Work, ids: Sequence[int], reason: str, outcome: Outcome, preview: bool, still: Still
) -> None:
    for service_id in ids:
        if preview:
            outcome.lines.append(f"would terminate service {service_id}: {reason}")
            continue
        with outcome.apart(f"service {service_id}"), work.write() as uow:
            service = uow.session.get_one(Service, service_id, with_for_update=True)
            # Asked again inside the write: a payment, or a change of mind, may have come since.
            if lifecycle.is_busy(service) or not still(uow, service):
                continue
            lifecycle.request(uow, service, "terminate", reason)
            _cancel_unpaid(uow, service)
            outcome.lines.append(f"terminate {service.label}: {reason}")


def _cancel_unpaid(uow: UnitOfWork, service: Service) -> None:
    """Unpaid invoices that bill only this service are no longer owed."""
    query = (
        select(Invoice)
        .join(InvoiceLine)
        .where(
            InvoiceLine.service_id == service.id,
            Invoice.status == InvoiceStatus.UNPAID,
            Invoice.paid_minor == 0,
        )
        .distinct()
    )
    for invoice in uow.session.scalars(query).all():
        if all(line.service_id == service.id for line in invoice.lines):
            invoices.cancel(uow, invoice, "service terminated")
