"""Ends services: cancellations whose day has come, and terminations after grace, with their guards."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import select

from ezcore.automation.dunning import OVERDUE, has_overdue
from ezcore.automation.run import Outcome
from ezcore.billing.invoices import operations as invoices
from ezcore.billing.invoices.models import Invoice, InvoiceLine, InvoiceStatus
from ezcore.services.lifecycle import operations as lifecycle
from ezcore.services.services.models import Service, ServiceState
from ezcore.work import UnitOfWork, Work


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
    _terminate(work, ids, "cancelled by the client", outcome, preview)
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
    outcome.skipped.extend(f"service {i}: daily cap reached" for i in ids[rules.terminate_daily_cap :])
    _terminate(work, ids[: rules.terminate_daily_cap], "not paid", outcome, preview)
    return outcome


def _terminate(work: Work, ids: Sequence[int], reason: str, outcome: Outcome, preview: bool) -> None:
    for service_id in ids:
        if preview:
            outcome.lines.append(f"would terminate service {service_id}: {reason}")
            continue
        with work.write() as uow:
            service = uow.session.get_one(Service, service_id, with_for_update=True)
            if lifecycle.is_busy(service) or service.state == ServiceState.TERMINATED:
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
